"""Rules on screen through the door: draft, difference, effects, publish, try out, export, undo, and who may."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.incidents import service as incidents
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios import service
from chengyun.scenarios.checking import check
from chengyun.scenarios.contracts_rules import Edit
from tests.incidents.support import SHIQIAOPU, ZHAIZIPING, City
from tests.scenarios.support import SHIPPED

MUCK, CITY = "muck-trucks", "city-management"
TUESDAY = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 10:00 in the city


@pytest.fixture
def city(staged: Database) -> City:
    return City(staged)


@pytest.fixture
def chief(city: City) -> Actor:
    """Somebody of the city who may edit and publish, and read incidents."""
    officer = city.officer("")
    return replace(officer, permissions=officer.permissions | {"rules.edit", "scenario.adopt"})


@pytest.fixture
def tx(city: City, chief: Actor) -> Iterator[Tx]:
    with city.at(chief) as found:
        yield found


def limit(days: str, key: str = "handle-spill") -> Edit:
    data = {"id": key, "category": "muck-truck.spill", "stage": "handle", "limit": days, "yellow": 0.5}
    return Edit("put", "limits", key, data)


def spill(text: str = "渣土车沿途撒漏", at: tuple[float, float] = SHIQIAOPU) -> incidents.ReportIn:
    return incidents.ReportIn(text, *at, category="muck-truck.spill")


def due(tx: Tx, draft: str | None = None) -> datetime:
    """Until when a spill that is told on that Tuesday has to be handled."""
    view = service.try_out(tx, spill(), TUESDAY, draft)
    return next(one.due for one in view.trial.deadlines if one.stage == "handle")


def audited(tx: Tx, action: str) -> list[dict[str, Any]]:
    rows = tx.execute(sa.text("SELECT detail FROM kernel_audit WHERE action = :action"), {"action": action})
    return [row.detail for row in rows]


def publish(tx: Tx, *edits: Edit, second_person: bool = False) -> Any:
    draft = service.begin_draft(tx, MUCK)
    draft = service.edit_draft(tx, MUCK, draft.revision, edits)
    return service.publish_draft(tx, MUCK, draft.revision, "试行", second_person)


def test_a_limit_is_changed_published_and_undone(tx: Tx) -> None:
    was = due(tx)
    assert was == datetime(2026, 3, 13, 2, 0, tzinfo=UTC)  # three working days
    draft = service.begin_draft(tx, MUCK)
    assert (draft.findings, draft.changes, draft.behind) == ([], [], False)
    draft = service.edit_draft(tx, MUCK, draft.revision, [limit("1 工作日")])
    assert [(one.kind, one.key, one.zh) for one in draft.changes] == [
        ("changed", "handle-spill", "时限 handle-spill：时限 3 工作日 → 1 工作日")
    ]
    assert due(tx, MUCK) == datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    assert due(tx) == was  # nobody has published anything yet
    made = service.publish_draft(tx, MUCK, draft.revision, "市民反映清理太慢")
    assert (made.state, made.version) == ("adopted", "1.0.1")
    assert due(tx) == datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    with pytest.raises(NotFound):
        service.read_draft(tx, MUCK)
    told = audited(tx, "scenario.published")[0]
    assert told["before"] != told["after"] == made.digest
    assert told["reason"] == "市民反映清理太慢"
    history = service.undo_on_screen(tx, MUCK, "先恢复")
    assert due(tx) == was
    assert [(one.what, one.version, one.reason) for one in history] == [
        ("undone", "1.0.1", "先恢复"),
        ("published", "1.0.1", "市民反映清理太慢"),
        ("installed", "1.0.0", ""),
    ]
    assert audited(tx, "scenario.undone")[0]["after"] == told["before"]
    assert [one.version for one in service.overview(tx) if one.scenario == MUCK] == ["1.0.0"]


def test_what_the_last_incidents_would_have_met(city: City, chief: Actor) -> None:
    for at in (SHIQIAOPU, ZHAIZIPING):
        city.report(chief, "渣土车沿途撒漏", at, category="muck-truck.spill")
    city.report(chief, "下水道堵了", ZHAIZIPING, category="0404")
    with city.at(chief) as tx:
        draft = service.begin_draft(tx, MUCK)
        rule = next(one for one in draft.sheet.parts["routing"] if one.key == "spill-here").data
        lead = {**rule, "lead": {"unit": "traffic-police", "level": "district", "of": "owner"}}
        del lead["assist"]
        draft = service.edit_draft(tx, MUCK, draft.revision, [Edit("put", "routing", "spill-here", lead)])
        seen = service.review_draft(tx, MUCK)
        assert seen.effects is not None
        assert (seen.effects.sample, seen.effects.elsewhere, seen.effects.deadline) == (3, 2, 0)
        first = seen.effects.examples[0]
        assert first.after is not None
        assert ("lead", "开州区公安局交巡警支队") in first.after.units
        assert ("lead", "开州区城市管理局") in first.before.units
        draft = service.edit_draft(tx, MUCK, draft.revision, [limit("5 工作日")])
        seen = service.review_draft(tx, MUCK)
        assert seen.effects is not None
        assert (seen.effects.elsewhere, seen.effects.deadline) == (2, 2)
        assert seen.proof is not None
        assert "80,418" in seen.proof


def test_the_checker_of_files_checks_the_draft(tx: Tx) -> None:
    draft = service.begin_draft(tx, MUCK)
    with pytest.raises(Invalid) as refused:  # what does not fit the format is not even kept
        service.edit_draft(tx, MUCK, draft.revision, [limit("三天")])
    assert [one.path for one in refused.value.fields] == ["limit"]
    bare = {"category": "muck-truck.spill", "clause": "x", "task": {"zh": "清扫", "en": "sweep"}}
    draft = service.edit_draft(tx, MUCK, draft.revision, [Edit("put", "duties", "muck-truck.spill", bare)])
    found = {(one.severity, one.part, one.key, one.code) for one in draft.findings}
    assert ("error", "categories", "muck-truck.spill", "duty.missing") in found
    assert service.review_draft(tx, MUCK).effects is None
    with pytest.raises(Invalid):
        service.publish_draft(tx, MUCK, draft.revision, "试行")


def test_unknown_units_are_found_at_their_field(tx: Tx) -> None:
    draft = service.begin_draft(tx, MUCK)
    rule = next(one for one in draft.sheet.parts["routing"] if one.key == "seen-here").data
    wrong = {**rule, "lead": {"unit": "dustmen", "level": "district"}}
    draft = service.edit_draft(tx, MUCK, draft.revision, [Edit("put", "routing", "seen-here", wrong)])
    assert [(one.key, one.code, (one.field or "").split(".")[0]) for one in draft.findings] == [
        ("seen-here", "unit.unknown", "lead")
    ]


def test_export_check_and_adopt_give_the_same_digest(tx: Tx, tmp_path: Path) -> None:
    entry = {
        "code": "muck-truck.horn",
        "name": {"zh": "渣土车鸣笛", "en": "Muck truck horn"},
        "level": "blue",
    }
    entry |= {"hints": ["渣土车鸣笛"], "evidence": ["plate"]}
    cell = {"lead": "city-management"}
    duty = {
        "category": "muck-truck.horn",
        "clause": "权责 渣土-5",
        "task": {"zh": "劝导", "en": "talk to them"},
    }
    duty |= {"district": cell, "city": cell}
    added = [
        Edit("put", "categories", None, entry, group="muck-truck", before="muck-truck.spill"),
        Edit("put", "duties", None, duty),
        Edit("move", "limits", "handle", before="handle-red"),
        Edit("remove", "limits", "verify"),
    ]
    with pytest.raises(Invalid) as refused:  # `handle` in front of the others makes them unreachable
        publish(tx, *added)
    assert {one.params["code"] for one in refused.value.fields} == {"limit.unreachable"}
    service.discard_draft(tx, MUCK)
    made = publish(tx, *added[:2], added[3])
    found = service.files(tx, MUCK)
    archive = zipfile.ZipFile(io.BytesIO(service.packed(MUCK, found.files)))
    archive.extractall(tmp_path)
    assert check([SHIPPED / CITY, tmp_path / MUCK]) == []
    before = service.versions(tx)
    service.install(tx, [SHIPPED / CITY, SHIPPED / "city-vitals", tmp_path / MUCK])
    assert service.versions(tx) == before  # the same digest: nothing new was stored
    assert found.version.digest == made.digest
    order = [one.key for one in service.read_sheet(tx, MUCK).parts["categories"]]
    assert order[:2] == ["muck-truck.overload", "muck-truck.horn"]


def test_an_overlay_is_edited_where_it_stands_and_exported_beside(tx: Tx, tmp_path: Path) -> None:
    over = tmp_path / "here"
    over.mkdir()
    (over / "scenario.yaml").write_text("id: here\noverlay: muck-trucks\nversion: 1.0.0\n")
    (over / "limits.yaml").write_text("limits:\n  - { id: handle-spill, limit: 2 工作日 }\n")
    service.install(tx, [SHIPPED, over])
    assert due(tx) == datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
    publish(tx, limit("1 工作日"))
    found = service.files(tx, MUCK)
    assert found.files["limits.yaml"] == (SHIPPED / MUCK / "limits.yaml").read_text(encoding="utf-8")
    assert due(tx) == datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
    unpacked = tmp_path / "out"
    zipfile.ZipFile(io.BytesIO(service.packed(MUCK, found.files))).extractall(unpacked)
    service.install(tx, [SHIPPED / CITY, unpacked / MUCK, unpacked / "here"])
    assert service.files(tx, MUCK).version.digest == found.version.digest
    draft = service.begin_draft(tx, MUCK)
    service.edit_draft(tx, MUCK, draft.revision, [Edit("remove", "limits", "handle-spill")])
    assert due(tx, MUCK) == datetime(2026, 3, 13, 2, 0, tzinfo=UTC)  # by the line for all muck trucks


def test_two_who_edit_and_a_version_that_came_in_between(tx: Tx, tmp_path: Path) -> None:
    draft = service.begin_draft(tx, MUCK)
    service.edit_draft(tx, MUCK, draft.revision, [limit("2 工作日")])
    with pytest.raises(Conflict) as late:
        service.edit_draft(tx, MUCK, draft.revision, [limit("4 工作日")])
    assert late.value.code == "scenarios.draft_changed"
    again = service.begin_draft(tx, MUCK)  # what somebody has begun is answered as it stands
    assert again.revision == draft.revision + 1
    folder = copytree(SHIPPED / MUCK, tmp_path / MUCK)
    (folder / "README.md").write_text("# 新的说明\n", encoding="utf-8")
    service.install(tx, [SHIPPED / CITY, folder])
    assert service.read_draft(tx, MUCK).behind
    with pytest.raises(Conflict) as behind:
        service.publish_draft(tx, MUCK, again.revision, "试行")
    assert behind.value.code == "scenarios.draft_behind"
    service.discard_draft(tx, MUCK)
    with pytest.raises(Conflict) as same:
        service.publish_draft(tx, MUCK, service.begin_draft(tx, MUCK).revision, "试行")
    assert same.value.code == "scenarios.unchanged"


def test_a_second_person_approves(city: City, chief: Actor) -> None:
    with city.at(chief) as tx:
        was = due(tx)
        made = publish(tx, limit("1 工作日"), second_person=True)
        assert (made.state, due(tx)) == ("waiting", was)
        assert next((one.what, one.publication) for one in service.history(tx, MUCK)) == (
            "waiting",
            made.publication,
        )
        with pytest.raises(Forbidden) as own:
            service.decide(tx, made.publication, True, "")
        assert own.value.code == "scenarios.second_person"
    other = replace(chief, id=4711, name="另一位")
    with city.at(other) as tx:
        assert service.decide(tx, made.publication, True, "同意").state == "adopted"
        assert due(tx) < was
        with pytest.raises(Conflict):
            service.decide(tx, made.publication, False, "迟了")
        second = publish(tx, limit("9 工作日"), second_person=True)
    with city.at(chief) as tx:
        with pytest.raises(Invalid):
            service.decide(tx, second.publication, False, " ")
        assert service.decide(tx, second.publication, False, "太长").state == "refused"
        assert service.history(tx, MUCK)[0].what == "refused"
        begun = service.begin_draft(tx, MUCK, second.number)  # what was refused may be worked on
        assert [one.zh for one in begun.changes if one.part == "limits"] == [
            "时限 handle-spill：时限 1 工作日 → 9 工作日"
        ]


def test_only_the_city_changes_the_city_s_rules(city: City, chief: Actor) -> None:
    rights = chief.permissions
    district = replace(city.officer("九龙坡区", "admin"), permissions=rights)
    with city.at(chief) as tx:
        revision = service.begin_draft(tx, MUCK).revision
        waiting = publish(tx, limit("2 工作日"), second_person=True).publication
        revision = service.begin_draft(tx, MUCK).revision
    refused = [
        lambda tx: service.begin_draft(tx, CITY),
        lambda tx: service.edit_draft(tx, MUCK, revision, [limit("9 工作日")]),
        lambda tx: service.discard_draft(tx, MUCK),
        lambda tx: service.publish_draft(tx, MUCK, revision, "x"),
        lambda tx: service.decide(tx, waiting, True, ""),
        lambda tx: service.undo_on_screen(tx, MUCK, "x"),
    ]
    reader = city.officer("", "auditor")
    for who, code in ((district, "scenarios.city_only"), (reader, "kernel.forbidden")):
        for act in refused:
            with city.at(who) as tx, pytest.raises(AppError) as no:
                act(tx)
            assert no.value.code == code
    with city.at(reader) as tx:
        assert service.read_sheet(tx, MUCK).version == "1.0.0"
    with city.at(city.worker("housing", "九龙坡区")) as tx, pytest.raises(Forbidden):
        service.read_sheet(tx, MUCK)


def test_the_try_out_says_where_and_why(tx: Tx) -> None:
    stored = "SELECT (SELECT count(*) FROM incidents_incident) + (SELECT count(*) FROM incidents_report)"
    view = service.try_out(tx, spill(), datetime(2026, 9, 30, 9, 0, tzinfo=UTC))
    trial = view.trial
    assert trial.place.startswith("九龙坡区")
    assert trial.centre.name == "九龙坡区"
    assert trial.why["category"].zh == "由上报人选择"
    assert trial.proposal is not None
    assert (trial.proposal.rule, trial.auto) == ("spill-here", False)
    assert [(str(one.role), one.unit.kind) for one in trial.proposal.units] == [
        ("lead", "city-management"),
        ("assist", "traffic-police"),
        ("assigned", "sanitation"),
        ("assigned", "enforcement-team"),
    ]
    assert [(one.rule, one.outcome, one.fact, one.found) for one in trial.verdicts] == [
        ("cross-district", "condition", "event", "reported"),
        ("spill-here", "decides", None, None),
    ]
    kinds = [(one.day.day, one.kind, one.hours) for one in view.days]
    assert kinds[:3] == [(30, "workday", 1.0), (1, "holiday", 0.0), (2, "holiday", 0.0)]
    assert sum(one.hours for one in view.days) == 24  # three working days of eight hours
    assert tx.execute(sa.text(stored)).scalar_one() == 0


def test_an_unclear_text_waits_for_an_officer(tx: Tx) -> None:
    view = service.try_out(tx, incidents.ReportIn("渣土车冒装又没盖篷布", *SHIQIAOPU))
    assert set(view.trial.hits) == {"muck-truck.overload", "muck-truck.uncovered"}
    assert (view.trial.category, view.trial.proposal, view.trial.verdicts) == (None, None, [])
    assert [str(one.stage) for one in view.trial.deadlines] == ["accept"]
    with pytest.raises(Invalid):
        service.try_out(tx, incidents.ReportIn("x", *SHIQIAOPU, category="nothing"))
    with pytest.raises(Invalid):
        service.try_out(tx, spill(at=(100.0, 20.0)))
    with pytest.raises(NotFound):
        service.try_out(tx, spill(), None, MUCK)


def test_a_real_report_goes_where_the_try_out_said(city: City, chief: Actor) -> None:
    """Not two implementations: what is told for real meets the same unit, rule and deadline."""
    given = incidents.ReportIn("小区门口下水道堵了", *ZHAIZIPING, channel="hotline")
    with city.at(chief) as tx:
        trial = service.try_out(tx, given).trial
        now = tx.now
    assert trial.category is not None
    assert trial.auto
    told = city.report(chief, given.text, ZHAIZIPING, now=now, channel="hotline")
    life = city.life(told.incident)
    assert trial.proposal is not None
    assert [one.unit_id for one in life.orders] == [one.unit.id for one in trial.proposal.units]
    assert life.incident.rule_id == trial.proposal.rule
    ends = {one.stage: one.due_at for one in life.deadlines if one.live}
    wanted = {str(one.stage): one.due for one in trial.deadlines}
    assert ends["handle"] == wanted["handle"]
