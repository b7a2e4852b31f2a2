"""People and posts from a table: every row is tried by the ordinary doors, and all of them count or none.

A line is a post of a person; several lines with one login are several posts. Trying and doing are the same act: what
was only tried, or has a fault anywhere, is taken back whole. A password is not part of a table that is mailed around:
it is set afterwards, or people sign in through the city's own provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengyun.identity import changes, people, posts, units
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import Change, Imported, ImportRow, RowFault, Unit, invalid
from chengyun.identity.roles import ROLES
from chengyun.identity.rules import normal_login
from chengyun.kernel.errors import AppError, FieldError, Invalid, message
from chengyun.kernel.sheets import day_of, rows_of, written
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

MOST_ROWS, MOST_BYTES = 500, 2_000_000
# Column → its heads, lower case; the first two are those of the template in Chinese and English.
HEADS: dict[str, tuple[str, ...]] = {
    "login": ("登录名", "login", "账号", "用户名"),
    "name": ("姓名", "name"),
    "unit": ("单位", "unit", "单位编码", "单位名称", "unit code"),
    "role": ("岗位", "role", "角色"),
    "region": ("区划代码", "region code", "区划", "region", "网格代码"),
    "valid_from": ("任期自", "valid from", "valid_from", "from", "开始日期"),
    "valid_to": ("任期至", "valid to", "valid_to", "to", "结束日期"),
}
NEEDED = ("login", "name", "unit", "role")
LEVELS = ("city", "district", "town", "village", "grid")


@dataclass(slots=True)
class _Reader:
    """What the rows are looked up in, read once."""

    tx: Tx
    by_name: Mapping[str, Sequence[Unit]]
    by_code: Mapping[str, int]
    made: dict[str, tuple[int, str]] = field(default_factory=dict)  # login → person, name
    posts: dict[int, str | None] = field(default_factory=dict)  # post → its end


class _Undone(Exception):
    """Everything was tried; nothing of it stays."""


def template(language: str) -> bytes:
    """An empty table with its heads, and what may stand under them on a second sheet."""
    english = language == "en"
    heads = [names[english] for names in HEADS.values()]
    roles = [(role.key, role.name_en if english else role.name_zh) for role in ROLES.values()]
    notes = [("Role", "Name") if english else ("岗位", "名称"), *roles]
    widths = (18, 14, 30, 16, 16, 14, 14)
    return written(
        (
            ("People" if english else "人员", [heads], widths),
            ("Roles" if english else "岗位", notes, (18, 24)),
        )
    )


def take_in(tx: Tx, content: bytes, dry_run: bool) -> Imported:
    """Try (or do) the import of a table. Needs admin.people.

    A dry run answers every row with its faults. Doing it raises Invalid with every fault ("rows.3.login"), or makes
    all of it, as one change that can be undone.
    """
    tx.actor.require("admin.people")
    lines, ignored = _table(content)
    reader = _reader(tx)
    rows: list[ImportRow] = []
    faults: list[FieldError] = []
    change = 0
    try:
        with tx.savepoint():
            for number, line in lines:
                wrong = _tried(reader, line)
                faults += [FieldError(f"rows.{number}.{one.path}", one.code, one.params) for one in wrong]
                rows.append(_told(number, line, wrong, tx.actor.language))
            if dry_run or faults:
                raise _Undone
            change = _recorded(reader)
    except _Undone:
        if not dry_run:
            raise Invalid(faults, "import.refused", count=len(faults)) from None
    return Imported(rows, len(faults), len(reader.made), ignored, change)


def _table(content: bytes) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Lines with their number in the file, by column; and the heads of columns that nothing is made of."""
    rows = rows_of(content)
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    known = {place: key for place, head in enumerate(heads) for key, names in HEADS.items() if head in names}
    missing = [key for key in NEEDED if key not in known.values()]
    if missing:
        raise invalid(
            FieldError("file", "import.no_column", {"columns": "、".join(HEADS[key][0] for key in missing)})
        )
    lines = [
        (number, {key: row[place] for place, key in known.items() if place < len(row)})
        for number, row in enumerate(rows[1:], start=2)
        if any(row)
    ]
    if not lines or len(lines) > MOST_ROWS:
        raise invalid(FieldError("file", "import.rows", {"most": MOST_ROWS, "found": len(lines)}))
    return lines, [head for place, head in enumerate(rows[0]) if head.strip() and place not in known]


def _reader(tx: Tx) -> _Reader:
    refs = [ref for level in LEVELS for ref in territory.find_regions(tx, level)]
    return _Reader(tx, units.by_name(tx), {ref.code: ref.id for ref in refs if ref.code})


def _tried(reader: _Reader, line: Mapping[str, str]) -> list[FieldError]:
    """Make what a line says; its faults instead where it has some."""
    wrong: list[FieldError] = []
    region = _or_fault(wrong, lambda: _region(reader, line.get("region", "")))
    unit = _or_fault(wrong, lambda: units.named(reader.tx, reader.by_name, line.get("unit", ""), region))
    role = _or_fault(wrong, lambda: _role(line.get("role", "")))
    dates = [
        _or_fault(wrong, lambda key=key: _day(key, line.get(key, ""))) for key in ("valid_from", "valid_to")
    ]
    person = _or_fault(wrong, lambda: _person(reader, line.get("login", ""), line.get("name", "")))
    if not wrong and unit is not None and role and person:
        given = {"region_id": region, "valid_from": dates[0], "valid_to": dates[1]}
        post = _or_fault(wrong, lambda: posts.give_post(reader.tx, person, unit.id, role, **given))
        if post:
            reader.posts[post] = dates[1].isoformat() if dates[1] else None
    return wrong


def _or_fault(wrong: list[FieldError], act: Any) -> Any:
    """What `act` gives; None, and its faults in `wrong`, where it is refused. Nothing of a refused act stays."""
    try:
        return act()
    except Invalid as error:
        wrong += error.fields
    except AppError as error:
        wrong.append(FieldError(_FIELD_OF.get(error.code, "login"), error.code, error.params))
    return None


_FIELD_OF = {"unit.outside": "unit", "unit.not_found": "unit"}


def _person(reader: _Reader, login: str, name: str) -> int:
    """The person of a line, made with the first line that names them."""
    login = normal_login(login)
    if not name.strip() or len(name) > 100:
        raise invalid(FieldError("name", "import.no_name_of_person"))
    known = reader.made.get(login)
    if known is None:
        reader.made[login] = posts.create_person(reader.tx, login, name), name
    elif known[1] != name:
        raise invalid(FieldError("name", "import.two_names", {"login": login}))
    return reader.made[login][0]


def _region(reader: _Reader, code: str) -> int | None:
    if not code:
        return None
    found = reader.by_code.get(code)
    if found is None:
        raise invalid(FieldError("region", "import.region_unknown", {"code": code}))
    return found


def _role(told: str) -> str:
    for role in ROLES.values():
        if told in (role.key, role.name_zh, role.name_en):
            return role.key
    raise invalid(FieldError("role", "post.role_unknown", {"role": told}))


def _day(key: str, told: str) -> datetime | None:
    """The moment at which a day begins in the city."""
    if not told:
        return None
    day = day_of(told)
    if day is not None:
        return day
    raise invalid(FieldError(key, "import.day", {"found": told}))


def _told(number: int, line: Mapping[str, str], wrong: Sequence[FieldError], language: str) -> ImportRow:
    faults = [RowFault(one.path, message(one.code, one.params, language)) for one in wrong]
    shown = {key: line.get(key, "") for key in HEADS}
    return ImportRow(line=number, faults=faults, **shown)


# the change


def _recorded(reader: _Reader) -> int:
    made = {str(person): name for person, name in reader.made.values()}
    after = {"people": made, "posts": {str(post): end for post, end in reader.posts.items()}}
    return _record(reader.tx, before={}, after=after)


def _record(tx: Tx, *, before: Mapping[str, Any], after: Mapping[str, Any]) -> int:
    held = after or before
    first = min(held["people"], key=int)
    names = list(held["people"].values())
    return changes.record(
        tx, "people.imported", ("import", first), f"{names[0]} … {len(names)}", before=before, after=after,
        readers=tx.actor.scopes, touches=[changes.key("person", int(person)) for person in held["people"]],
    )  # fmt: skip


def _back(tx: Tx, change: Change) -> int:
    """The other way: whoever was brought in is switched off and their posts end, or both come back."""
    held = change.after or change.before
    on = not change.after
    for person in _ids(held["people"]):
        people.set_active(tx, person, on)
    for post in _ids(held["posts"]):
        if on:
            posts.redate_post(tx, post, {"to": held["posts"][str(post)]})
        elif (end := held["posts"][str(post)]) is None or datetime.fromisoformat(end) > tx.now:
            posts.end_post(tx, post)
    return _record(tx, before=held if not on else {}, after=held if on else {})


def _ids(held: Mapping[str, Any]) -> Iterator[int]:
    return map(int, held)


register_kind(ChangeKind("people.imported", "admin.people", "导入人员", "people imported", _back))
