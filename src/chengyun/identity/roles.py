"""Roles and the permissions they give, as one table of data. Code asks for a permission, never for a role."""

from __future__ import annotations

from dataclasses import dataclass

PERMISSIONS: tuple[str, ...] = (
    "incident.read",
    "incident.report",
    "incident.accept",
    "incident.verify",
    "incident.file",
    "incident.dispatch",
    "incident.transfer",
    "incident.escalate",
    "incident.check",
    "incident.close",
    "incident.void",
    "incident.suspend",
    "incident.approve",
    "incident.arbitrate",
    "incident.supervise",
    "incident.urge",
    "incident.reopen",
    "incident.merge",
    "evaluation.read",
    "evaluation.people",
    "evaluation.export",
    "workorder.read",
    "workorder.handle",
    "attachment.read",
    "attachment.write",
    "attachment.blur",
    "reporter.contact",
    "reporter.block",
    "personal.read",
    "personal.erase",
    "region.read",
    "unit.read",
    "person.read",
    "classification.manage",
    "handover.write",
    "audit.verify",
    "audit.witness",
    "audit.read",
    "admin.people",
    "admin.units",
    "admin.tokens",
    "rules.read",
    "rules.edit",
    "rules.publish",
    "exchange.manage",
    "thing.read",
    "thing.write",
    "reading.write",
    "sign.read",
    "sign.edit",
    "number.write",
    "alarm.handle",
    "clock.advance",
    "simulate",
)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_STAFF = _set(
    "incident.read incident.report workorder.read attachment.read attachment.write region.read unit.read person.read"
    " personal.read thing.read sign.read"
)
_DUTY = _STAFF | _set(
    "incident.accept incident.verify incident.file incident.dispatch incident.transfer incident.escalate"
    " incident.check incident.close incident.suspend incident.supervise incident.urge incident.reopen"
    " incident.merge workorder.handle attachment.blur reporter.contact reporter.block handover.write rules.read"
    " evaluation.read evaluation.export alarm.handle clock.advance simulate"
)
_CHIEF = _DUTY | _set(
    "incident.void incident.approve incident.arbitrate evaluation.people rules.publish personal.erase sign.edit"
)
_HANDLER = _STAFF | _set("workorder.handle incident.suspend evaluation.read")


@dataclass(frozen=True, slots=True)
class Role:
    """`jurisdiction` says which scope ids a post gives: see rules.scopes_of. `duty`: may go on duty at a centre."""

    key: str
    name_zh: str
    name_en: str
    jurisdiction: str  # region | unit | unit+region | areas
    permissions: frozenset[str]
    duty: bool = False


_ROLES: tuple[Role, ...] = (
    # Nobody stands above the city: its officers decide what chiefs decide elsewhere.
    Role(
        "city-duty",
        "市级值班员",
        "City duty officer",
        "region",
        _CHIEF | {"classification.manage"},
        duty=True,
    ),
    Role("district-duty", "区县值班员", "District duty officer", "region", _DUTY, duty=True),
    Role("town-duty", "镇街值班员", "Town duty officer", "region", _DUTY, duty=True),
    Role("duty-chief", "值班长", "Duty chief", "region", _CHIEF, duty=True),
    Role("department", "部门处置员", "Department officer", "unit", _HANDLER),
    Role("enforcement", "综合执法队员", "Enforcement officer", "unit", _HANDLER),
    Role(
        "community",
        "社区干部",
        "Community officer",
        "unit+region",
        _HANDLER
        | _set(
            "incident.accept incident.verify incident.file incident.dispatch incident.escalate incident.check"
            " incident.close incident.urge"
        ),
    ),
    Role(
        "grid-worker",
        "网格员",
        "Grid worker",
        "areas",
        _set(
            "incident.read incident.report incident.verify workorder.read workorder.handle"
            " attachment.read attachment.write region.read unit.read personal.read"
            " thing.read sign.read"
        ),
    ),
    Role(
        "hotline",
        "12345 话务员",
        "Hotline operator",
        "region",
        _STAFF | _set("incident.urge reporter.contact reporter.block"),
    ),
    Role(
        "admin",
        "系统管理员",
        "Administrator",
        "region",
        _set(
            "region.read unit.read person.read classification.manage admin.people admin.units admin.tokens"
            " exchange.manage audit.read audit.verify rules.read rules.edit rules.publish clock.advance simulate"
            " thing.read thing.write reading.write sign.read sign.edit number.write"
        ),
    ),
    Role(
        "wall",
        "大屏",
        "Wall display",
        "region",
        _set("incident.read workorder.read region.read unit.read thing.read sign.read"),
    ),
    Role(
        "integration",
        "系统对接",
        "Integration",
        "region",
        _set(
            "incident.read incident.report incident.urge attachment.read attachment.write region.read unit.read"
            " thing.read thing.write reading.write sign.read number.write"
        ),
    ),
    Role(
        "auditor",
        "审计员",
        "Auditor",
        "region",
        _set(
            "incident.read workorder.read region.read unit.read person.read audit.read audit.verify rules.read"
            " evaluation.read evaluation.people thing.read sign.read"
        ),
    ),
)
ROLES: dict[str, Role] = {role.key: role for role in _ROLES}
RESIDENT: frozenset[str] = _set("incident.report incident.urge attachment.write region.read")
ANONYMOUS: frozenset[str] = _set("incident.report attachment.write region.read")
# A token never carries more than a machine needs, whoever makes it.
TOKEN_PERMISSIONS: frozenset[str] = (
    ROLES["integration"].permissions | ROLES["wall"].permissions | _set("audit.witness thing.write")
)


def role_name(key: str, language: str) -> str:
    """A role's name on the screen; a role that this code no longer knows keeps its key."""
    role = ROLES.get(key)
    if role is None:
        return key
    return role.name_en if language == "en" else role.name_zh
