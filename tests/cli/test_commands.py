"""Every command of a real installation: what it does, what it refuses, and in which words."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from chengyun.cli import inside
from chengyun.kernel import audit, migrations
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from tests.cli.commanding import PASSWORD, Command, at, refused
from tests.support import Cluster, Links

DISTRICTS = "name,code,city\n东区,990101,新市\n西区,990102,新市\n"
TOWNS = "name,code,parent\n东一街道,990101001,990101\n西一街道,990102001,990102\n"
VILLAGES = """name,code,parent,wkt
东一社区,990101001001,990101001,"POLYGON((106.5 29.5,106.52 29.5,106.52 29.52,106.5 29.52,106.5 29.5))"
西一社区,990102001001,990102001,"POLYGON((106.48 29.5,106.5 29.5,106.5 29.52,106.48 29.52,106.48 29.5))"
"""
MOVE = """schema: 1
label: 石龙镇划转
effective: 2024-01-01
create: []
merge: []
move:
  - {to: 巴南区, towns: [{code: "%s", name: 石龙镇}]}
rename: []
expect:
  - {region: 巴南区, towns: 4}
"""


@pytest.fixture
def chengyun(
    links: Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Command lines on a migrated, empty database."""
    return at(links, tmp_path, monkeypatch, capsys)


@pytest.fixture
def in_city(
    city: Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Command lines on the small city with units."""
    return at(city, tmp_path, monkeypatch, capsys)


def test_a_new_installation_from_files(chengyun: Command, tmp_path: Path) -> None:
    assert refused(chengyun("user", "bootstrap", "admin", "--name", "甲", "--password", PASSWORD), "import")
    for level, text in (("district", DISTRICTS), ("town", TOWNS), ("village", VILLAGES)):
        file = tmp_path / f"{level}.csv"
        file.write_text(text, encoding="utf-8")
        tried = chengyun("territory", "import", file, "--level", level, "--dry-run")
        assert (tried.code, "nothing was written" in tried.out) == (0, True)
        done = chengyun("territory", "import", file, "--level", level)
        assert done.code == 0
        assert "units made" in done.out
    assert chengyun("territory", "check").code == 0
    installed = chengyun("scenario", "install", "scenarios/city-management", "scenarios/muck-trucks")
    assert (installed.code, len(installed.out.splitlines())) == (0, 2)
    assert chengyun("user", "bootstrap", "admin", "--name", "甲", "--password", PASSWORD).code == 0
    again = chengyun("user", "bootstrap", "admin2", "--name", "乙", "--password", PASSWORD)
    assert refused(again, "administrator already")


def test_a_rejected_row_is_named_and_nothing_is_written(chengyun: Command, tmp_path: Path) -> None:
    file = tmp_path / "districts.csv"
    file.write_text("name,code,city\n东区,990101,新市\n,990102,新市\n", encoding="utf-8")
    done = chengyun("territory", "import", file, "--level", "district")
    assert done.code == 1
    assert "REJECTED" in done.out
    assert "nothing was written" in done.out
    assert refused(chengyun("territory", "import", file, "--level", "county"), "county")


def test_people_and_their_posts(in_city: Command) -> None:
    common = ["--name", "李娜", "--password", PASSWORD]
    made = in_city("user", "create", "li.na", *common, "--role", "district-duty", "--region", "九龙坡区")
    assert (made.code, made.out.strip()) == (0, "li.na: 区县值班员，九龙坡区城市运行治理中心")
    given = in_city(
        "user", "posts", "li.na", "--give", "department", "--region", "500107", "--unit", "housing"
    )
    assert given.code == 0
    lines = given.out.splitlines()
    assert len(lines) == 3
    ended = in_city("user", "posts", "LI.NA", "--end", lines[1].split()[0])
    assert len(ended.out.splitlines()) == 2
    assert "九龙坡区住房" in ended.out


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"--role": "king"}, "city-duty"),
        ({"--region": "北区"}, "北区"),
        ({"--region": "石龙镇", "--role": "town-duty"}, "500154"),  # two of them: their codes are told
        ({"--role": "department"}, "housing"),
        ({"--role": "department", "--unit": "navy"}, "housing"),
        ({"--password": "short"}, "8"),
    ],
)
def test_a_person_that_cannot_be_made(in_city: Command, change: dict[str, str], word: str) -> None:
    given = {"--name": "李娜", "--role": "district-duty", "--region": "九龙坡区", "--password": PASSWORD}
    options = [part for pair in {**given, **change}.items() for part in pair]
    assert refused(in_city("user", "create", "li.na", *options), word)
    assert refused(in_city("user", "posts", "li.na"), "li.na")  # nothing is left of it


def hotline(in_city: Command) -> None:
    """Somebody of the city's hotline, `a.b`."""
    account = ("--name", "甲", "--role", "hotline", "--region", "重庆市", "--password", PASSWORD)
    in_city("user", "create", "a.b", *account)


def test_posts_that_do_not_fit_are_refused(in_city: Command) -> None:
    hotline(in_city)
    assert refused(in_city("user", "posts", "a.b", "--end", "999999"))
    assert refused(in_city("user", "posts", "a.b", "--give", "duty-chief"), "--region")


def test_a_reorganisation_is_listed_first_and_done_on_demand(
    in_city: Command, city: Links, tmp_path: Path
) -> None:
    with psycopg.connect(city.owner_url) as connection:
        query = "SELECT key FROM territory_region WHERE name = '石龙镇' AND code LIKE '500107%'"
        (key,) = connection.execute(query).fetchone() or ("",)
    file = tmp_path / "move.yaml"
    file.write_text(MOVE % key, encoding="utf-8")
    listed = in_city("territory", "reorganise", file)
    assert listed.code == 0
    assert "石龙镇: 九龙坡区 → 巴南区" in listed.out
    assert "nothing changed" in listed.out
    assert "石龙镇: 九龙坡区 → 巴南区" in in_city("territory", "reorganise", file).out  # still to be done
    assert in_city("territory", "reorganise", file, "--apply").code == 0
    assert in_city("territory", "check").code == 0
    assert "石龙镇: 九龙坡区 → 巴南区" not in in_city("territory", "reorganise", file).out


def test_scenarios_are_checked_without_a_database(
    monkeypatch: pytest.MonkeyPatch, chengyun: Command, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHENGYUN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert chengyun("scenario", "check").code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "scenario.yaml").write_text("schema: 1\n", encoding="utf-8")
    wrong = chengyun("scenario", "check", tmp_path / "mine")
    assert wrong.code == 1
    assert "scenario.yaml:1" in wrong.err


def test_a_calendar_of_another_year(chengyun: Command, tmp_path: Path) -> None:
    file = tmp_path / "2031.csv"
    file.write_text("day,kind,name\n2031-01-01,holiday,元旦\n2031-10-01,holiday,国庆节\n", encoding="utf-8")
    done = chengyun("calendar", "import", file)
    assert (done.code, done.out.split(":")[0]) == (0, "2031")
    file.write_text("day,kind,name\n2031-01-01,feast,元旦\n", encoding="utf-8")
    assert refused(chengyun("calendar", "import", file))


def test_the_audit_trail_travels_and_shows_every_touch(
    chengyun: Command, links: Links, tmp_path: Path, owner_conn: psycopg.Connection[tuple[object, ...]]
) -> None:
    database = Database(links.app_url)
    for number in range(3):
        with database.begin(system_actor("seed")) as tx:
            audit.record(tx, "test.act", ("thing", number))
    assert "not sealed yet 未封存 3" in chengyun("audit", "verify").out
    with database.begin(system_actor("kernel.audit_seal")) as tx:
        audit.seal_all(tx)
    database.dispose()
    whole = chengyun("audit", "verify")
    assert whole.code == 0
    head = whole.out.splitlines()[1].removeprefix("head ").split()[0]
    file = tmp_path / "audit.jsonl"
    assert "3 rows" in chengyun("audit", "export", file).out
    assert chengyun("audit", "verify", file, "--head", head).code == 0
    file.write_text(file.read_text("utf-8").replace("test.act", "test.fact", 1), encoding="utf-8")
    touched = chengyun("audit", "verify", file)
    assert (touched.code, "seq 1, changed" in touched.out) == (1, True)
    assert refused(chengyun("audit", "verify", "--head", "17"), "--head")
    assert list(tmp_path.glob("*.part")) == []


def test_a_failed_export_leaves_the_old_one(
    chengyun: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_text("old\n", encoding="utf-8")
    monkeypatch.setenv("CHENGYUN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert refused(chengyun("audit", "export", file))
    assert file.read_text("utf-8") == "old\n"
    assert list(tmp_path.glob("*.part")) == []


def test_migrate_says_what_it_did(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster.fresh("template1") as links:
        chengyun = at(links, tmp_path, monkeypatch, capsys)
        for line in (["user", "posts", "a"], ["territory", "check"], ["audit", "verify"], ["up"]):
            assert refused(chengyun(*line), "chengyun migrate")
        assert chengyun("migrate").out == f"∅ → {migrations.head()}\n"
        assert "up to date" in chengyun("migrate").out
        with psycopg.connect(links.owner_url) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        for line in (["migrate"], ["user", "posts", "a"], ["up"]):
            assert refused(chengyun(*line), "9999", "newer")


def test_files_that_are_not_text_or_not_there(chengyun: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"\xff\xfe\x00")
    for line in (["audit", "verify"], ["territory", "reorganise"], ["calendar", "import"]):
        assert refused(chengyun(*line, bad), "bad")
        assert refused(chengyun(*line, tmp_path / "absent"), "absent")


def test_a_mistake_of_ours_is_one_line_and_a_file(
    chengyun: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_name: str) -> object:
        raise ZeroDivisionError("at the far end")

    monkeypatch.setattr(
        inside, "Settings", type("Broken", (), {"from_env": staticmethod(lambda: broken(""))})
    )
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = chengyun("doctor")
    assert refused(said, "ZeroDivisionError")
    (file,) = tmp_path.glob("chengyun-crash-*")
    assert "at the far end" in file.read_text("utf-8")


def test_what_cannot_be_understood_names_the_help(chengyun: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(chengyun("territory", "fly"), "chengyun territory --help")
    assert refused(chengyun("user", "create"), "chengyun user create --help")
    assert chengyun("user").code == 2
    monkeypatch.setenv("CHENGYUN_PORT", "many")
    assert refused(chengyun("doctor"), "CHENGYUN_PORT")


def test_a_database_that_is_away_is_said(chengyun: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHENGYUN_DATABASE_URL", "CHENGYUN_OWNER_DATABASE_URL"):
        monkeypatch.setenv(name, "postgresql://nobody@127.0.0.1:1/none")
    for line in (["migrate"], ["doctor"], ["up"], ["user", "posts", "a"]):
        assert refused(chengyun(*line), "out of reach")


def test_demo_and_real_data_never_meet(
    in_city: Command, city: Links, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = ["--role", "hotline", "--region", "重庆市", "--password", PASSWORD]
    assert in_city("user", "create", "a.b", "--name", "甲", *options).code == 0
    assert refused(in_city("demo"), "real installation")
    with psycopg.connect(city.owner_url) as connection:
        assert connection.execute("SELECT demo FROM identity_mode").fetchone() == (False,)
    monkeypatch.setenv("CHENGYUN_DEMO", "1")
    assert refused(in_city("migrate"), "real installation")


def test_up_refuses_demo_accounts(
    cluster: Cluster,
    peopled_city: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CHENGYUN_DEMO", "1")  # a real installation has no such switch
    with cluster.fresh(peopled_city) as links:
        assert refused(at(links, tmp_path, monkeypatch, capsys)("up"), "demo accounts")
        monkeypatch.setenv("CHENGYUN_DEMO", "1")
        assert refused(at(links, tmp_path, monkeypatch, capsys)("up"), "demo accounts")


def test_the_last_word_of_a_city_is_kept(in_city: Command, city: Links) -> None:
    """Commands leave an audit row each, under the system's own name."""
    hotline(in_city)
    engine = sa.create_engine(city.owner_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT set_config('chengyun.system', 'audit', true)"))
        rows = connection.execute(sa.text("SELECT action, actor_kind FROM kernel_audit ORDER BY id")).all()
    engine.dispose()
    assert [tuple(row) for row in rows][-2:] == [("person.created", "system"), ("post.given", "system")]
