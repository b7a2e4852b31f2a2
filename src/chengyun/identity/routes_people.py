"""HTTP of people's administration: people, their posts and passwords. Each needs admin.people in one's jurisdiction."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, Field

from chengyun.identity import importing, people, posts
from chengyun.identity.contracts import Imported, Person
from chengyun.identity.roles import ROLES, role_name
from chengyun.identity.routing import Db, Proven, SignedInCaller
from chengyun.kernel.errors import TooLarge
from chengyun.kernel.fields import Body, Id, Text
from chengyun.kernel.sheets import XLSX

router = APIRouter()


class PersonIn(Body):
    login: Text = Field(min_length=1, max_length=100)
    name: Text = Field(min_length=1, max_length=100)
    password: Text | None = Field(default=None, max_length=1000, description="first password; null: none yet")


class PostGivenIn(Body):
    unit: Id
    role: Text = Field(max_length=50)
    region: Id | None = Field(default=None, description="inside the unit's region; default: that")
    areas: list[Id] = Field(default_factory=list, max_length=200, description="grids of a grid worker")
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class DatesIn(Body):
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None


class NewPasswordIn(Body):
    new: Text = Field(max_length=1000)


class RoleView(BaseModel):
    """A role with the permissions that it gives."""

    key: str
    name: str
    jurisdiction: str
    permissions: list[str]


class Made(BaseModel):
    id: int


@router.get("/roles")
def list_roles(found: SignedInCaller) -> list[RoleView]:
    """Every role with its permissions."""
    language = found.actor.language
    return [
        RoleView(
            key=role.key,
            name=role_name(role.key, language),
            jurisdiction=role.jurisdiction,
            permissions=sorted(role.permissions),
        )
        for role in ROLES.values()
    ]


@router.post("/people", status_code=201)
def create_person(body: PersonIn, found: Proven, db: Db) -> Made:
    """A new person, without a post yet."""
    with db.begin(found.actor) as tx:
        return Made(id=posts.create_person(tx, body.login, body.name, body.password))


@router.get("/people-import/template", response_class=Response, responses={200: {"content": {XLSX: {}}}})
def read_import_template(found: SignedInCaller) -> Response:
    """The table to fill in: heads, and the roles on a second sheet."""
    found.actor.require("admin.people")
    headers = {"Content-Disposition": 'attachment; filename="chengyun-people.xlsx"'}
    return Response(importing.template(found.actor.language), media_type=XLSX, headers=headers)


@router.post("/people-import")
def import_people(
    found: Proven, db: Db, file: Annotated[UploadFile, File()], dry_run: Annotated[bool, Form()] = True
) -> Imported:
    """People and posts from xlsx or CSV (UTF-8, GBK): tried with every row's faults, or made, all rows or none."""
    found.actor.require("admin.people")
    content = file.file.read(importing.MOST_BYTES + 1)
    if len(content) > importing.MOST_BYTES:
        raise TooLarge("import.too_large", most=importing.MOST_BYTES // 1_000_000)
    with db.begin(found.actor) as tx:
        return importing.take_in(tx, content, dry_run)


@router.get("/people/{person_id}")
def read_person(person_id: Id, found: SignedInCaller, db: Db) -> Person:
    """A person with the posts held now."""
    with db.begin(found.actor) as tx:
        return posts.person(tx, person_id)


@router.post("/people/{person_id}/posts", status_code=201)
def give_post(person_id: Id, body: PostGivenIn, found: Proven, db: Db) -> Made:
    """Give a post in a unit of one's jurisdiction."""
    with db.begin(found.actor) as tx:
        post = posts.give_post(
            tx,
            person_id,
            body.unit,
            body.role,
            region_id=body.region,
            areas=body.areas,
            valid_from=body.valid_from,
            valid_to=body.valid_to,
        )
        return Made(id=post)


@router.delete("/posts/{post_id}", status_code=204)
def end_post(post_id: Id, found: Proven, db: Db) -> None:
    """End a post now; its rights end with the next request."""
    with db.begin(found.actor) as tx:
        posts.end_post(tx, post_id)


@router.post("/posts/{post_id}/dates", status_code=204)
def date_post(post_id: Id, body: DatesIn, found: Proven, db: Db) -> None:
    """From when to when a post lasts."""
    with db.begin(found.actor) as tx:
        posts.date_post(tx, post_id, body.valid_from, body.valid_to)


@router.post("/people/{person_id}/password", status_code=204)
def reset_password(person_id: Id, body: NewPasswordIn, found: Proven, db: Db) -> None:
    """Set a person's password: lifts the lockout, ends every session of theirs."""
    with db.begin(found.actor) as tx:
        people.reset_password(tx, person_id, body.new)
