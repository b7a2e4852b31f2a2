"""argon2id: hashing and checking passwords, equally slow for logins that do not exist."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# RFC 9106, second recommended option: 64 MiB, 3 passes; about 60 ms on one core.
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt and parameters in it."""
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")


def check_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; with no stored one the same work is done and the answer is no."""
    try:
        _HASHER.verify(stored or _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
