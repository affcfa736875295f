"""How well `docpact derive` reads pages: each claim held against a careful person's reading of the same page.

`python -m benchmarks.pages DIR [--format json] [--misses] [--fail-under SHARE]` reads every `NAME.txt` (or `.md`, `.html`,
`.json`, `.yaml`, …) of a folder that has a `NAME.truth.json` beside it, and prints precision and recall by kind of claim, for
each page and for all, and the share of claims that are right.

What counts as right:

- a claim of the truth that is null (or absent, or the empty text) is right when ours is null too: what a page does not say must
  not be guessed. Such claims count in the share, and neither in precision nor in recall;
- a member that is missed costs every claim about it; one that is invented costs every claim that we make of it, and is named;
- `integer` and `number` differ; a type that is several is a set; an enum is a set, as text;
- descriptions are compared after white space has been made single;
- examples are compared by value, 1 and 1.0 and true being three values;
- paths are compared after the writing of their parameters has been made one (`:id`, `<id>`, `{{id}}` are `{id}`); where the
  truth has a literal id, as the page may, the template that fits it is right too;
- an entry of ours about the items of an array (`/list/*`) is only held against the truth where the truth has one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

ENDINGS = (".txt", ".md", ".html", ".htm", ".mht", ".mhtml", ".json", ".ndjson", ".yaml", ".yml")
OF_MEMBERS = ("type", "required", "nullable", "enum", "format", "description")
KINDS = ("member", *OF_MEMBERS, "example", "method", "path")
_PARAMETER = re.compile(r"\{+\s*([\w.-]+)\s*\}+|:([A-Za-z_]\w*)|<([\w-]+)>|\$\{([\w.-]+)\}|\[([\w-]+)\]")
_MISSED = "member missed"
_LITERAL = re.compile(r"|\d{4,}|(?=\w*\d)[\w-]{12,}")


class Miss(NamedTuple):
    """One claim that differs: where, which kind, what the truth says, and what we say."""

    about: str
    kind: str
    truth: Any
    ours: Any


@dataclass
class Score:
    """What was counted, by kind: claims of the truth, claims of ours, those that agree, all pairs, and all right pairs."""

    said: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    refused: str = ""

    def compare(self, about: str, kind: str, truth: Any, ours: Any) -> None:
        """Count one claim: `truth` and `ours` are None where nothing is said."""
        same = equal(kind, truth, ours)
        self.pairs[kind] += 1
        self.right[kind] += same
        self.said[kind] += truth is not None
        self.made[kind] += ours is not None
        self.hit[kind] += same and truth is not None
        if not same:
            self.misses.append(Miss(about, kind, truth, ours))

    def add(self, other: Score, name: str) -> None:
        """Add the counts of one more page."""
        for counts in ("said", "made", "hit", "pairs", "right"):
            getattr(self, counts).update(getattr(other, counts))
        self.invented += [f"{name} {path}" for path in other.invented]

    def share(self, kind: str | None = None) -> float:
        """Return the share of claims that are right, of one kind or of all."""
        return _ratio(self.right[kind], self.pairs[kind]) if kind else _ratio(self.right.total(), self.pairs.total())

    def precision(self, kind: str | None = None) -> float:
        """Return how many of our claims are right, of one kind or of all."""
        return _ratio(self.hit[kind], self.made[kind]) if kind else _ratio(self.hit.total(), self.made.total())

    def recall(self, kind: str | None = None) -> float:
        """Return how many of the truth's claims are ours, of one kind or of all."""
        return _ratio(self.hit[kind], self.said[kind]) if kind else _ratio(self.hit.total(), self.said.total())


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def equal(kind: str, truth: Any, ours: Any) -> bool:
    """Tell whether two claims of a kind say the same."""
    if truth is None or ours is None:
        return truth is ours
    if kind == "path":
        return same_path(truth, ours)
    if kind == "enum":
        return {str(value) for value in truth} == {str(value) for value in ours}
    if kind == "type":
        return _types(truth) == _types(ours)
    if kind in ("description", "format"):
        return str(truth).split() == str(ours).split()
    return json.dumps(truth, sort_keys=True) == json.dumps(ours, sort_keys=True)


def _types(claim: Any) -> set[str]:
    return {part.strip() for part in claim.split("|")} if isinstance(claim, str) else {str(part) for part in claim}


def same_path(truth: str, ours: str) -> bool:
    """Tell whether two paths name the same operation, where the truth may have a literal id for a parameter."""
    one, other = (path.partition("?")[0].rstrip("/").split("/") for path in (truth, ours))
    return len(one) == len(other) and all(map(_same_part, one, other))


def _same_part(truth: str, ours: str) -> bool:
    here, there = _PARAMETER.fullmatch(truth), _PARAMETER.fullmatch(ours)
    if here and there:
        return [name for name in here.groups() if name] == [name for name in there.groups() if name]
    return truth == ours or bool(there and _LITERAL.fullmatch(truth))


def score(truth: dict[str, Any], ours: dict[str, Any]) -> Score:
    """Hold what we say about a page (as `docpact derive --claims` prints it) against the truth."""
    found = Score()
    for kind in ("method", "path", "example"):
        found.compare("", kind, _said(truth.get(kind)), _said(ours.get(kind)))
    theirs = {one["path"]: one for one in truth["fields"]}
    mine = {one["path"]: one for one in ours.get("fields", ())}
    for path, one in theirs.items():
        found.compare(path, "member", path, path if path in mine else None)
        for kind in OF_MEMBERS:
            # A member that is missed gives no point for what neither of us says of it.
            missing = path not in mine and _said(one.get(kind)) is None
            found.compare(path, kind, _said(one.get(kind)), _MISSED if missing else _said(mine.get(path, {}).get(kind)))
            found.made[kind] -= missing
    for path, one in mine.items():
        if path not in theirs and not path.endswith("/*"):
            found.invented.append(path)
            found.compare(path, "member", None, path)
            for kind in (kind for kind in OF_MEMBERS if _said(one.get(kind)) is not None):
                found.compare(path, kind, None, _said(one.get(kind)))
    return found


def _said(value: Any) -> Any:
    return None if value in ("", []) and not isinstance(value, bool) else value


def ours_of(page: Path) -> dict[str, Any]:
    """Return what docpact says about a page, or `{"refused": why}`."""
    from docpact.derive import emit, reading

    try:
        return emit.claims(reading.read(page.read_bytes(), (), page.name), page.name)
    except Exception as error:  # noqa: BLE001 - one page that breaks the reader must not hide the figures of the others
        return {"refused": f"{type(error).__name__}: {getattr(error, 'message', error)}"}


def score_folder(folder: Path) -> dict[str, Score]:
    """Score every page of a folder that has a truth file, by name."""
    scores = {}
    for truth in sorted(folder.glob("*.truth.json")):
        stem = truth.name.removesuffix(".truth.json")
        page = next((page for ending in ENDINGS if (page := folder / f"{stem}{ending}").is_file()), None)
        if page is not None:
            ours = ours_of(page)
            scores[stem] = score(json.loads(truth.read_bytes()), ours)
            scores[stem].refused = ours.get("refused", "")
    return scores


def overall(scores: dict[str, Score]) -> Score:
    """Return the counts of all pages together."""
    total = Score()
    for name, one in scores.items():
        total.add(one, name)
    return total


def as_json(scores: dict[str, Score]) -> str:
    """Write the figures as JSON, with every difference."""
    rows = {name: _figures(one) for name, one in scores.items()}
    return json.dumps({"overall": _figures(overall(scores)), "pages": rows}, indent=2, ensure_ascii=False)


def _figures(one: Score) -> dict[str, Any]:
    kinds = {
        kind: {"precision": round(one.precision(kind), 4), "recall": round(one.recall(kind), 4), "right": one.right[kind],
               "claims": one.pairs[kind]}
        for kind in KINDS
    }  # fmt: skip
    return {
        "right": round(one.share(), 4), "precision": round(one.precision(), 4), "recall": round(one.recall(), 4),
        "claims": one.pairs.total(), "invented": one.invented, "refused": one.refused, "kinds": kinds,
        "misses": [miss._asdict() for miss in one.misses],
    }  # fmt: skip


def as_text(scores: dict[str, Score], *, misses: bool) -> str:
    """Write the figures as tables: precision/recall in hundredths by kind; `-` where neither side says anything."""
    width = max([*map(len, scores), 7])
    lines = [f"{'page':{width}} {'right':>6}  {'  '.join(f'{kind[:8]:>9}' for kind in KINDS)}"]
    lines += [_row(name, one, width) for name, one in scores.items()]
    total = overall(scores)
    lines += [_row("overall", total, width), ""]
    lines += [f"refused   {name}: {one.refused}" for name, one in scores.items() if one.refused]
    lines += [f"invented  {one}" for one in total.invented]
    if misses:
        lines += [
            f"differs   {name} {miss.about or '-'} {miss.kind}: truth {_short(miss.truth)}, ours {_short(miss.ours)}"
            for name, one in scores.items()
            for miss in one.misses
            if miss.ours != _MISSED
        ]
    lines.append(
        f"{total.right.total()} of {total.pairs.total()} claims right ({total.share():.4f}) on {len(scores)} pages;"
        f" precision {total.precision():.4f}, recall {total.recall():.4f}; {len(total.invented)} invented members"
    )
    return "\n".join(lines)


def _row(name: str, one: Score, width: int) -> str:
    cells = [_cell(one, kind) for kind in KINDS]
    return f"{name:{width}} {one.share():6.3f}  {'  '.join(f'{cell:>9}' for cell in cells)}"


def _cell(one: Score, kind: str) -> str:
    if not one.said[kind] and not one.made[kind]:
        return "-"
    return f"{one.precision(kind):.2f}/{one.recall(kind):.2f}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else f"{text[:160]}…"  # noqa: PLR2004 - the end of a long example tells nothing


def main(arguments: list[str]) -> int:
    """Print the figures; return 1 where the share of right claims is below `--fail-under`, 2 where there is no page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", metavar="DIR", type=Path, help="pages, each with its NAME.truth.json")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--misses", action="store_true", help="list every claim that differs")
    parser.add_argument("--fail-under", type=float, default=0.0, metavar="SHARE", help="the least share of right claims")
    options = parser.parse_args(arguments)
    scores = score_folder(options.folder)
    if not scores:
        print(f"no page with a NAME.truth.json in {options.folder}", file=sys.stderr)
        return 2
    print(as_json(scores) if options.format == "json" else as_text(scores, misses=options.misses))
    return int(overall(scores).share() < options.fail_under)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
