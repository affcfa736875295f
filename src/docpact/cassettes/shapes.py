"""Shapes that nothing but a secret has, and what takes their place: looked for in texts, and in what is about to be written.

What takes the place of a secret has none of these shapes, so that a text that is clean stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docpact.redact import names_a_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

REDACTED = "redacted"
HOOK, MASK, MAIL, PAGE = "https://redacted.example/hook", "cmVkYWN0ZWQ=", "user@redacted.example", "https://redacted.example/"
# Neither base64, nor an address: what was wrong stays wrong.
NO_MASK = "redacted!"
# What is a secret by its name alone.
MEMBER, PARAMETER = "a member with the name of a secret", "a parameter of an address or a form"
STANDINS = (REDACTED, HOOK, MASK, MAIL, PAGE, NO_MASK)

# What a CDN signs with, what servers hand a token by, and what names who may read.
_SIGNED = frozenset({
    "ex", "is", "hm", "token", "signature", "sig", "sign", "expires", "policy", "key", "auth", "credential", "key-pair-id",
    "awsaccesskeyid", "ossaccesskeyid", "auth_key", "apikey", "access_token", "jwt", "session", "sid", "pass", "pwd", "user",
    "email",
})  # fmt: skip
_SIGNERS = ("x-amz-", "x-goog-", "x-oss-", "x-cos-", "q-sign", "q-ak", "q-key", "q-header", "q-url")
# Members that hold the address of whoever is told, or a picture.
_HOOKS = frozenset({"notifyhook", "webhook", "webhookurl", "callback", "callbackurl", "hook", "hookurl"})
_MASKS = frozenset({"maskbase64", "mask", "base64", "base64array", "imagebase64", "filebase64"})
# Members whose text is a secret, although a number there is a count, or a yes or no.
_SESSIONS = frozenset({
    "auth", "cookies", "csrf", "jwt", "otp", "pass", "passcode", "session", "sessions", "sid", "tokens", "xsrf",
})  # fmt: skip
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_NAME = (
    r"(?:api[-_]?key|access[-_]?key|private[-_]?key|secret|token|passw(?:or)?d|passphrase|pwd|signature|credentials?"
    r"|session[-_]?(?:id|key)|密码|口令|密钥|令牌)(?:[-_](?:key|id))?"
)
_KEPT = r"(?!redacted\b)"


class Shape(NamedTuple):
    """One shape: what it is called, words of which one must be there, its pattern, and what takes its place.

    A `sure` shape is a secret wherever it stands, also in a text that was not taken apart.
    """

    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str
    sure: bool = True


def _shape(kind: str, words: str, pattern: str, instead: str = REDACTED, *, sure: bool = True) -> Shape:
    return Shape(kind, tuple(words.split()), re.compile(pattern), instead, sure)


SHAPES = (
    _shape("a private key", "private",
           r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,20}PRIVATE KEY-----)?"),
    _shape("a webhook", "webhooks/ hooks. /bot",
           r"(?i)(?:https?://[^\s\"'<>/]{1,200})?(?:/api/(?:v\d{1,3}/)?webhooks/\d{1,25}/|hooks\.slack\.com/services/(?=[A-Z0-9])"
           r"|/bot\d{5,20}:(?=[\w-]{20}))[^\s\"'<>]{1,500}", HOOK),
    _shape("a JSON Web Token", "eyj", r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,4000}+(?:\.[A-Za-z0-9_-]*+){1,2}"),
    _shape("an API key", "sk- pk- rk- sk_ pk_ rk_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox akia asia aiza hf_",
           r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)[-_][A-Za-z0-9_-]{12,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}"
           r"|xox[a-z]-[\w-]{10,}|A[KS]IA[A-Z0-9]{12,}|AIza[\w-]{30,}|hf_[A-Za-z0-9]{16,})"),
    _shape("a token of a Discord bot", ".", r"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,200}"),
    _shape("a cookie", "cookie",
           r"(?i)((?:set-)?cookie(?:\\*[\"'])?\s{0,4}[:=]\s{0,4}(?:\[\s{0,4})?(?:-\s)?(?:\\*[\"'])?)" + _KEPT
           + r"[^\s=;,\"'\[\]{}\\]{1,200}=[^\r\n\"'\\]*", rf"\g<1>{REDACTED}"),
    _shape("an Authorization header", "authorization mj-api-secret",
           r"(?i)((?:authorization|mj-api-secret)(?:\\*[\"'])?\s{0,4}[:=]\s{0,4}(?:\[\s{0,4})?(?:-\s)?(?:\\*[\"'])?)" + _KEPT
           + r"(?=[^\s\"'\[\]{}\\])[^\r\n\"'\\]+", rf"\g<1>{REDACTED}"),
    _shape("a bearer token", "bearer",
           rf"(?i)(bearer(?:\s|%20|\+){{1,4}}){_KEPT}[A-Za-z0-9._~+/=-]{{6,}}", rf"\g<1>{REDACTED}"),
    _shape("a login in an address", "@", r"(?<=//)[^\s/?#@\"'<>]{0,200}:[^\s/?#@\"'<>]{0,200}@", ""),
    _shape("a signed address", "=",
           rf"(?i)([?&;](?:ex|is|hm|token|sig|signature|x-amz-[a-z-]{{1,40}}|x-goog-[a-z-]{{1,40}})=){_KEPT}[^\s\"'&<>#\\]+",
           rf"\g<1>{REDACTED}"),
    _shape("a name of a user in an address", "attachments/",
           r"(/(?:ephemeral-)?attachments/)(?!0/0/)\d{1,25}/\d{1,25}(?=/)", r"\g<1>0/0"),
    _shape("an e-mail address", "@ %40",
           r"(?<![\w.+-])(?!user@redacted\.example)[\w.+-]{1,64}(?:@|%40)(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])", MAIL),
    # Prompts speak of a token of love and of basic shapes: what follows must look like no word.
    _shape("a password or token behind its name", "basic token password secret",
           rf"\b((?i:basic|(?:token|password|secret)(?:\s{{1,4}}is)?)\s{{1,4}}){_KEPT}"
           r"(?=[A-Za-z0-9._~+/=-]*?(?:[0-9+/=_~]|[a-z][A-Z])|\S{16})[A-Za-z0-9._~+/=-]{6,}",
           rf"\g<1>{REDACTED}", sure=False),
    _shape("a password or token behind its name", "key secret token pass pwd sig credential session 密码 口令 密钥 令牌",
           rf"(?i)({_NAME}(?:\\*[\"'])?\s{{0,4}}(?:[=:：]|%3[ad])\s{{0,4}}(?:\\*[\"'])?){_KEPT}[^\s&,;\"'\\<>]+",
           rf"\g<1>{REDACTED}", sure=False),
    _shape("a long run of base64", "", r"[A-Za-z0-9+/_-]{120,}={0,2}", MASK, sure=False),
)  # fmt: skip


def found_in(text: str, shapes: tuple[Shape, ...] = SHAPES) -> Iterator[Shape]:
    """Yield the shapes that a text may have, by the words in it: looking for a word takes no time, for a pattern it does."""
    lowered = text.lower()
    for shape in shapes:
        if not shape.words or any(word in lowered for word in shape.words):
            yield shape


def is_secret_parameter(name: str) -> bool:
    """Tell whether what stands behind this name in an address or a form is a secret, or signs the address."""
    lower = name.lower().strip("[]'\" ").rpartition("[")[2]
    return lower in _SIGNED or lower.startswith(_SIGNERS) or names_a_secret(lower)


def instead_of(name: str, value: str) -> tuple[str, str]:
    """Say what kind of secret stands in a member of this name, and what takes its place, of the same form; else nothing."""
    plain = name.lower().replace("_", "").replace("-", "")
    is_address = value.lower().startswith(("http://", "https://"))
    if plain in _HOOKS:
        return "a webhook", HOOK if is_address else REDACTED
    if plain in _MASKS:
        begin = _DATA_URL.match(value)
        content = value[begin.end() :] if begin else value
        good = len(content) % 4 == 0 and _BASE64.fullmatch(content) is not None
        return "a mask or picture", (begin.group() if begin else "") + (MASK if good else NO_MASK)
    if plain in _SESSIONS or names_a_secret(name):
        return MEMBER, PAGE if is_address else REDACTED
    return "", ""
