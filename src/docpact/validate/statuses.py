"""What the status of an answer says to who asked for a task with the right token."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from docpact.exchange import Purpose
from docpact.validate.breach import Breach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.validate.heard import Heard

OK = 200
REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
_REFUSED = frozenset({401, 403})
_BUSY = 429
_NOT_IMPLEMENTED = 501
_MOST_DIGITS = 9
# Limits are counted by the second, minute, hour, day or month.
_LONGEST_WAIT = 31 * 86_400
_MOST_LOOKED = 1 << 16
# What programs and databases write when something fails that nobody has caught; a refusal holds none of it.
_INSIDE = re.compile(
    rb"Traceback \(most recent call last\)|File \"[^\"\n]{1,200}\", line \d+|\bat [\w.$<>]{3,120}\([\w.]{1,80}:\d+\)"
    rb"|\bat [^\n(]{1,120} \(?[^\s()]{1,200}\.[jt]s:\d+:\d+|goroutine \d+ \[|runtime error: |SQLSTATE|ORA-\d{5}"
    rb"|(?i:sql) syntax|syntax error at or near|near \"[^\"\n]{0,80}\": syntax error|unrecognized token: |unterminated quoted"
    rb"|(?:psycopg2?|sqlite3|pymysql|sqlalchemy)\.[\w.]*(?:Error|exc)|java\.(?:lang|sql)\.\w+Exception|System\.\w+Exception: "
    rb"|Uncaught \w*(?:Error|Exception)|\bin /[^\s:]{1,200}\.php\b"
)
# The three forms of RFC 9110, section 5.6.7, whatever the day.
_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? [\w -]{6,12} \d\d:\d\d:\d\d (?:GMT|\d{4})", re.ASCII)


def name(status: int) -> str:
    """Write a status with its words: `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def breaches(heard: Heard) -> Iterator[Breach]:
    """Yield the breach that the status of an answer is, where a task that exists was asked for with the right token."""
    status = heard.answer.status
    if status == OK:
        return
    if status in _REFUSED:
        message = f"the right token is refused with {name(status)}"
        yield Breach("auth-refused", "", status, OK, message, heard.clause("auth"))
    elif status == _BUSY:
        yield _busy(heard)
    elif status in REDIRECTS:
        yield from redirects(heard)
    elif is_failure(status):
        yield from failures(heard)
    else:
        yield Breach("http-status", "", status, OK, f"the status is {name(status)}, and the page documents {OK}")


def redirects(heard: Heard) -> Iterator[Breach]:
    """Yield the breach of an answer that sends a client elsewhere: with the task, or to where it could ask for a token."""
    if heard.answer.status in REDIRECTS:
        yield Breach("http-redirect", "", heard.answer.status, OK, _redirected(heard), heard.clause("path"))


def is_failure(status: int) -> bool:
    """Tell whether a status says that the server failed."""
    return 500 <= status < 600  # noqa: PLR2004 - the class of statuses


def failures(heard: Heard) -> Iterator[Breach]:
    """Yield the breach of a server that failed; it may say that it does not know a method."""
    status = heard.answer.status
    # HEAD is tried with other tokens too.
    is_other_method = heard.exchange.purpose is Purpose.METHOD or heard.exchange.request.method == "HEAD"
    if is_failure(status) and not (is_other_method and status == _NOT_IMPLEMENTED):
        yield Breach("http-server-error", "", status, None, f"the server failed with {name(status)}{_asked(heard)}")
        return
    inside = _INSIDE.search(heard.content.body[:_MOST_LOOKED]) if heard.exchange.purpose is not Purpose.TASK else None
    if inside is not None:
        said = heard.safe(inside[0].decode("utf-8", "replace"))
        message = f"the answer {name(status)}{_asked(heard)} tells of a failure inside: {said!r}"
        yield Breach("http-server-error", "", status, None, message)


def _asked(heard: Heard) -> str:
    """Say what the server was asked for, where it was not a task."""
    said = {
        Purpose.NO_TOKEN: " where no token was sent",
        Purpose.WRONG_TOKEN: " where a wrong token was sent",
        Purpose.UNKNOWN_ID: " for an id that no task has",
        Purpose.ODD_ID: " for an odd id",
        Purpose.METHOD: f" for {heard.safe(heard.exchange.request.method)}",
    }
    return said.get(heard.exchange.purpose, "")


def _busy(heard: Heard) -> Breach:
    after = heard.header("retry-after")
    if not after:
        return Breach("http-retry-after", "", None, "seconds, or a date", f"{name(_BUSY)} comes without Retry-After")
    given = heard.safe(after)
    seconds = int(after) if after.isascii() and after.isdigit() and len(after) <= _MOST_DIGITS else None
    if seconds is not None and seconds > _LONGEST_WAIT:
        message = f"{name(_BUSY)} asks to come back in {seconds // 86_400:,} days: no limit is counted for so long"
        return Breach("http-retry-after", "", given, "at most a month", message)
    if seconds is not None or _DATE.fullmatch(after):
        return Breach("http-busy", "", _BUSY, OK, f"the poll is refused with {name(_BUSY)}, Retry-After {given}")
    message = f"{name(_BUSY)} comes with Retry-After {given!r}, which is neither seconds nor a date"
    return Breach("http-retry-after", "", given, "seconds, or a date", message)


def _redirected(heard: Heard) -> str:
    """Say where a redirect leads, compared with the request."""
    what = {Purpose.WRONG_TOKEN: "a wrong token", Purpose.UNKNOWN_ID: "an id that no task has"}
    told = f"{what.get(heard.exchange.purpose, 'the task')} is redirected with {name(heard.answer.status)}"
    place = heard.header("location")
    if not place:
        return f"{told} to nowhere: there is no Location"
    target = heard.exchange.request.target
    host = heard.exchange.request.header("host") or ""
    try:
        to = urlsplit(urljoin(f"//{host}{target}", place))
        asked = urlsplit(f"//{host}{target}")
        elsewhere = bool(to.hostname) and to.hostname != asked.hostname
    except ValueError:
        return f"{told} to {heard.safe(place)!r}, which is no address"
    if elsewhere:
        return f"{told} to another host, {heard.safe(to.netloc)}"
    if to.path == asked.path and to.query == asked.query:
        if to.scheme == "https":
            return f"{told} to the same place by https: if it was asked for so, clients that follow run in a circle"
        return f"{told} to where it was asked for: clients that follow run in a circle"
    return f"{told} to {heard.safe(to.path)}"
