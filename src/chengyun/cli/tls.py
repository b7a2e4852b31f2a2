"""A certificate made for this machine, so that phones on the local network may install and position."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=397)  # the longest that phones accept
RENEW = timedelta(days=30)
FAR_4, FAR_6 = "198.51.100.1", "2001:db8::1"  # set aside for documentation: nobody is there


def own_certificate(home: Path) -> tuple[Path, Path]:
    """Certificate and key under `home`/tls, made when missing, old or made for other addresses."""
    folder = home / "tls"
    certificate, key = folder / "chengyun.crt", folder / "chengyun.key"
    names = local_names()
    if not (certificate.exists() and key.exists() and still_good(certificate, names)):
        folder.mkdir(parents=True, exist_ok=True)
        write_pair(certificate, key, names)
    return certificate, key


def local_names() -> list[x509.GeneralName]:
    """The names and addresses under which this machine can be reached."""
    addresses = {"127.0.0.1", "::1", *outward()}
    # a machine that cannot resolve its own name is still reachable as localhost
    with contextlib.suppress(socket.gaierror):
        found = socket.getaddrinfo(socket.gethostname(), None)
        addresses |= {str(item[4][0]).split("%")[0] for item in found}
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(socket.gethostname())]
    return names + [x509.IPAddress(ipaddress.ip_address(item)) for item in sorted(addresses)]


def outward() -> list[str]:
    """The addresses with which this machine would call others, IPv4 first: those that phones can reach it by.

    Its own name often leads to 127.0.1.1 only. Choosing a way sends nothing.
    """
    found = []
    for family, far in ((socket.AF_INET, FAR_4), (socket.AF_INET6, FAR_6)):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            found.append(str(probe.getsockname()[0]))
    return found


def still_good(path: Path, names: list[x509.GeneralName]) -> bool:
    """Whether the certificate lasts and names every address of today."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    if certificate.not_valid_after_utc - RENEW < datetime.now(UTC):
        return False
    known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(names) <= set(known)


def write_pair(certificate: Path, key: Path, names: list[x509.GeneralName]) -> None:
    """Make a key that only its owner can read and a certificate signed by it."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chengyun on " + socket.gethostname()[:40])])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
