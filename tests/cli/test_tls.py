"""The certificate that an installation makes for itself."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from chengyun.cli import tls
from chengyun.cli.tls import local_names, own_certificate


def test_it_names_this_machine_and_serves(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path)
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert x509.DNSName("localhost") in names
    assert x509.IPAddress(ipaddress.ip_address("127.0.0.1")) in names
    assert read.not_valid_after_utc - datetime.now(UTC) < timedelta(days=398)  # phones refuse longer ones
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    _, key = own_certificate(tmp_path)
    assert key.stat().st_mode & 0o077 == 0


def test_it_is_kept_until_it_grows_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = own_certificate(tmp_path)[0].read_bytes()
    assert own_certificate(tmp_path)[0].read_bytes() == first
    monkeypatch.setattr(tls, "RENEW", tls.LIFETIME + timedelta(days=1))
    assert own_certificate(tmp_path)[0].read_bytes() != first


def test_a_new_address_needs_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = own_certificate(tmp_path)[0].read_bytes()
    names = [*local_names(), x509.IPAddress(ipaddress.ip_address("192.0.2.7"))]
    monkeypatch.setattr(tls, "local_names", lambda: names)
    assert own_certificate(tmp_path)[0].read_bytes() != first
