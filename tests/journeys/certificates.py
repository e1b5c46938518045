"""Certificates made for one test: an authority, a server and a client, each in a file of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


class Certificates:
    """An authority, and what it signed for Temporal and for Daymark."""

    def __init__(self, folder: Path) -> None:
        """Make all of them; the server's name is temporal.example."""
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), named("authority")
        self.ca = written(
            folder / "ca.pem", self._signed("authority", self._key.public_key(), ca=True)
        )
        self.server, self.server_key = self._made(folder, "temporal.example")
        self.client, self.client_key = self._made(folder, "daymark")

    def _made(self, folder: Path, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return (
            written(folder / f"{name}.pem", self._signed(name, key.public_key(), ca=False)),
            written(folder / f"{name}.key", private),
        )

    def _signed(self, name: str, key: ec.EllipticCurvePublicKey, *, ca: bool) -> bytes:
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM)


def named(name: str) -> x509.Name:
    """A name as certificates carry it."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def written(path: Path, content: bytes) -> Path:
    """The file, once it holds this."""
    path.write_bytes(content)
    return path
