"""The figures of judging: which programs run side by side, and what is claimed of them."""

from __future__ import annotations

import re
import shutil
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from measure import DOCPACT, HERE, OUT, PYTHON, ROOT, Program, peers, sourcemeta, versions
from payloads import INVALID_EVERY, big_file, folder, links, one_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from measure import Cost

SCHEMA = str(ROOT / "schemas" / "task-fetch.schema.json")
DOCUMENTED = ("--layer", "documented")

BARE_LOOP = "orjson + jsonschema-rs, a bare loop"
TYPED = "msgspec, a bare typed decode"
PARSE = "json.loads, no schema"
SOURCEMETA = "sourcemeta jsonschema --fast"
AGAIN = f"{SOURCEMETA}, second run"
CHECK = "check-jsonschema"
NOTHING = "python -c pass"
ONE_CORE = "docpact, documented layer"
ALL_LAYERS = "docpact, all layers"
TWO_CORES = "docpact, documented layer, two cores"
ONE = "docpact validate one.json"
SHORT = "docpact, standard input, 100,000 lines"
LONG = "docpact, standard input, 10,000,000 lines"
LONG_FILES = "docpact, two cores, 10,000,000 lines in files"


class Claim(NamedTuple):
    """What is read from a figure: a cost of a program as a multiple of another's; memory alone, or above another's.

    One that is aside stands in the long table only.
    """

    what: str
    program: str
    beside: str | None
    by: str
    goal: float | None = None
    aside: bool = False


class Span(NamedTuple):
    """Two programs that do the same, one of them so many times more often: the difference is without start-up."""

    many: str
    few: str
    more: int


class Figure(NamedTuple):
    """Programs to run side by side, what is claimed of them, and the circumstances.

    `spans` names what is claimed a time, and not of a whole program. `after` is asked when all rounds are over. `measured` is
    asked for the costs of so many rounds, where they are not those of programs that run to their end.
    """

    programs: Mapping[str, Program]
    claims: Sequence[Claim]
    about: Mapping[str, object]
    rounds: int
    warm: bool = True
    spans: Mapping[str, Span] = MappingProxyType({})
    after: Callable[[], Mapping[str, object]] = dict
    measured: Callable[[int], dict[str, list[Cost]]] | None = None


def told_by_docpact(printed: str) -> int:
    """Read the number of violating payloads in docpact's text report."""
    (found,) = re.findall(r"^violates +([\d,]+) of ", printed, re.MULTILINE)
    return int(found.replace(",", ""))


def told_by_sourcemeta(printed: str) -> int:
    """Count the entries and files that sourcemeta's jsonschema fails."""
    return len(set(re.findall(r"^fail: (.+)$", printed, re.MULTILINE)))


def told_by_check(printed: str) -> int:
    """Count the files of which check-jsonschema tells an error."""
    return len(set(re.findall(r"^  (\S+)::\$", printed, re.MULTILINE)))


def docpact(invalid: int, *arguments: str) -> Program:
    """Return `docpact validate` over payloads of which so many are invalid."""
    return Program([DOCPACT, "validate", *arguments], 1 if invalid else 0, invalid=invalid, told=told_by_docpact)


def bulk(scale: int, *, alone: bool) -> Figure:
    """Judge a long file of payloads, one a line: CPU on one core, wall on two."""
    count = 100_000 // scale
    big = str(big_file(count))
    bad = count // INVALID_EVERY
    programs = {
        ONE_CORE: docpact(bad, big, *DOCUMENTED, "--jobs", "1"),
        ALL_LAYERS: docpact(bad, big, "--jobs", "1"),
        TWO_CORES: docpact(bad, big, *DOCUMENTED, "--jobs", "2"),
        PARSE: Program([PYTHON, str(HERE / "loops.py"), "json", SCHEMA, big], invalid=0, told=int),
    }
    found: dict[str, str] = {}
    if not alone:
        python = peers()
        for name, loop in ((BARE_LOOP, "orjson"), (TYPED, "msgspec")):
            programs[name] = Program([str(python), str(HERE / "loops.py"), loop, SCHEMA, big], invalid=bad, told=int)
        found = versions(python, "orjson", "jsonschema-rs", "msgspec")
        if rival := sourcemeta(python):
            command = [str(rival), "validate", SCHEMA, big, "--fast", "--continue"]
            programs[SOURCEMETA] = Program(command, 2, invalid=bad, told=told_by_sourcemeta)
            programs[AGAIN] = programs[SOURCEMETA]._replace(twice=True)
            found |= versions(python, "sourcemeta-jsonschema")
    lines = f"{count:,} payloads as lines"
    return Figure(
        programs,
        [
            Claim(f"{lines}, one core", ONE_CORE, BARE_LOOP, "cpu", 0.65),
            Claim(f"{lines}, one core", ONE_CORE, TYPED, "cpu", 1.1),
            Claim(f"{lines}, one core", ONE_CORE, PARSE, "cpu"),
            Claim(f"{lines}, all layers, one core", ALL_LAYERS, ONE_CORE, "cpu", 2.5),
            Claim(f"{lines}, two cores", TWO_CORES, BARE_LOOP, "wall", 0.38),
            Claim(f"{lines}, one core", ONE_CORE, AGAIN, "wall"),
            Claim(f"{lines}, two cores", TWO_CORES, SOURCEMETA, "wall", 0.07, aside=True),
            Claim(f"{lines}, the largest process of two", TWO_CORES, None, "memory", 32),
        ],
        {"payloads": count, "invalid": bad, "bytes": (OUT / big).stat().st_size, "versions": found},
        rounds=5,
    )


def memory(scale: int, *, alone: bool) -> Figure:  # noqa: ARG001 - every figure is asked the same way; this has no peer
    """Judge a hundred times as many payloads: a pipe that repeats the same file, and a folder that links to it."""
    count = 100_000 // scale
    big = big_file(count)
    cat = shutil.which("cat") or "/bin/cat"

    def judge(times: int, *arguments: str, feeder: Sequence[str] = ()) -> Program:
        report = OUT / f"memory-{len(feeder)}.txt"
        command = [*arguments, *DOCUMENTED, "--output", str(report)]
        return docpact(count // INVALID_EVERY * times, *command)._replace(feeder=feeder, report=report)

    return Figure(
        {
            SHORT: judge(1, "-", feeder=[cat, str(big)]),
            LONG: judge(100, "-", feeder=[cat, *[str(big)] * 100]),
            LONG_FILES: judge(100, str(links(big, 100)), "--jobs", "2"),
        },
        [
            Claim("10,000,000 payloads through a pipe", LONG, None, "memory", 32),
            Claim("10,000,000 payloads through a pipe, above 100,000", LONG, SHORT, "memory", 2),
            Claim("10,000,000 payloads in 100 files, the largest process of two", LONG_FILES, None, "memory", 32),
        ],
        {"payloads": 10_000_000 // scale, "bytes": big.stat().st_size * 100, "versions": {}},
        rounds=1,
        warm=False,
    )


def files(scale: int, *, alone: bool) -> Figure:
    """Judge a folder of small files, a payload in each."""
    count = 10_000 // scale
    bad = count // INVALID_EVERY
    path = folder(count)
    programs = {
        ONE_CORE: docpact(bad, path.name, *DOCUMENTED, "--jobs", "1"),
        ALL_LAYERS: docpact(bad, path.name, "--jobs", "1"),
    }
    found: dict[str, str] = {}
    if not alone:
        python = peers()
        names = [f"{path.name}/{file.name}" for file in sorted(path.iterdir())]
        command = [str(python.parent / "check-jsonschema"), "--schemafile", SCHEMA, *names]
        programs[CHECK] = Program(command, 1, invalid=bad, told=told_by_check)
        found = versions(python, "check-jsonschema", "jsonschema")
        if rival := sourcemeta(python):
            command = [str(rival), "validate", SCHEMA, path.name, "--fast", "--continue"]
            programs[SOURCEMETA] = Program(command, 2, invalid=bad, told=told_by_sourcemeta)
            programs[AGAIN] = programs[SOURCEMETA]._replace(twice=True)
            found |= versions(python, "sourcemeta-jsonschema")
    return Figure(
        programs,
        [
            Claim(f"{count:,} files, one process", ONE_CORE, CHECK, "cpu", 0.03),
            Claim(f"{count:,} files, one process", ONE_CORE, AGAIN, "cpu"),
            Claim(f"{count:,} files, one process", ONE_CORE, SOURCEMETA, "cpu", 0.30, aside=True),
        ],
        {"payloads": count, "invalid": bad, "versions": found},
        rounds=3,
    )


def one(scale: int, *, alone: bool) -> Figure:  # noqa: ARG001 - one file is one file
    """Judge one small file, from the shell and back."""
    path = str(one_file())
    programs = {NOTHING: Program([PYTHON, "-c", "pass"]), ONE: Program([DOCPACT, "validate", path])}
    found: dict[str, str] = {}
    if not alone:
        python = peers()
        programs[CHECK] = Program([str(python.parent / "check-jsonschema"), "--schemafile", SCHEMA, path])
        found = versions(python, "check-jsonschema", "jsonschema")
        if rival := sourcemeta(python):
            programs[SOURCEMETA] = Program([str(rival), "validate", SCHEMA, path, "--fast"])
            found |= versions(python, "sourcemeta-jsonschema")
    return Figure(
        programs,
        [
            Claim("one file, start to end", ONE, NOTHING, "wall", 1.3),
            Claim("one file, start to end", ONE, CHECK, "wall", 0.05),
            Claim("one file, start to end", ONE, SOURCEMETA, "wall"),
        ],
        {"payloads": 1, "versions": found},
        rounds=20,
    )


FIGURES = {"bulk": bulk, "files": files, "one": one, "memory": memory}
