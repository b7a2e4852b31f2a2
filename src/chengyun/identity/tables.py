"""Tables of identity; migrations 0003 and 0012 hold the same in SQL, with the row policies."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from chengyun.kernel.tables import metadata

MOMENT = sa.DateTime(timezone=True)
BIGINTS = ARRAY(sa.BigInteger)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def _to(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(f"{target}.id"), nullable=nullable)


def _moment(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable, server_default=sa.func.now() if default else None)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


mode = sa.Table(
    "identity_mode",
    metadata,
    sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("demo", sa.Boolean, nullable=False, unique=True),
)

person = sa.Table(
    "identity_person",
    metadata,
    _id(),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    _text("name"),
    _text("language", default="zh"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("demo", sa.Boolean, nullable=False, server_default=sa.false()),
    # Refers to identity_mode only when `demo`: the database itself refuses demo people outside demo mode.
    sa.Column(
        "demo_guard",
        sa.Boolean,
        sa.Computed("CASE WHEN demo THEN true END", persisted=True),
        sa.ForeignKey("identity_mode.demo"),
    ),
    sa.Column("readers", BIGINTS, nullable=False, server_default="{}"),
    _moment("created_at", default=True),
)

password = sa.Table(
    "identity_password",
    metadata,
    sa.Column("person_id", sa.BigInteger, sa.ForeignKey("identity_person.id"), primary_key=True),
    _text("hash"),
    _moment("changed_at", default=True),
    _text("former", nullable=True),  # the hash before an administrator set this one; that can be undone
)

unit = sa.Table(
    "identity_unit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(start=1_000_000), primary_key=True),
    _text("kind"),
    _text("name"),
    _text("level"),
    _to("region_id", "territory_region"),
    _to("merged_into", "identity_unit", nullable=True),
    sa.Index("ix_identity_unit_kind_level", "kind", "level"),
    sa.Index(
        "uq_identity_unit_region_kind",
        "region_id",
        "kind",
        unique=True,
        postgresql_where=sa.text("merged_into IS NULL"),
    ),
)

post = sa.Table(
    "identity_post",
    metadata,
    _id(),
    _to("person_id", "identity_person"),
    _to("unit_id", "identity_unit"),
    _text("role"),
    _to("region_id", "territory_region"),
    _to("home_id", "territory_region"),
    sa.Column("areas", BIGINTS, nullable=False, server_default="{}"),
    sa.Column("readers", BIGINTS, nullable=False),
    _moment("valid_from"),
    _moment("valid_to", nullable=True),
    sa.Index("ix_identity_post_person_id", "person_id"),
    sa.Index("ix_identity_post_unit_id", "unit_id"),
    sa.Index("ix_identity_post_readers", "readers", postgresql_using="gin"),
)

session = sa.Table(
    "identity_session",
    metadata,
    _id(),
    sa.Column("token_hash", BYTEA, nullable=False, unique=True),
    _to("person_id", "identity_person", nullable=True),
    _to("resident_id", "identity_resident", nullable=True),
    _to("post_id", "identity_post", nullable=True),
    _moment("created_at", default=True),
    _moment("seen_at", default=True),
    _moment("ends_at"),
    _moment("ended_at", nullable=True),
    _text("address"),
    _text("agent"),
    _text("waits", nullable=True),  # "factor" | "enrolment": carries nothing until that is done
    _moment("factor_at", nullable=True),  # when a second factor was last proven in this session
    sa.Column(
        "cut", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # ended because the device is lost
    _to("device_id", "identity_device", nullable=True),
    _text("provider", nullable=True),  # of the sign-in by OIDC
    sa.Column("id_token", BYTEA, nullable=True),  # sealed; a hint for signing out there
    sa.Index("ix_identity_session_person_id", "person_id"),
    sa.Index("ix_identity_session_resident_id", "resident_id"),
)

token = sa.Table(
    "identity_token",
    metadata,
    _id(),
    _text("name"),
    sa.Column("token_hash", BYTEA, nullable=False, unique=True),
    sa.Column("permissions", ARRAY(sa.Text), nullable=False),
    _to("region_id", "territory_region"),
    sa.Column("readers", BIGINTS, nullable=False),
    _to("created_by", "identity_person"),
    _moment("created_at", default=True),
    _moment("ends_at"),
    _moment("used_at", nullable=True),
    _moment("revoked_at", nullable=True),
)

break_glass = sa.Table(
    "identity_break_glass",
    metadata,
    _id(),
    _to("person_id", "identity_person"),
    _to("region_id", "territory_region"),
    _text("reason"),
    sa.Column("readers", BIGINTS, nullable=False),
    _moment("started_at", default=True),
    _moment("ends_at"),
    _moment("ended_at", nullable=True),
    sa.Index("ix_identity_break_glass_person_id", "person_id"),
)

resident = sa.Table(
    "identity_resident",
    metadata,
    _id(),
    _text("language", default="zh"),
    _moment("created_at", default=True),
    _moment("blocked_until", nullable=True),
    _text("block_reason", nullable=True),
)

contact = sa.Table(
    "identity_contact",
    metadata,
    sa.Column("resident_id", sa.BigInteger, sa.ForeignKey("identity_resident.id"), primary_key=True),
    sa.Column("phone_hash", BYTEA, nullable=False, unique=True),
    sa.Column("phone_cipher", BYTEA, nullable=False),
    _text("purpose"),
    _moment("created_at", default=True),
)

code = sa.Table(
    "identity_code",
    metadata,
    _id(),
    sa.Column("phone_hash", BYTEA, nullable=False),
    sa.Column("code_hash", BYTEA, nullable=False),
    _text("address"),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    _moment("created_at", default=True),
    _moment("ends_at"),
    _moment("used_at", nullable=True),
    sa.Index("ix_identity_code_phone_hash", "phone_hash"),
    sa.Index("ix_identity_code_address", "address"),
)

shift = sa.Table(
    "identity_shift",
    metadata,
    _id(),
    _to("person_id", "identity_person"),
    _to("post_id", "identity_post"),
    _text("name"),
    _text("role"),
    _to("centre_id", "territory_region"),
    _moment("since"),
    _moment("until", nullable=True),
    sa.Index(
        "uq_identity_shift_person_id", "person_id", unique=True, postgresql_where=sa.text("until IS NULL")
    ),
    sa.Index("ix_identity_shift_centre_id", "centre_id", postgresql_where=sa.text("until IS NULL")),
)

attempt = sa.Table(
    "identity_attempt",
    metadata,
    _id(),
    sa.Column("subject", BYTEA, nullable=False),
    _text("address"),
    _moment("at", default=True),
    sa.Column("ok", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_identity_attempt_subject_at", "subject", "at"),
    sa.Index("ix_identity_attempt_address_at", "address", "at"),
)

device = sa.Table(
    "identity_device",
    metadata,
    _id(),
    sa.Column("device_hash", BYTEA, nullable=False),
    _to("person_id", "identity_person", nullable=True),
    _to("resident_id", "identity_resident", nullable=True),
    sa.Column("half", BYTEA, nullable=True),  # sealed; NULL once destroyed
    _moment("created_at", default=True),
    _moment("seen_at", default=True),
    _moment("cut_at", nullable=True),
    sa.UniqueConstraint("device_hash", "person_id"),
    sa.UniqueConstraint("device_hash", "resident_id"),
)

factor = sa.Table(
    "identity_factor",
    metadata,
    _id(),
    _to("person_id", "identity_person"),
    sa.Column("secret", BYTEA, nullable=False),
    _moment("created_at", default=True),
    _moment("confirmed_at", nullable=True),
    _moment("removed_at", nullable=True),
    sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index(
        "uq_identity_factor_person_id",
        "person_id",
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    ),
)

recovery = sa.Table(
    "identity_recovery",
    metadata,
    sa.Column("factor_id", sa.BigInteger, sa.ForeignKey("identity_factor.id"), primary_key=True),
    sa.Column("code_hash", BYTEA, primary_key=True),
    _moment("used_at", nullable=True),
)

account = sa.Table(
    "identity_account",
    metadata,
    _id(),
    _to("person_id", "identity_person"),
    _text("issuer"),
    _text("subject"),
    _moment("created_at", default=True),
    _moment("removed_at", nullable=True),
    sa.Index(
        "uq_identity_account_issuer_subject",
        "issuer",
        "subject",
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    ),
    sa.Index("ix_identity_account_person_id", "person_id"),
)

oidc_flow = sa.Table(
    "identity_oidc_flow",
    metadata,
    _id(),
    sa.Column("state_hash", BYTEA, nullable=False, unique=True),
    sa.Column("browser_hash", BYTEA, nullable=False),
    _text("provider"),
    sa.Column("sealed", BYTEA, nullable=False),  # nonce and PKCE verifier
    _text("target"),
    _moment("ends_at"),
    _moment("used_at", nullable=True),
)

change = sa.Table(
    "identity_change",
    metadata,
    _id(),
    _moment("at"),
    sa.Column("actor_id", sa.BigInteger, nullable=True),
    _text("actor_name"),
    _text("kind"),
    _text("subject_kind"),
    _text("subject_id"),
    _text("label"),
    sa.Column("before", JSONB, nullable=False),
    sa.Column("after", JSONB, nullable=False),
    sa.Column("readers", BIGINTS, nullable=False),
    sa.Column("touches", ARRAY(sa.Text), nullable=False),
    sa.Column("stands_on", ARRAY(sa.Text), nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False, server_default=sa.true()),
    _to("undoes", "identity_change", nullable=True),
    _to("undone_by", "identity_change", nullable=True),
    sa.Index("ix_identity_change_subject", "subject_kind", "subject_id"),
    sa.Index("ix_identity_change_readers", "readers", postgresql_using="gin"),
    sa.Index("ix_identity_change_touches", "touches", postgresql_using="gin"),
)
