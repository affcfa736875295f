"""The figures of making payloads: which makers run side by side, what is claimed of them, and how good their payloads are."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from figures import SCHEMA, Claim, Figure, Span
from measure import DOCPACT, HERE, OUT, PLAIN, PYTHON, Program, peers, tell, versions
from npm import PACKAGE, VERSION, faker, node, node_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

GENERATE = "docpact generate valid"
FAKER = "json-schema-faker"
FAKER_ALL = "json-schema-faker, all optional members"
MIMESIS = "mimesis, a script of a Field and a Schema"
MIMESIS_DIRECT = "mimesis, a script of bare providers"
POLYFACTORY = "polyfactory, a dataclass"
POLYFACTORY_PYDANTIC = "polyfactory, a Pydantic model"
FROM_TYPE = "Hypothesis, from_type of a dataclass"
PAYLOADS = "docpact.strategies.payloads()"
ANY = "docpact.strategies.payloads(coherent=False)"
SCHEMATHESIS = "Schemathesis' internal builder"
FROM_SCHEMA = "hypothesis-jsonschema"
FEW, MANY = "docpact generate valid, 1,000 payloads", "docpact generate valid, 1,000,000 payloads"


class Maker(NamedTuple):
    """Something that writes payloads to a file: its command line for a count and a path, and how many it is asked for."""

    name: str
    command: Callable[[int, str], Sequence[str]]
    asked: int


def script(python: object, name: str, which: str) -> Callable[[int, str], Sequence[str]]:
    """Return the command line of a maker of `makers.py` or `drawers.py`."""
    return lambda count, path: [str(python), str(HERE / name), which, str(count), path]


def generate(count: int, path: str) -> Sequence[str]:
    """Return the command line of docpact for so many payloads."""
    return [DOCPACT, "generate", "valid", "-n", str(count), "--seed", "1", "--as", "ndjson", "--out", path]


def made_by(maker: Maker) -> Path:
    """Return the file that a maker writes."""
    name = "".join(letter if letter.isalnum() else "-" for letter in maker.name)
    return OUT / "made" / f"{name}.ndjson"


def compared(makers: Sequence[Maker], claims: Sequence[Claim], found: Mapping[str, str], rounds: int) -> Figure:
    """Run each maker for many payloads and for a tenth of them, so that the difference is what making alone costs."""
    (OUT / "made").mkdir(parents=True, exist_ok=True)
    programs, spans = {}, {}
    for maker in makers:
        path, some = made_by(maker), max(1, maker.asked // 10)
        many, few = f"{maker.name}, {maker.asked:,}", f"{maker.name}, {some:,}"
        programs[few] = Program(maker.command(some, str(path.with_suffix(".few"))))
        programs[many] = Program(maker.command(maker.asked, str(path)))
        spans[maker.name] = Span(many, few, maker.asked - some)
    about = {"payloads": max(maker.asked for maker in makers), "versions": dict(found)}
    return Figure(programs, claims, about, rounds, spans=spans, after=lambda: {"made": judged(makers)})


def judged(makers: Sequence[Maker]) -> dict[str, dict[str, int]]:
    """Count, with `docpact validate`, how many payloads of each maker are valid, and how many break no rule of any layer."""
    shares = {}
    for maker in makers:
        tell(f"{maker.name}: is what it makes valid, and coherent?")
        path = made_by(maker)
        valid, coherent = (conforming(maker, path, layers) for layers in (("--layer", "documented"), ()))
        shares[maker.name] = {"payloads": maker.asked, "bytes": path.stat().st_size, "valid": valid, "coherent": coherent}
    tell("")
    return shares


def conforming(maker: Maker, path: Path, layers: Sequence[str]) -> int:
    """Return how many payloads of a file have no error; stop everything if there are not as many as were asked for."""
    command = [DOCPACT, "validate", str(path), *layers, "--jobs", "1", "--format", "json", "--max-findings", "1"]
    run = subprocess.run(command, cwd=OUT, env=PLAIN, capture_output=True, text=True, check=False)
    if run.returncode not in {0, 1}:
        sys.exit(f"bench: {' '.join(command)}\nbench: gave the exit code {run.returncode}, and said\n{run.stderr[-2000:]}")
    summary = json.loads(run.stdout)["summary"]
    if summary["payloads"] != maker.asked:
        sys.exit(
            f"bench: {maker.name} wrote {summary['payloads']:,} payloads, not {maker.asked:,}; nothing of this figure is kept"
        )
    return int(summary["conforming"])


def fixtures(scale: int, *, alone: bool) -> Figure:
    """Make payloads into a file, as many as take a while; what they cost is counted a payload."""
    makers = [Maker(GENERATE, generate, 40_000 // scale)]
    found: dict[str, str] = {}
    if not alone:
        javascript, library, python = node(), str(faker()), peers("peers-makers.txt", "makers")
        words = [javascript, str(HERE / "makers.mjs"), library, SCHEMA]
        makers += [
            Maker(FAKER, lambda count, path: [*words, "some", str(count), path], 20_000 // scale),
            Maker(FAKER_ALL, lambda count, path: [*words, "all", str(count), path], 20_000 // scale),
            Maker(MIMESIS, script(python, "makers.py", "mimesis"), 20_000 // scale),
            Maker(MIMESIS_DIRECT, script(python, "makers.py", "mimesis-direct"), 40_000 // scale),
            Maker(POLYFACTORY, script(python, "makers.py", "polyfactory"), 2_000 // scale),
            Maker(POLYFACTORY_PYDANTIC, script(python, "makers.py", "polyfactory-pydantic"), 1_000 // scale),
            Maker(FROM_TYPE, script(python, "drawers.py", "hypothesis"), 1_000 // scale),
        ]
        found = versions(python, "mimesis", "polyfactory", "pydantic", "hypothesis")
        found |= {PACKAGE: VERSION, "Node.js": node_version(javascript)}
    made = "a payload made"
    return compared(
        makers,
        [
            Claim(made, GENERATE, FAKER, "cpu", 0.067),
            Claim(made, GENERATE, FAKER_ALL, "cpu", 0.067, aside=True),
            Claim(made, GENERATE, MIMESIS, "cpu", 0.4),
            Claim(made, GENERATE, MIMESIS_DIRECT, "cpu", 0.4),
            Claim(made, GENERATE, POLYFACTORY, "cpu", 0.0067),
            Claim(made, GENERATE, POLYFACTORY_PYDANTIC, "cpu", 0.0067, aside=True),
            Claim(made, GENERATE, FROM_TYPE, "cpu"),
        ],
        found,
        rounds=5,
    )


def strategies(scale: int, *, alone: bool) -> Figure:
    """Draw examples by `@given`; what they cost is counted an example."""
    makers = [
        Maker(PAYLOADS, script(PYTHON, "drawers.py", "docpact"), 2_000 // scale),
        Maker(ANY, script(PYTHON, "drawers.py", "docpact-any"), 2_000 // scale),
    ]
    found: dict[str, str] = {}
    if not alone:
        python, older = peers("peers-makers.txt", "makers"), peers("peers-older.txt", "older")
        makers += [
            Maker(SCHEMATHESIS, script(python, "drawers.py", "schemathesis"), 400 // scale),
            Maker(FROM_SCHEMA, script(older, "drawers.py", "hypothesis-jsonschema"), 100 // scale),
        ]
        found = versions(python, "schemathesis", "hypothesis") | versions(older, "hypothesis-jsonschema")
        found["which takes hypothesis"] = versions(older, "hypothesis")["hypothesis"]
    drawn = "an example drawn by @given"
    return compared(
        makers,
        [
            Claim(drawn, PAYLOADS, SCHEMATHESIS, "cpu", 0.125),
            Claim(drawn, PAYLOADS, FROM_SCHEMA, "cpu", 0.04),
            Claim(f"{drawn}, of all that the page allows", ANY, SCHEMATHESIS, "cpu"),
            Claim(f"{drawn}, of all that the page allows", ANY, FROM_SCHEMA, "cpu"),
        ],
        found,
        rounds=5,
    )


def length(scale: int, *, alone: bool) -> Figure:  # noqa: ARG001 - every figure is asked the same way; this has no peer
    """Make a thousand times as many payloads: memory."""
    few, many = 1_000 // scale, 1_000_000 // scale

    def program(count: int) -> Program:
        return Program([DOCPACT, "generate", "valid", "-n", str(count), "--seed", "1", "--as", "ndjson"])

    return Figure(
        {FEW: program(few), MANY: program(many)},
        [
            Claim("1,000,000 payloads made", MANY, None, "memory", 32),
            Claim("1,000,000 payloads made, above 1,000", MANY, FEW, "memory", 2),
        ],
        {"payloads": many, "versions": {}},
        rounds=1,
        warm=False,
    )


FIGURES = {"fixtures": fixtures, "strategies": strategies, "length": length}
