"""Pure rules of the exchange: which event a move is, when to try again, when to give up, how messages are signed.

Signatures follow Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, several of them
separated by spaces while two secrets are valid.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from chengyun.exchange.contracts import TOLERANCE, EventType

SECRET_PREFIX = "whsec_"  # noqa: S105  how Standard Webhooks writes a secret, not one
SECRET_BYTES = 32
GIVE_UP = timedelta(hours=24)
FIRST_PAUSE = 2.0  # seconds; each further pause is four times as long
LONGEST_PAUSE = 4 * 3600.0
JITTER = 0.2
MANY_FAILURES = 10  # in a row, after which the whole subscription rests between attempts
LONGEST_REST = 60.0


def event_of(move: str) -> EventType:
    """Each move is one event, so that a receiver hears of an incident in the order of its history."""
    return {"report": EventType.OPENED, "close": EventType.CLOSED}.get(move, EventType.MOVED)


def pause(failed: int, chance: float) -> float:
    """Seconds until the next attempt after `failed` ones; `chance` in 0…1 spreads those that fail together."""
    plain = min(FIRST_PAUSE * 4.0 ** min(failed - 1, 20), LONGEST_PAUSE)
    return plain * (1 - JITTER + 2 * JITTER * chance)


def rest(failures: int) -> float:
    """Seconds for which a subscription rests after so many failures in a row; before many, none."""
    if failures < MANY_FAILURES:
        return 0.0
    return min(2.0 ** min(failures - MANY_FAILURES, 20), LONGEST_REST)


def given_up(age: timedelta) -> bool:
    """Whether a delivery whose first attempt was `age` ago has been tried for long enough."""
    return age >= GIVE_UP


def new_signing_secret() -> str:
    """256 bits, as Standard Webhooks writes them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature. `secret` as `new_signing_secret` writes it; ValueError for one that is written otherwise."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a signing secret is base64") from error
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()


def signatures(secrets_valid: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header: one signature per valid secret, the newest first."""
    return " ".join(signature(secret, message_id, timestamp, body) for secret in secrets_valid)


def verifies(
    secrets_valid: Sequence[str], message_id: str, timestamp: str, body: bytes, header: str, now: float
) -> bool:
    """Whether one of the header's signatures is by one of the secrets, and the sender's clock is not far off."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        return False
    if abs(now - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    given = header.encode("utf-8", "replace").split()
    wanted = [signature(secret, message_id, int(timestamp), body).encode() for secret in secrets_valid]
    # Every pair is compared, so that the time taken tells nothing about which one was close.
    return any([hmac.compare_digest(one, other) for one in given for other in wanted])
