"""Where the contracts that ship with docpact stand: in the wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path


def root() -> Path:
    """Return the folder that holds `contracts/` and `schemas/`.

    The wheel carries it as `docpact/_data`; a checkout has it at its top. Only these two places are looked at: an
    editable install may leave a stale copy in site-packages, and a search path would find that one.
    """
    package = Path(__file__).parent
    packed = package / "_data"
    return packed if packed.is_dir() else package.parent.parent


def contracts() -> Path:
    """Return the folder of the contracts that ship with docpact, one folder a contract."""
    return root() / "contracts"


def schema_path(folder: Path) -> Path:
    """Return where the derived schema of the contract in `folder` stands.

    That is `schemas/NAME.schema.json` beside the folder that holds the contracts, if there is such a folder `schemas`,
    and else `NAME.schema.json` in the folder of the contract.
    """
    folder = folder.resolve()
    name = f"{folder.name}.schema.json"
    schemas = folder.parent.parent / "schemas"
    return schemas / name if schemas.is_dir() else folder / name
