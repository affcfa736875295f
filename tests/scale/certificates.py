"""Certificates for one test: an authority of its own, and what it vouches for on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path


class Certified(NamedTuple):
    """The files of an authority, and of a certificate for 127.0.0.1 that it has signed, with its key."""

    authority: Path
    certificate: Path
    key: Path


def certified(folder: Path) -> Certified:
    """Write an authority, a certificate and its key into a folder that is made for them."""
    folder.mkdir()
    files = Certified(*(folder / name for name in ("authority.pem", "certificate.pem", "key.pem")))
    ours, theirs = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _named("authority of a test", ours, "authority of a test").add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = _named("127.0.0.1", theirs, "authority of a test").add_extension(here, critical=False)
    for file, one in ((files.authority, authority), (files.certificate, certificate)):
        file.write_bytes(one.sign(ours, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key = theirs.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    files.key.write_bytes(key)
    return files


def _named(name: str, key: ec.EllipticCurvePrivateKey, by: str) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
