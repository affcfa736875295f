"""The floors of ARCHITECTURE.md, held against what the source imports."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parents[1]

FLOORS = ("FACES", "MACHINES", "THOUGHT", "WORDS")

# Who may import a dependency: this module, or the modules inside it. One that is missing here may not be imported.
DOORS: dict[str, str | tuple[str, ...]] = {
    "argparse": "cli",
    "brotli": ("inputs.brotlied", "cassettes.packing"),
    "dask": "scale",
    "distributed": "scale",
    "compression": "inputs.frames",
    "fsspec": "inputs.remote",
    "hypothesis": ("generate.strategies", "live.engine"),
    "jsonschema": "validate",
    "jsonschema_rs": "validate",
    "msgspec": ("validate", "generate.encoded"),
    "pyarrow": "inputs.parquet",
    "pytest": "pytest_plugin",
    "referencing": "validate",
    "h11": "live.wire",
    "httpx": "pytest_plugin.in_process",
    "httptools": "mock.server",
    "schemathesis": "live.engine",
    "vcr": ("cassettes.player", "cassettes.store"),
    "yaml": ("inputs.cassettes", "cassettes.in_yaml", "derive.openapi.in_yaml"),
    "zstandard": "inputs.frames",
}

# Which faces a face may import. None of them imports another one.
FACE_TO_FACE = {
    "__init__": {"api", "assertions", "checking", "diffing", "strategies"},
    "__main__": {"cli"},
    "api": {"report", "__init__"},
    "assertions": {"report", "__init__", "api"},
    "checking": {"report", "__init__", "api"},
    "cli": {"report", "__init__", "api", "checking", "diffing"},
    "pytest_plugin": {"report", "__init__", "api", "assertions"},
}

# Faces that may import less than a face may: from which floors below.
FLOORS_BELOW = {"__main__": {"WORDS", "THOUGHT"}, "report": {"WORDS"}}

LAZY_ENGINES = "validate.engine"
# It imports the sieve, with the decoder that this needs, when it meets a long file of lines.
LAZY_SIEVE = ("validate.stream", ".validate.bulk")
# It imports the reader of a kind, with the package that this needs, when it meets a source of that kind.
LAZY_READERS = "inputs.readers"
# It imports the reader of YAML, with the package that this needs, when it meets a page that has YAML.
LAZY_YAML = ("derive.openapi.documents", ".derive.openapi.in_yaml")
# They import what breaks an answer when something is to be broken.
LAZY_FAULTS = {"mock": (".mock.catalogue",), "mock.core": (".mock.catalogue", ".mock.committing")}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc"}
AT_START = "imports at start-up, and should do so only when it is asked"
SPEECH = {"print", "input", "breakpoint", "exit", "quit", "SystemExit"}
# A copy of the process ends without what stands above it in the parent.
MAY_LEAVE = ("scale.forking", "os._exit")
SPEECH_OF = {"sys": {"exit", "stdout", "stderr"}, "os": {"environ", "environb", "getenv", "getenvb", "_exit"}}


class Picture(NamedTuple):
    """The floors, from the top, each with its boxes from left to right; and the boxes that are still to be built."""

    floors: dict[str, list[str]]
    later: set[str]

    @property
    def boxes(self) -> set[str]:
        return {box for boxes in self.floors.values() for box in boxes}

    def floor_of(self, box: str) -> str:
        return next(floor for floor, boxes in self.floors.items() if box in boxes)


class Import(NamedTuple):
    """One import: of what, on which line, inside a function or not, only for the type checker or not."""

    target: str
    line: int
    in_function: bool
    for_types: bool


def picture_in(text: str) -> Picture:
    """Read the fenced block of ARCHITECTURE.md that draws the floors."""
    blocks = re.findall(r"^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks = [block for block in blocks if re.search(r"^FACES\s", block, re.MULTILINE)]
    assert len(blocks) == 1, f"ARCHITECTURE.md should hold one ```text block with the floors, and holds {len(blocks)}"
    rows = dict(re.findall(r"^([A-Z]+)\s+(\S.*)$", blocks[0], re.MULTILINE))
    assert set(FLOORS) <= set(rows), f"the picture lacks {sorted(set(FLOORS) - set(rows))}"
    boxes = {floor: names.strip().split(" · ") for floor, names in rows.items()}
    return Picture({floor: boxes[floor] for floor in FLOORS}, set(boxes.get("LATER", [])))


def sources_of(package: Path) -> dict[str, Path]:
    """Every module by its dotted name below the package: `cli.options`, `validate`, `__init__`."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = path
    return found


def box_of(module: str) -> str:
    return module.partition(".")[0]


def named(dotted: str, modules: set[str]) -> str:
    """Name what is imported: ours as `.name`, as deep as there is such a module; another one by its first name."""
    first, *parts = dotted.split(".")
    if first != "docpact":
        return first
    while len(parts) > 1 and ".".join(parts) not in modules:
        parts.pop()
    return "." + (".".join(parts) or "__init__")


def named_in_from(node: ast.ImportFrom, package: list[str], modules: set[str]) -> Iterator[str]:
    """Name what `from … import …` imports in a module of `package`: a module of ours where the last name is one."""
    above = package[: len(package) - node.level + 1] if node.level else []
    source = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        whole = f"{source}.{alias.name}"
        yield named(whole if whole.removeprefix("docpact.") in modules else source, modules)


def named_in_call(node: ast.Call, modules: set[str]) -> Iterator[str]:
    """Name what `import_module("…")` imports, as far as it is written there."""
    called = ast.unparse(node.func).split(".")[-1]
    first = node.args[0] if node.args and called in {"import_module", "__import__"} else None
    start = first.values[0] if isinstance(first, ast.JoinedStr) else first
    if isinstance(start, ast.Constant):
        yield named(str(start.value).rstrip("."), modules)


def imports_of(module: str, path: Path, modules: set[str]) -> Iterator[Import]:
    """List what a module imports, wherever in the file, with the place."""
    parts = ["docpact", *([] if module.startswith("__") else module.split("."))]
    package = parts if path.stem == "__init__" or module.startswith("__") else parts[:-1]

    def walk(node: ast.AST, *, in_function: bool, for_types: bool) -> Iterator[Import]:
        targets: Iterable[str] = ()
        if isinstance(node, ast.Import):
            targets = (named(alias.name, modules) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            targets = named_in_from(node, package, modules)
        elif isinstance(node, ast.Call):
            targets = named_in_call(node, modules)
        for target in targets:
            yield Import(target, getattr(node, "lineno", 0), in_function, for_types)
        in_function |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        checked = node.body if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") else []
        for child in ast.iter_child_nodes(node):
            yield from walk(child, in_function=in_function, for_types=for_types or child in checked)

    return walk(ast.parse(path.read_bytes()), in_function=False, for_types=False)


def breach_of_direction(picture: Picture, module: str, seen: Import) -> str | None:
    """Judge an import of one of our own modules."""
    box, other = box_of(module), box_of(seen.target[1:])
    if other not in picture.boxes:
        return "imports what is not in the picture"
    if box == other:
        return None
    if box == "__init__" and not (seen.in_function or seen.for_types):
        return AT_START
    floor, target = picture.floor_of(box), picture.floor_of(other)
    if target == floor:
        words = floor == "WORDS"
        row = picture.floors[floor]
        allowed = row[: row.index(box)] if words else FACE_TO_FACE.get(box, ())
        wrong = "imports a word to its right" if words else "imports sideways"
        return None if other in allowed else wrong
    if FLOORS.index(target) < FLOORS.index(floor):
        return "imports upwards"
    return None if target in FLOORS_BELOW.get(box, FLOORS) else "imports too much for its place"


# Of the standard library too, in one version of Python or another.
_OTHER_PYTHONS = {"_sha2", "_sha256"}


def breach_of_doors(picture: Picture, module: str, seen: Import) -> str | None:
    """Judge an import of somebody else's module."""
    standard = seen.target in sys.stdlib_module_names | _OTHER_PYTHONS or (seen.for_types and seen.target == "_typeshed")
    if picture.floor_of(box_of(module)) == "WORDS" and not standard:
        return "imports more than the standard library"
    if module == "__init__" and not (standard or seen.in_function or seen.for_types):
        return AT_START
    door = DOORS.get(seen.target)
    if door is None:
        return None if standard else "imports a dependency that has no door (see DOORS)"
    doors = (door,) if isinstance(door, str) else door
    is_one = any(f"{module}.".startswith(f"{name}.") for name in doors)
    return None if is_one else f"imports by the wrong door, not {' or '.join(doors)}"


def breach_of_laziness(picture: Picture, module: str, seen: Import) -> str | None:
    """Judge where in the file an import stands."""
    if not seen.in_function or box_of(module) in picture.floors["FACES"]:
        return None
    engine = DOORS.get(seen.target) == box_of(LAZY_ENGINES)
    reader = module == LAZY_READERS and box_of(seen.target[1:]) == box_of(LAZY_READERS)
    sieve = (module, seen.target) in (LAZY_SIEVE, LAZY_YAML)
    fault = seen.target in LAZY_FAULTS.get(module, ())
    return None if reader or sieve or fault or (module == LAZY_ENGINES and engine) else "imports inside a function"


def speech_in(path: Path) -> Iterator[tuple[int, str]]:
    """Find where a module prints, asks, exits or reads the environment."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Name) and node.id in SPEECH and isinstance(node.ctx, ast.Load):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in SPEECH_OF.get(node.value.id, set()):
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module in SPEECH_OF:
            for alias in node.names:
                if alias.name in SPEECH_OF[node.module]:
                    yield node.lineno, f"{node.module}.{alias.name}"


def breaches_of_place(picture: Picture, package: Path, modules: set[str]) -> Iterator[str]:
    """Compare what stands in the package with the picture."""
    pictured = picture.boxes
    present = {box_of(module) for module in modules}
    for entry in sorted(package.iterdir()):
        known = entry.name in {"__pycache__", "py.typed"} or entry.stem in pictured
        if not known and (entry.is_file() or any(p.is_file() and p.suffix != ".pyc" for p in entry.rglob("*"))):
            yield f"{entry.name} is not in the picture"
    for name in sorted(pictured - present - picture.later):
        yield f"{name} is in the picture, and neither there nor LATER"
    for name in sorted(picture.later & present):
        yield f"{name} is there, and the picture says LATER"
    for name in sorted(picture.later - pictured):
        yield f"{name} is LATER, and on no floor"
    for module in sorted(modules):
        if any(part.strip("_") in DRAWERS for part in module.split(".")):
            yield f"{module} is a drawer: name what it does"


def cycles_in(graph: dict[str, set[str]]) -> Iterator[str]:
    """Name each group of modules that import each other in a ring."""
    reach: dict[str, set[str]] = {}
    for start, first in graph.items():
        reach[start] = set()
        todo = set(first)
        while todo:
            module = todo.pop()
            reach[start].add(module)
            todo |= graph.get(module, set()) - reach[start]
    rings = {tuple(sorted(m for m in reach[start] if start in reach.get(m, ()))) for start in graph} - {()}
    for ring in sorted(rings):
        yield f"a cycle of imports: {', '.join(ring)}"


def breaches_in(text: str, package: Path) -> list[str]:
    """Return every breach of the picture in `text` by the source in `package`, each as one line."""
    picture = picture_in(text)
    sources = sources_of(package)
    found = list(breaches_of_place(picture, package, set(sources)))
    graph: dict[str, set[str]] = {}
    for module, path in sources.items():
        if box_of(module) not in picture.boxes:
            continue
        imports = list(imports_of(module, path, set(sources)))
        graph[module] = {seen.target[1:] for seen in imports if seen.target[0] == "." and not seen.in_function}
        for seen in imports:
            judge = breach_of_direction if seen.target[0] == "." else breach_of_doors
            both = judge(picture, module, seen), breach_of_laziness(picture, module, seen)
            found.extend(f"{module}:{seen.line} {breach}: {seen.target}" for breach in both if breach)
        if box_of(module) not in picture.floors["FACES"]:
            said = ((line, what) for line, what in speech_in(path) if (module, what) != MAY_LEAVE)
            found.extend(f"{module}:{line} speaks, and only a face may: {what}" for line, what in said)
    return list(dict.fromkeys([*found, *cycles_in(graph)]))


def test_the_source_obeys_the_picture() -> None:
    breaches = breaches_in((ROOT / "ARCHITECTURE.md").read_text("utf-8"), ROOT / "src" / "docpact")
    assert not breaches, "\n" + "\n".join(breaches)


PICTURE = """
```text
FACES     api · cli · pytest_plugin · report · __main__ · __init__
MACHINES  mock · cassettes · live · scale
THOUGHT   derive · validate · generate · drift
WORDS     errors · finding · data · tally
LATER     mock · scale · drift
```
"""

HEALTHY = {
    "__init__.py": "import sys\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from docpact.api import f\n"
    "def __getattr__(name):\n    from docpact import api\n    return getattr(api, name)\n",
    "__main__.py": "import sys\nfrom docpact.cli import main\nsys.exit(main())\n",
    "api.py": "from docpact.validate.engine import judge\ndef f():\n    from docpact.report import as_text\n",
    "cli/__init__.py": "import importlib\ndef main():\n    from docpact.cli import options\n    print(options)\n"
    "    importlib.import_module(f'docpact.cli.{1}')\n",
    "cli/options.py": "import argparse, os\nfrom docpact.cli import main\nimport docpact\nos.environ\n",
    "pytest_plugin.py": "import pytest\nfrom docpact.api import f\n",
    "report/__init__.py": "",
    "report/as_text.py": "from ..finding import Finding\n",
    "cassettes/store.py": "import vcr\nfrom docpact.generate import strategies\n",
    "live/engine.py": "import schemathesis.checks\nfrom docpact.validate import engine\n",
    "derive/__init__.py": "from . import page\n",
    "derive/page.py": "import docpact.errors\nfrom docpact.data import root\n",
    "generate/strategies.py": "import hypothesis.strategies as st\n",
    "validate/__init__.py": "",
    "validate/engine.py": "from ..errors import A\ndef judge():\n    import jsonschema_rs\n",
    "errors.py": "import sys\nfrom __future__ import annotations\n",
    "finding.py": "from docpact.errors import A\n",
    "data.py": "from docpact import errors, finding\nname = 'print'\ninput_ = sys.argv\n",
    "tally.py": "",
    "py.typed": "",
}


@pytest.fixture
def breaches_with(tmp_path: Path) -> Callable[..., list[str]]:
    """Return the breaches of the healthy skeleton with more lines at the end of one file, and another picture."""

    def with_lines(name: str = "errors.py", lines: str = "", picture: str = PICTURE) -> list[str]:
        for file, text in {**HEALTHY, name: HEALTHY.get(name, "") + lines}.items():
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return breaches_in(picture, tmp_path)

    return with_lines


def test_a_healthy_skeleton_has_no_breach(breaches_with: Callable[..., list[str]]) -> None:
    assert breaches_with() == []


@pytest.mark.parametrize(
    ("file", "lines", "breach"),
    [
        ("finding.py", "import docpact.tally", "finding:2 imports a word to its right: .tally"),
        ("finding.py", "from .tally import root", "finding:2 imports a word to its right: .tally"),
        ("tally.py", "from docpact import api", "tally:1 imports upwards: .api"),
        ("tally.py", "import docpact", "tally:1 imports upwards: .__init__"),
        ("tally.py", "from . import __version__", "tally:1 imports upwards: .__init__"),
        ("data.py", "import jsonschema", "data:4 imports more than the standard library: jsonschema"),
        ("derive/page.py", "from docpact.validate import engine", "derive.page:3 imports sideways: .validate.engine"),
        ("derive/page.py", "from ..validate import engine", "derive.page:3 imports sideways: .validate.engine"),
        ("derive/__init__.py", "from ..validate import engine", "derive:2 imports sideways: .validate.engine"),
        (
            "derive/page.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from docpact.validate.engine import judge",
            "derive.page:5 imports sideways: .validate.engine",
        ),
        (
            "derive/page.py",
            "from importlib import import_module\nimport_module('docpact.live')",
            "derive.page:4 imports upwards: .live",
        ),
        (
            "validate/engine.py",
            "from docpact.report import as_text",
            "validate.engine:4 imports upwards: .report.as_text",
        ),
        ("live/engine.py", "import docpact.cassettes.store", "live.engine:3 imports sideways: .cassettes.store"),
        ("api.py", "from docpact.cli import main", "api:4 imports sideways: .cli"),
        ("cli/options.py", "import docpact.pytest_plugin", "cli.options:5 imports sideways: .pytest_plugin"),
        ("report/as_text.py", "import docpact.validate", "report.as_text:2 imports too much for its place: .validate"),
        ("report/as_text.py", "import docpact.api", "report.as_text:2 imports sideways: .api"),
        ("__main__.py", "import docpact.live", "__main__:4 imports too much for its place: .live"),
        ("__main__.py", "import docpact.api", "__main__:4 imports sideways: .api"),
        (
            "__init__.py",
            "from docpact.api import f",
            "__init__:8 imports at start-up, and should do so only when it is asked: .api",
        ),
        (
            "__init__.py",
            "import docpact.errors",
            "__init__:8 imports at start-up, and should do so only when it is asked: .errors",
        ),
        (
            "generate/strategies.py",
            "import jsonschema",
            "generate.strategies:2 imports by the wrong door, not validate: jsonschema",
        ),
        (
            "validate/engine.py",
            "import hypothesis",
            "validate.engine:4 imports by the wrong door, not generate.strategies or live.engine: hypothesis",
        ),
        (
            "generate/faults.py",
            "from hypothesis import x",
            "generate.faults:1 imports by the wrong door, not generate.strategies or live.engine: hypothesis",
        ),
        ("api.py", "import argparse", "api:4 imports by the wrong door, not cli: argparse"),
        (
            "cli/options.py",
            "import requests",
            "cli.options:5 imports a dependency that has no door (see DOORS): requests",
        ),
        ("derive/page.py", "def f():\n    import json", "derive.page:4 imports inside a function: json"),
        ("validate/engine.py", "def f():\n    import json", "validate.engine:5 imports inside a function: json"),
        ("validate/__init__.py", "def f():\n    import jsonschema", "validate:2 imports inside a function: jsonschema"),
        ("derive/page.py", "print(1)", "derive.page:3 speaks, and only a face may: print"),
        ("derive/page.py", "import sys\nsys.exit(1)", "derive.page:4 speaks, and only a face may: sys.exit"),
        ("data.py", "import os\nos.environ['A']", "data:5 speaks, and only a face may: os.environ"),
        ("data.py", "from os import getenv", "data:4 speaks, and only a face may: os.getenv"),
        ("data.py", "input()", "data:4 speaks, and only a face may: input"),
        ("derive/_utils.py", "", "derive._utils is a drawer: name what it does"),
        ("derive/common/x.py", "", "derive.common.x is a drawer: name what it does"),
        ("extra.py", "", "extra.py is not in the picture"),
        ("extra/__init__.py", "", "extra is not in the picture"),
        ("extra.json", "{}", "extra.json is not in the picture"),
        ("mock/__init__.py", "", "mock is there, and the picture says LATER"),
        ("derive/page.py", "from docpact import derive", "a cycle of imports: derive, derive.page"),
    ],
)
def test_a_planted_breach_is_caught(breaches_with: Callable[..., list[str]], file: str, lines: str, breach: str) -> None:
    assert breaches_with(file, lines) == [breach]


def test_a_picture_that_says_more_or_less_than_there_is_fails(breaches_with: Callable[..., list[str]]) -> None:
    assert breaches_with(picture=PICTURE.replace("finding", "finding · rules")) == [
        "rules is in the picture, and neither there nor LATER"
    ]
    later = PICTURE.replace("LATER     mock", "LATER     mock · bench")
    assert breaches_with(picture=later) == ["bench is LATER, and on no floor"]
    assert "finding.py is not in the picture" in breaches_with(picture=PICTURE.replace(" · finding", ""))


def test_a_picture_that_is_missing_or_there_twice_is_an_error() -> None:
    with pytest.raises(AssertionError, match="holds 0"):
        picture_in("# Architecture")
    with pytest.raises(AssertionError, match="holds 2"):
        picture_in(PICTURE * 2)
