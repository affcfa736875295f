"""Peers that come from npm, each installed into a folder of its own in benchmarks/out/node."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from measure import OUT, PLAIN, WITHOUT

if TYPE_CHECKING:
    from pathlib import Path

# It has no dependencies, so that this pins all that is installed.
PACKAGE, VERSION = "json-schema-faker", "0.6.3"
NODE = 18


def node() -> str:
    """Return the program node; stop everything, and say what to do, if it or npm is missing or too old."""
    program = shutil.which("node")
    if not program or not shutil.which("npm"):
        missing = "npm" if program else "Node.js"
        sys.exit(
            f"bench: {PACKAGE} needs Node.js {NODE} or newer with npm, and there is no {missing} on PATH: install it\n{WITHOUT}"
        )
    if int(node_version(program).split(".")[0]) < NODE:
        sys.exit(f"bench: {PACKAGE} needs Node.js {NODE} or newer, and {program} is {node_version(program)}\n{WITHOUT}")
    return program


def node_version(program: str) -> str:
    """Return the version of Node.js, without the v."""
    return (
        subprocess.run([program, "--version"], capture_output=True, text=True, check=True, env=PLAIN).stdout.strip().lstrip("v")
    )


def faker() -> Path:
    """Return the module to import, installed if it is not there in this version."""
    folder, _ = installed(PACKAGE, VERSION)
    return folder / "dist" / "index.js"


def installed(package: str, version: str) -> tuple[Path, dict[str, str]]:
    """Return the folder of a package, installed by itself if it is not there in this version, and the version by its name."""
    folder = OUT / "node" / package.replace("/", "-").lstrip("@")
    stamp = folder / ".stamp"
    asked = f"{package}@{version}"
    if not stamp.exists() or stamp.read_text("utf-8") != asked:
        print(f"bench: installing {asked} (needs a registry of npm; only this once)", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # Something to stand in, so that npm does not look for a package.json further up.
        (folder / "package.json").write_text("{}\n", "utf-8")
        quiet = ["--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--ignore-scripts", "--fetch-retries", "2"]
        words = [shutil.which("npm") or "npm", "install", *quiet, "--loglevel", "error", asked]
        if subprocess.run(words, cwd=folder, env=PLAIN, stdout=subprocess.DEVNULL, check=False).returncode:
            sys.exit(
                f"bench: {asked} cannot be installed, for the reason above: no registry of npm can be reached, or it lacks "
                f"that version.\n{WITHOUT}"
            )
        stamp.write_text(asked, "utf-8")
    return folder / "node_modules" / package, {package: version}
