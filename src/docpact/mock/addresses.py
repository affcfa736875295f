"""Addresses: which of them no other machine can reach."""


def is_loopback(address: str) -> bool:
    """Tell whether an address, as a socket tells it, is of this machine alone."""
    return address == "::1" or address.startswith(("127.", "::ffff:127."))
