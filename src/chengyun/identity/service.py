"""The door of identity: what other features may call."""

from chengyun.identity import accounts, messages, people, seats, stepping, upkeep  # noqa: F401  register texts and changes
from chengyun.identity.auditing import register_subject
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.changes import key as change_key
from chengyun.identity.changes import record as record_change
from chengyun.identity.demo import check_mode, demo_accounts, seed_demo_accounts
from chengyun.identity.duty import duty_at, on_duty, set_duty
from chengyun.identity.following import register
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.masking import masked, shown, shown_within
from chengyun.identity.people import reset_password
from chengyun.identity.posts import (
    bootstrap_admin,
    create_person,
    end_post,
    find_people,
    give_post,
    grid_workers,
    people_of_unit,
)
from chengyun.identity.residents import (
    block,
    forget_phone,
    phone_of,
    resident,
    resident_for_phone,
    reveal_phone,
)
from chengyun.identity.resolving import actor_for_post, actor_for_session, actor_for_token, anonymous
from chengyun.identity.roles import role_name
from chengyun.identity.rules import masked_phone, normal_phone
from chengyun.identity.simulated import seed_simulated_staff
from chengyun.identity.stepping import reset as reset_factor
from chengyun.identity.units import by_name as units_by_name
from chengyun.identity.units import (
    centre_unit,
    find_units,
    seed_units,
    successor,
    unit,
    unit_of,
    units_by_ids,
    units_in,
)
from chengyun.identity.units import named as unit_named
from chengyun.identity.vault import open_vault

__all__ = [
    "ChangeKind",
    "actor_for_post",
    "actor_for_session",
    "actor_for_token",
    "anonymous",
    "block",
    "bootstrap_admin",
    "centre_unit",
    "change_key",
    "check_mode",
    "create_person",
    "demo_accounts",
    "duty_at",
    "end_post",
    "find_people",
    "find_units",
    "forget_phone",
    "give_post",
    "grid_workers",
    "masked",
    "masked_phone",
    "normal_phone",
    "on_duty",
    "open_vault",
    "people_of_unit",
    "phone_of",
    "readable_by",
    "record_change",
    "register",
    "register_kind",
    "register_subject",
    "reset_factor",
    "reset_password",
    "resident",
    "resident_for_phone",
    "reveal_phone",
    "role_name",
    "seed_demo_accounts",
    "seed_simulated_staff",
    "seed_units",
    "set_duty",
    "shown",
    "shown_within",
    "successor",
    "unit",
    "unit_named",
    "unit_of",
    "units_by_ids",
    "units_by_name",
    "units_in",
]  # fmt: skip
