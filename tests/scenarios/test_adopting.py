"""Taking scenarios into use: stored once, adopted by the city, undone, exported as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from chengyun.incidents import service as incidents
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios import service
from tests.scenarios.support import SHIPPED, SMALL, write


def second(folder: Path) -> Path:
    """The small scenario with other limits, as version 1.1.0."""
    limits = SMALL["limits.yaml"].replace("2 工作日", "3 工作日")
    return write(folder, scenario=SMALL["scenario.yaml"].replace("1.0.0", "1.1.0"), limits=limits)


def lamp_days(tx: Tx) -> float:
    book = incidents.current_rulebook(tx)[1]
    return next(rule.limit.amount for rule in book.limits if rule.id == "small/handle-lamp")


def test_installing_makes_the_rulebook_of_new_incidents(tx: Tx) -> None:
    installed = service.install(tx, [SHIPPED])
    assert {(one.scenario, one.adopted) for one in installed} == {
        ("city-management", True),
        ("city-vitals", True),
        ("muck-trucks", True),
    }
    number, book = incidents.current_rulebook(tx)
    assert book == service.compile_paths([SHIPPED])
    assert service.install(tx, [SHIPPED]) == installed
    assert incidents.current_rulebook(tx)[0] == number


def test_a_new_version_counts_and_undo_goes_back(tx: Tx, tmp_path: Path) -> None:
    service.install(tx, [write(tmp_path / "small")])
    first, _ = incidents.current_rulebook(tx)
    assert lamp_days(tx) == 2
    service.install(tx, [second(tmp_path / "second")])
    assert lamp_days(tx) == 3
    assert [(one.version, one.adopted) for one in service.versions(tx)] == [("1.1.0", True), ("1.0.0", False)]
    service.undo(tx, "small")
    assert lamp_days(tx) == 2
    assert incidents.current_rulebook(tx)[0] > first
    assert [(one.version, one.adopted) for one in service.versions(tx)] == [("1.1.0", False), ("1.0.0", True)]
    with pytest.raises(Conflict):
        service.undo(tx, "small")
    with pytest.raises(NotFound):
        service.undo(tx, "nobody")


def test_a_scenario_left_out_is_withdrawn(tx: Tx, tmp_path: Path) -> None:
    hints = SMALL["categories.yaml"].replace("[垃圾桶]", "[小桶]").replace("[路灯]", "[小灯]")
    small = write(tmp_path / "small", categories=hints, messages=None)
    service.install(tx, [SHIPPED, small])
    number, book = incidents.current_rulebook(tx)
    stages = {rule.stage for rule in book.limits if rule.id.startswith("small/")}
    assert all(rule.category.startswith("s") for rule in book.limits if rule.id.startswith("small/"))
    assert len(stages) == 11
    service.install(tx, [SHIPPED])
    assert incidents.current_rulebook(tx)[0] > number
    assert [one.adopted for one in service.versions(tx) if one.scenario == "small"] == [False]
    assert "small" not in incidents.current_rulebook(tx)[1].versions


def test_what_is_exported_is_what_was_installed(tx: Tx, tmp_path: Path) -> None:
    service.install(tx, [SHIPPED])
    service.export(tx, "muck-trucks", tmp_path / "out")
    written = {
        path.relative_to(tmp_path / "out"): path.read_text() for path in (tmp_path / "out").rglob("*.*")
    }
    original = SHIPPED / "muck-trucks"
    assert written == {path.relative_to(original): path.read_text() for path in original.rglob("*.*")}


def test_an_overlay_is_stored_with_its_scenario(tx: Tx, tmp_path: Path) -> None:
    over = {
        "scenario.yaml": "id: here\noverlay: small\nversion: 1.0.0\n",
        "limits.yaml": "limits: [{ id: handle-lamp, limit: 5 工作日 }]\n",
    }
    service.install(tx, [write(tmp_path / "small"), write(tmp_path / "here", over)])
    assert lamp_days(tx) == 5
    assert "overlays/here/limits.yaml" in service.files(tx, "small").files


def test_what_the_checker_refuses_is_not_installed(tx: Tx, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        service.install(tx, [write(tmp_path / "small", duties=None)])
    assert [(one.path.rsplit("/", 1)[-1], one.code) for one in refused.value.fields] == [
        ("duties.yaml:1", "scenarios.finding")
    ]
    assert service.versions(tx) == []


def test_adopting_asks_for_a_permission(city: Database, tmp_path: Path) -> None:
    officer = Actor(kind="person", id=1, name="值班员", permissions=frozenset({"incident.read"}))
    with city.begin(officer) as tx, pytest.raises(Forbidden):
        service.install(tx, [write(tmp_path / "small")])


def test_the_command_prints_findings_and_the_proof(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "small", duties=SMALL["duties.yaml"].replace("sanitation", "dustmen"))
    assert service.check_command([folder]) == 1
    assert f"{folder.as_posix()}/duties.yaml:5: unit.unknown" in capsys.readouterr().err
    assert service.check_command([SHIPPED]) == 0
    assert "80,418" in capsys.readouterr().out
