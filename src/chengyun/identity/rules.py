"""Pure rules of identity: scopes of a post, lockout, passwords, logins, phones. No I/O."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chengyun.identity.roles import ROLES

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
PHONE = re.compile(r"1[3-9][0-9]{9}")
PASSWORD_MIN = 8
PASSWORD_MAX = 256  # argon2 would hash megabytes too
COMMON_PASSWORDS = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "password1",
        "qwertyui",
        "qwerty123",
        "11111111",
        "88888888",
        "00000000",
        "abc12345",
        "iloveyou",
        "admin123",
        "admin888",
        "a1234567",
        "chengyun",
    ]
)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts: since its start at most, and without use."""

    absolute: timedelta
    idle: timedelta


PERSON_SESSION = Lifetime(timedelta(days=7), timedelta(hours=12))
WAITING = timedelta(minutes=10)  # between the first and the second step of a sign-in
FRESH_FACTOR = timedelta(minutes=10)  # how long a proven factor lets sensitive acts pass
RESIDENT_SESSION = Lifetime(timedelta(days=90), timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `limit` counted attempts in `window`; further ones wait until the oldest leaves the window."""

    limit: int
    window: timedelta

    def wait(self, counted: Sequence[datetime], now: datetime) -> int:
        """Seconds to wait (0: go ahead); `counted` are the times of the attempts that count."""
        recent = sorted(at for at in counted if at > now - self.window)
        if len(recent) < self.limit:
            return 0
        frees = recent[len(recent) - self.limit] + self.window
        return max(1, int((frees - now).total_seconds()) + 1)


LOGIN_FAILURES = Throttle(5, timedelta(minutes=15))
ADDRESS_FAILURES = Throttle(50, timedelta(minutes=15))
CODE_TRIES = 5
CODE_LIFETIME = timedelta(minutes=5)


def scopes_of(role: str, region_id: int, unit_id: int, areas: Sequence[int] = ()) -> tuple[int, ...]:
    """The scope ids of a post: what it sees is every row whose readers hold one of them."""
    jurisdiction = ROLES[role].jurisdiction
    if jurisdiction == "region":
        return (region_id, unit_id)
    if jurisdiction == "unit":
        return (unit_id,)
    if jurisdiction == "unit+region":
        return (unit_id, region_id)
    return tuple(areas) or (region_id,)


def password_faults(password: str, login: str) -> str | None:
    """The message code of what is wrong with a new password, or None."""
    if len(password) < PASSWORD_MIN:
        return "password.too_short"
    if len(password) > PASSWORD_MAX:
        return "password.too_long"
    folded = password.casefold()
    if folded in COMMON_PASSWORDS or len(set(folded)) < 4:
        return "password.too_common"
    if login and login.casefold() in folded:
        return "password.holds_login"
    return None


def policy(roles: str) -> frozenset[str]:
    """The roles of CHENGYUN_SECOND_FACTOR_ROLES."""
    return frozenset(role.strip() for role in roles.split(",") if role.strip())


def normal_login(login: str) -> str:
    """Logins are compared without case or surrounding spaces."""
    return login.strip().casefold()


def normal_phone(phone: str) -> str | None:
    """A mainland mobile number as eleven digits, or None; spaces, hyphens and +86 are accepted."""
    digits = re.sub(r"[\s-]", "", phone)
    digits = digits.removeprefix("+86").removeprefix("0086")
    return digits if PHONE.fullmatch(digits) else None


def masked_phone(phone: str) -> str:
    """138****0001"""
    return f"{phone[:3]}****{phone[-4:]}"


def parse_language(header: str | None, otherwise: str = "zh") -> str:
    """ "zh" or "en", what an Accept-Language header asks for first; `otherwise` where it names neither."""
    best, weight = otherwise, 0.0
    for part in (header or "").split(","):
        tag, _, q = part.strip().partition(";q=")
        language = tag[:2].lower()
        try:
            share = float(q) if q else 1.0
        except ValueError:
            continue
        if language in ("zh", "en") and share > weight:
            best, weight = language, share
    return best
