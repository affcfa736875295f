"""Where the contracts that ship with docpact stand: in the wheel, or at the top of a checkout."""

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_PACKED = os.path.join(_PACKAGE, "_data")


def root() -> str:
    """Return the folder that holds `contracts/` and `schemas/`.

    The wheel carries it as `docpact/_data`; a checkout has it at its top. Only these two places are looked at: an
    editable install may leave a stale copy in site-packages, and a search path would find that one.
    """
    return _PACKED if is_packed() else os.path.dirname(os.path.dirname(_PACKAGE))


def is_packed() -> bool:
    """Tell whether docpact was installed from a wheel, so that its data is as it was built."""
    return os.path.isdir(_PACKED)


def contracts() -> str:
    """Return the folder of the contracts that ship with docpact, one folder a contract."""
    return os.path.join(root(), "contracts")


def schema_path(folder: str) -> str:
    """Return where the derived schema of the contract in `folder` stands.

    That is `schemas/NAME.schema.json` beside the folder that holds the contracts, if there is such a folder `schemas`,
    and else `NAME.schema.json` in the folder of the contract.
    """
    folder = os.path.realpath(folder)
    name = f"{os.path.basename(folder)}.schema.json"
    schemas = os.path.join(os.path.dirname(os.path.dirname(folder)), "schemas")
    return os.path.join(schemas, name) if os.path.isdir(schemas) else os.path.join(folder, name)
