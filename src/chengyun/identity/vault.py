"""The installation's secret key: encryption of phone numbers and keyed hashes. Only this module reads the file."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Vault:
    """Two keys derived from the secret: one encrypts, one hashes."""

    encryption: bytes
    hashing: bytes

    def seal(self, text: str, bound_to: str) -> bytes:
        """AES-256-GCM of `text`; `bound_to` must be given again to open it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.encryption).encrypt(nonce, text.encode(), bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> str:
        """The text of `seal`. Raises Unavailable("secret.unreadable") under another key."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self.encryption).decrypt(nonce, body, bound_to.encode()).decode()
        except InvalidTag as error:
            raise Unavailable("secret.unreadable", path="CHENGYUN_SECRET_FILE") from error

    def digest(self, purpose: str, text: str) -> bytes:
        """Keyed hash: equal texts meet, but nobody without the key can try numbers."""
        return hmac.digest(self.hashing, f"{purpose}\0{text}".encode(), "sha256")


def fingerprint_of(path: Path) -> str:
    """What a key file is recognised by; says nothing about the key. Empty where there is no such file."""
    if not path.is_file():
        return ""
    return hmac.digest(path.read_bytes(), b"chengyun fingerprint", "sha256").hex()[:32]


def key_file(settings: Settings) -> Path:
    """Where this installation's secret key lies."""
    return Path(settings.secret_file) if settings.secret_file else settings.home / "secret.key"


def open_vault(settings: Settings) -> Vault:
    """The vault of this installation; its file is made on first use, readable by its owner only."""
    return _load(key_file(settings))


@lru_cache(maxsize=8)
def _load(path: Path) -> Vault:
    try:
        secret = path.read_bytes() if path.exists() else _make(path)
    except OSError as error:
        raise Unavailable("secret.unreadable", path=str(path)) from error
    if len(secret) != KEY_BYTES:
        raise Unavailable("secret.unreadable", path=str(path))
    return Vault(
        hmac.digest(secret, b"chengyun encryption", "sha256"), hmac.digest(secret, b"chengyun hash", "sha256")
    )


def _make(path: Path) -> bytes:
    """Write a new key whole or not at all; when two processes race, both end with the first one's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            return path.read_bytes()
    finally:
        fresh.unlink()
    return path.read_bytes()


def bearer_hash(secret: str) -> bytes:
    """What the database keeps of a session or token secret; 256 random bits need no key and no salt."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret(prefix: str = "") -> str:
    """An unguessable secret of 256 bits."""
    return prefix + secrets.token_urlsafe(32)
