"""Defects that would let something out of a jurisdiction, seeded into the running application one at a time.

Each is what a hurried change could do: a query that forgets its condition, an answer that says too much, a scope that
is too wide. `test_seeded_leaks` asks whether the walk of the isolation tests notices.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.attachments import binding, reading
from chengyun.command import service as command
from chengyun.command.tables import handover
from chengyun.identity import breakglass, posts, resolving, routing, sessions, tokens
from chengyun.identity import service as identity
from chengyun.incidents import bulk, lookups
from chengyun.incidents.classification import service as classification
from chengyun.incidents.classification.contracts import Guess
from chengyun.incidents.dispatch import proposing
from chengyun.incidents.duplicates import finding
from chengyun.incidents.evaluation import figures as evaluating
from chengyun.incidents.intake import abuse
from chengyun.incidents.moving import moves, store
from chengyun.incidents.reading import detail, filters, queries, tasks
from chengyun.incidents.reporter import tracking
from chengyun.incidents.reporting import once
from chengyun.incidents.tables import message, order, report
from chengyun.incidents.trial import comparing
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden
from chengyun.kernel.sequencer import Event
from chengyun.kernel.transactions import Tx
from chengyun.scenarios import packing
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.vitals.lookup import reach
from tests.web import test_isolation_apart as apart
from tests.web import test_isolation_outside as outside
from tests.web import test_isolation_risk as risk
from tests.web import test_isolation_signs as signs
from tests.web.noticing import Check, figures, handed_over, heard, mine, people, walk
from tests.web.support import Hub

Patch = pytest.MonkeyPatch
ORDERS = ("incidents_incident", "incidents_order")
INCIDENTS = ("incidents_incident",)
Seed = Callable[[Patch, Hub], None]


@dataclass(frozen=True, slots=True)
class Leak:
    """`fences`: the tables whose policy stands behind; empty where no policy could help, since the defect lies above
    the queries. `check` is the part of the walk that has to notice."""

    name: str
    family: str
    seed: Seed
    check: Check
    fences: tuple[str, ...] = ()


# how defects are made


class Forgetful:
    """A module's door to identity on which jurisdiction is forgotten."""

    def __getattr__(self, name: str) -> Any:
        return getattr(identity, name)

    @staticmethod
    def readable_by(_actor: Actor, _readers: object) -> sa.ColumnElement[bool]:
        return sa.true()


def forgets(module: ModuleType) -> Seed:
    """The module's own question for `readable_by` is always answered with yes."""
    return lambda patch, _hub: patch.setattr(module, "identity", Forgetful())


def answers_yes(module: ModuleType, name: str = "readable") -> Seed:
    """A condition of jurisdiction that is always true."""
    return lambda patch, _hub: patch.setattr(module, name, lambda *_args: sa.true())


def without_jurisdiction(tx: Tx, by: filters.Filters) -> list[Any]:
    """The conditions of a list, jurisdiction left out (it stands first)."""
    return filters.conditions(tx, by)[1:]


def within(module: ModuleType, name: str, inner: ModuleType, attribute: str, value: Any) -> Seed:
    """Only while one function runs is something inside replaced."""

    def seed(patch: Patch, _hub: Hub) -> None:
        original = getattr(module, name)

        def leaky(*args: Any, **more: Any) -> Any:
            with pytest.MonkeyPatch.context() as inside:
                inside.setattr(inner, attribute, value)
                return original(*args, **more)

        patch.setattr(module, name, leaky)

    return seed


def replaces(module: Any, name: str, value: Any) -> Seed:
    return lambda patch, _hub: patch.setattr(module, name, value)


def where_filtered(chosen: str) -> Seed:
    """Whoever narrows the list by one filter gets the rows of everybody."""

    def conditions(tx: Tx, by: filters.Filters) -> list[Any]:
        found = filters.conditions(tx, by)
        return found[1:] if getattr(by, chosen) else found

    return replaces(queries, "conditions", conditions)


def _total(patch: Patch, _hub: Hub) -> None:
    original = queries._total
    patch.setattr(queries, "_total", lambda tx, where, *more: original(tx, where[1:], *more))


def _all_tasks(tx: Tx, **_more: Any) -> list[Any]:
    return tasks._views(tx, list(tx.execute(sa.select(order))), None)


def _all_handovers(tx: Tx, limit: int = 20) -> list[Any]:
    return command._read(tx, sa.select(handover).limit(limit))


def _all_reports(tx: Tx, limit: int = 50) -> list[Any]:
    return list(tx.execute(sa.select(report).limit(limit)))


def _all_messages(tx: Tx, _incident: int, _language: str) -> list[str]:
    query = sa.select(message.c.zh).where(message.c.audience == "reporter")
    return list(tx.execute(query).scalars())


def _by_name(patch: Patch, _hub: Hub) -> None:
    """Jurisdiction by what a region is called, not by which one it is."""
    patch.setattr(identity, "readable_by", lambda actor, _readers: _named(actor))


def _named(actor: Actor) -> sa.ColumnElement[bool]:
    wanted = ",".join(map(str, actor.scopes)) or "0"
    return sa.literal_column(f"""EXISTS (SELECT 1 FROM territory_region mine JOIN territory_region other
        ON other.name = mine.name WHERE mine.id IN ({wanted}) AND other.id = ANY(incidents_incident.readers))""")


def _hidden(hub: Hub, incident: int) -> str | None:
    """The number of an incident, whoever asks."""
    with hub.db.begin(system_actor("seed")) as tx:
        query = sa.text("SELECT number FROM incidents_incident WHERE id = :id")
        return tx.execute(query, {"id": incident}).scalar()


def _refusing(error: Callable[[str], Exception]) -> Seed:
    """What is hidden is refused otherwise than what does not exist."""

    def seed(patch: Patch, hub: Hub) -> None:
        original = detail.find

        def find(tx: Tx, incident: int) -> Any:
            try:
                return original(tx, incident)
            except Exception:
                number = _hidden(hub, incident)
                if number is not None:
                    raise error(number) from None
                raise

        patch.setattr(detail, "find", find)

    return seed


def _wider(scope: Callable[[Tx, int], int]) -> Seed:
    """Everybody's jurisdiction grows by a region worked out from their own."""

    def seed(patch: Patch, hub: Hub) -> None:
        original = resolving.person_actor

        def person_actor(row: Any) -> Actor:
            found = original(row)
            with hub.db.begin(system_actor("seed")) as tx:
                return dataclasses.replace(found, scopes=(*found.scopes, scope(tx, row.region_id)))

        patch.setattr(resolving, "person_actor", person_actor)

    return seed


def _above(tx: Tx, region: int) -> int:
    line = territory.ancestors(tx, region)
    return line[min(1, len(line) - 1)]


def _token_of_the_city(patch: Patch, hub: Hub) -> None:
    original = routing.actor_for_token

    def actor_for_token(db: Any, bearer: str) -> Actor:
        return dataclasses.replace(original(db, bearer), scopes=(hub.regions[""],))

    patch.setattr(routing, "actor_for_token", actor_for_token)


def _old_posts(patch: Patch, _hub: Hub) -> None:
    text = str(resolving._BY_SECRET).replace("AND (o.valid_to IS NULL OR o.valid_to > :now)", "")
    patch.setattr(resolving, "_BY_SECRET", sa.text(text))


def _numbers(hub: Hub) -> bytes:
    with hub.db.begin(system_actor("seed")) as tx:
        return " ".join(tx.execute(sa.text("SELECT number FROM incidents_incident")).scalars()).encode()


def _tile(patch: Patch, hub: Hub) -> None:
    original = territory.tile_with_tag

    def tile_with_tag(*args: Any) -> tuple[bytes, str]:
        body, tag = original(*args)
        return body + _numbers(hub), tag + "x"

    patch.setattr(territory, "tile_with_tag", tile_with_tag)


def _export(patch: Patch, hub: Hub) -> None:
    original = packing.packed
    patch.setattr(
        packing, "packed", lambda name, files: original(name, {**files, "x.md": _numbers(hub).decode()})
    )


def _guess(patch: Patch, hub: Hub) -> None:
    original = classification.guess

    def guess(*args: Any) -> list[Guess]:
        return [*original(*args), Guess("0102", "", 1, [_numbers(hub).decode()])]

    patch.setattr(classification, "guess", guess)


def _all_things(patch: Patch, hub: Hub) -> None:
    """Things of the map, and what is said of each."""
    for name in ("spots", "spots_by_ids"):
        within(sensing, name, identity, "readable_by", _YES)(patch, hub)


@contextmanager
def unfenced(owner: Any, tables: tuple[str, ...]) -> Iterator[None]:
    """The policies of some tables taken away, by their owner, as long as the block runs."""
    for table in tables:
        owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


_ONE = "p-sibling-town p-same-name"
_YES = lambda *_args: sa.true()  # noqa: E731
LEAKS: tuple[Leak, ...] = (
    # figures
    Leak("the strip of counts forgets", "counts", within(queries, "counts", queries, "conditions", without_jurisdiction), figures("p-town"), INCIDENTS),
    Leak("the total of a page forgets", "counts", _total, figures("p-town"), INCIDENTS),
    Leak("values of regions forget", "counts", answers_yes(queries), figures("p-district"), INCIDENTS),
    Leak("loads of units forget", "counts", answers_yes(proposing, "_readable"), lambda s: apart.test_a_try_out_counts_the_work_that_one_may_see(s.sight, s.look), ORDERS),
    Leak("effects of a draft forget", "counts", forgets(comparing), lambda s: apart.test_what_a_draft_would_have_done_is_counted_within_the_jurisdiction(s.sight, s.look), INCIDENTS),
    # lists and search
    Leak("the queue forgets", "lists", within(queries, "queue", queries, "conditions", without_jurisdiction), walk(_ONE, "incidents_read_queue"), INCIDENTS),
    Leak("search forgets", "search", where_filtered("q"), walk(_ONE, "incidents_read_queue"), INCIDENTS),
    Leak("a filter by region forgets", "search", where_filtered("region"), walk(_ONE, "incidents_read_queue"), INCIDENTS),
    Leak("a filter by unit forgets", "search", where_filtered("unit"), walk(_ONE, "incidents_read_queue"), INCIDENTS),
    Leak("points of the map forget", "map", within(queries, "points", queries, "conditions", without_jurisdiction), figures("p-town"), INCIDENTS),
    Leak("similar ones forget", "lists", answers_yes(finding), walk(_ONE, "incidents_read_similar"), INCIDENTS),
    Leak("tasks are everybody's", "lists", replaces(tasks, "tasks", _all_tasks), walk("p-bureau p-enforcement", "incidents_read_tasks"), ORDERS),
    # one incident
    Leak("the page forgets", "page", answers_yes(detail), walk(_ONE, "incidents_read_one"), INCIDENTS),
    Leak("moves forget", "moves", forgets(store), walk(_ONE, "incidents_move"), INCIDENTS),
    Leak("proposals forget", "moves", forgets(store), walk(_ONE, "incidents_read_proposal"), INCIDENTS),
    Leak("many moves name what they refuse", "error texts", answers_yes(bulk), walk(_ONE, "incidents_move_many"), INCIDENTS),
    Leak("pins forget", "moves", forgets(moves), walk(_ONE, "incidents_pin"), INCIDENTS),
    Leak("spam and blocks forget", "moves", forgets(abuse), walk("p-sibling-district", "incidents_spam", "incidents_block"), (*INCIDENTS, "incidents_report")),
    Leak("reporters' contacts forget", "page", within(lookups, "contact", lookups, "find", lambda _tx, _id: None), walk("p-sibling-district", "incidents_reveal_contact"), (*INCIDENTS, "incidents_report")),
    Leak("a refusal names the incident", "error texts", _refusing(lambda number: Conflict("incidents.ended", number=number)), walk(_ONE, "incidents_read_one")),
    Leak("a refusal says that it exists", "error texts", _refusing(lambda _number: Forbidden("incidents.not_yours", move="")), walk(_ONE, "incidents_read_one")),
    # attachments, handovers, people, tokens, sessions, reporters
    Leak("attachments are not asked about", "attachments", answers_yes(reading, "whole"), walk(_ONE, "attachments_read"), ("attachments_item",)),
    # while a report is taken in the policy is open for the system, and above a centre it is open for the centre:
    # here the query is the only wall
    Leak("anybody's photo may be bound", "attachments", answers_yes(binding, "concerned"), lambda s: outside.test_a_report_cannot_take_somebody_else_s_photo(s.sight, s.look)),
    Leak("handovers of every desk", "handover", replaces(command, "handovers", _all_handovers), lambda s: apart.test_handovers_stay_in_their_centre(s.register, s.look)),
    Leak("handovers of everywhere", "handover", replaces(command, "handovers", _all_handovers), handed_over, ("command_handover",)),
    Leak("people of everywhere", "people", answers_yes(posts, "_seen"), people, ("identity_person", "identity_post")),
    Leak("tokens of everybody", "tokens", replaces(tokens, "readable_by", _YES), lambda s: apart.test_sessions_and_tokens_of_others_do_not_exist(s.register, s.look), ("identity_token",)),
    Leak("sessions of everybody", "sessions", answers_yes(sessions, "_mine"), lambda s: apart.test_sessions_and_tokens_of_others_do_not_exist(s.register, s.look), ("identity_session",)),
    Leak("reports of everybody are mine", "reporters", replaces(tracking, "own_reports", _all_reports), mine, (*INCIDENTS, "incidents_report")),
    Leak("a link tells of others", "reporters", replaces(tracking, "_messages", _all_messages), lambda s: outside.test_a_link_shows_its_own_report(s.sight, s.look)),
    Leak("receipts of retries are shared", "retries", replaces(once, "scope_of", lambda _tx, _source: "report"), lambda s: outside.test_a_resident_reads_their_own_reports_only(s.sight, s.look)),
    # who one is
    Leak("nothing asks for jurisdiction", "jurisdiction", replaces(identity, "readable_by", _YES), walk(_ONE, "incidents_read_queue", "incidents_read_one"), INCIDENTS),
    Leak("jurisdiction by name", "jurisdiction", _by_name, walk("p-same-name-far", "incidents_read_queue"), INCIDENTS),
    Leak("a post sees as far as the one above", "jurisdiction", _wider(_above), walk("p-town", "incidents_read_queue")),
    Leak("a grid worker sees the village", "jurisdiction", _wider(_above), walk("p-grid", "incidents_read_one")),
    Leak("who was moved keeps the old post", "jurisdiction", _old_posts, walk("p-mover", "incidents_read_queue")),
    Leak("a token is the city's", "tokens", _token_of_the_city, walk("t-sibling", "incidents_read_queue")),
    Leak("emergency access never ends", "break-glass", replaces(breakglass, "end", lambda _tx: 1), lambda s: apart.test_emergency_access_opens_a_region_until_it_ends(s.hub, s.sight, s.look)),
    Leak("signs of everywhere", "signs", replaces(reach, "reads", lambda _tx, _region: True), lambda s: signs.test_signs_stay_in_their_jurisdiction(s.sight, s.look, "p-town", lambda *_: None)),
    Leak("things of the map are everybody's", "map", _all_things, walk("p-town", "vitals_read_risk_things"), ("sensing_thing",)),
    Leak("risks of everywhere", "signs", replaces(reach, "reads", lambda _tx, _region: True), lambda s: risk.test_risks_stay_in_their_jurisdiction(s.sight, s.look, "p-town")),
    # what is not a page
    Leak("the stream tells everybody", "sse", replaces(Event, "visible_to", lambda _event, _actor: True), heard),
    Leak("tiles carry numbers", "tiles", _tile, walk("p-town nobody", "territory_tile")),
    Leak("figures count what is not seen", "counts", replaces(evaluating, "conditions_of", lambda _tx, _question, _scope: []), lambda s: apart.test_evaluation_counts_what_one_may_see(s.sight, s.look, "p-town"), INCIDENTS),
    Leak("an export carries numbers", "exports", _export, walk("p-town", "rules_export_zip")),
    Leak("guesses learn from everybody's incidents", "search", _guess, walk("p-town nobody", "incidents_guess")),
)  # fmt: skip
SAMPLE = (
    "the strip of counts forgets", "search forgets", "a refusal names the incident", "people of everywhere",
    "tiles carry numbers", "who was moved keeps the old post",
)  # fmt: skip
