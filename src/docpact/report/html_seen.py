"""What was seen, in the HTML report: a bar for each member that the page names, and each value that it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docpact.report.html_text import code, esc
from docpact.report.showing import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docpact.seen import Member, Seen

_MOST_UNNAMED = 100

# The patterns that the bars are drawn with: colour is never all that tells two parts of a bar apart.
_PATTERNS = """<svg class="off" aria-hidden="true" focusable="false"><defs>
<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern>
<pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="dot" cx="1.5" cy="1.5" r="1.1"/></pattern>
</defs></svg>
"""
_KINDS = (("full", "with a value"), ("dotted", "empty"), ("hatched", "null"), ("", "not there"))


def section(seen: Seen) -> Iterator[str]:
    """Yield the section: documented members with their listed values, then members that the page does not name."""
    yield '<section id="seen" aria-labelledby="seen-title">\n<h2 id="seen-title">Members and values seen</h2>\n'
    yield _PATTERNS
    never = sum(not member.present for member in seen.members)
    unseen = sum(not number for member in seen.members for number in member.values.values())
    yield f"<p>In {count(seen.payloads, 'payload')} that could be parsed: "
    yield f"{count(never, 'documented member')} of {len(seen.members)} never seen, "
    yield f"{count(unseen, 'listed value')} never seen, "
    yield f"{count(len(seen.unnamed), 'member')} that the page does not name.</p>\n"
    yield '<ul class="legend">'
    for kind, words in _KINDS:
        rect = f'<rect class="{kind}" width="100%" height="100%"/>' if kind else ""
        yield f'<li><svg class="bar" aria-hidden="true">{rect}</svg>{words}</li>'
    yield '</ul>\n<table class="seen">\n<caption>How often each documented member was there</caption>\n'
    yield '<thead><tr><th scope="col">member</th><th scope="col">seen</th></tr></thead>\n<tbody>\n'
    for member in seen.members:
        yield from _member(member)
    yield "</tbody>\n</table>\n"
    yield from _unnamed(seen)
    yield "</section>\n"


def _member(member: Member) -> Iterator[str]:
    absent = max(0, member.holders - member.present) if not member.pointer.endswith("/*") else 0
    parts = [member.filled, member.empty, member.null, absent]
    words = [f"{number:,} {kind}" for number, (_, kind) in zip(parts, _KINDS, strict=True) if number]
    told = ", ".join(words) if words else "never seen: no object that could hold it"
    if member.holders and not member.present:
        told = f"never seen, in {count(member.holders, 'object')}"
    needed = ' <span class="muted">required</span>' if member.required else ""
    yield f'<tr><th scope="row">{code(member.pointer)}{needed}</th><td>{_bar(member.pointer, told, parts)}'
    yield f'<p class="told">{esc(told)}</p>'
    yield from _values(member)
    yield "</td></tr>\n"


def _bar(name: str, told: str, parts: list[int]) -> str:
    total = sum(parts)
    drawn, left = [], 0.0
    for number, (kind, _) in zip(parts, _KINDS, strict=True):
        wide = 100 * number / total if total else 0.0
        if kind and wide:
            drawn.append(f'<rect class="{kind}" x="{left:.2f}%" width="{wide:.2f}%" height="100%"/>')
        left += wide
    return f'<svg class="bar" role="img" aria-label="{esc(f"{name}: {told}")}">{"".join(drawn)}</svg>'


def _values(member: Member) -> Iterator[str]:
    if not member.values:
        return
    yield '<ul class="values">'
    for value, number in member.values.items():
        told = f"{number:,}" if number else "never seen"
        yield f'<li class="{"" if number else "never"}">{code(value)} {told}</li>'
    for value, number in sorted(member.others.items(), key=lambda item: -item[1]):
        yield f'<li class="unlisted">{code(value, 80)} {number:,}, not on the page</li>'
    if member.more:
        yield f"<li>{count(member.more, 'further value')}, not on the page</li>"
    yield "</ul>"


def _unnamed(seen: Seen) -> Iterator[str]:
    if not seen.unnamed:
        return
    yield "<table>\n<caption>Members that the page does not name</caption>\n"
    yield '<thead><tr><th scope="col">member</th><th scope="col" class="number">times</th></tr></thead>\n<tbody>\n'
    ordered = sorted(seen.unnamed.items(), key=lambda item: (-item[1], item[0]))
    for pointer, number in ordered[:_MOST_UNNAMED]:
        yield f'<tr><th scope="row">{code(pointer, 120)}</th><td class="number">{number:,}</td></tr>\n'
    yield "</tbody>\n</table>\n"
    if len(ordered) > _MOST_UNNAMED or seen.unnamed_more:
        yield f"<p>and {len(ordered) - _MOST_UNNAMED if len(ordered) > _MOST_UNNAMED else 0:,} more names, "
        yield f"{seen.unnamed_more:,} further sightings that were counted only</p>\n"
