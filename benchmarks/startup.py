"""How long one payload takes, from the shell and back: docpact beside check-jsonschema and beside Python itself."""

from __future__ import annotations

import argparse
import subprocess

from measure import DOCPACT, OUT, PYTHON, ROOT, Program, circumstances, example, keep, peers, side_by_side, table

GOAL = 0.2


def main() -> None:
    """Measure, print the table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    OUT.mkdir(exist_ok=True)
    one = OUT / "one.json"
    one.write_text(example(), "utf-8")
    peer = str(peers() / "check-jsonschema")
    schema = str(ROOT / "schemas" / "task-fetch.schema.json")
    costs = side_by_side(
        {
            "check-jsonschema": Program([peer, "--schemafile", schema, str(one)]),
            "docpact validate": Program([DOCPACT, "validate", str(one)]),
            "import docpact": Program([PYTHON, "-c", "import docpact"]),
            "python -c pass": Program([PYTHON, "-c", "pass"]),
        },
        rounds,
    )
    about = circumstances(rounds)
    about["peer"] = subprocess.run([peer, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    ratio = costs["docpact validate"].wall / costs["check-jsonschema"].wall
    print("One payload:", ", ".join(f"{name} {value}" for name, value in about.items()))
    print(table(costs, "check-jsonschema"))
    print(f"docpact takes {ratio:.2f} times as long as check-jsonschema (goal: at most {GOAL})")
    keep("startup", costs, about | {"ratio": ratio, "goal": GOAL})


if __name__ == "__main__":
    main()
