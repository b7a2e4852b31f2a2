"""The demo's own broker: it asks for the password, and gateways speak to it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from chengyun.cli.demo import broker
from chengyun.cli.demo.feeling.gateways import Gateways
from chengyun.kernel.settings import Settings
from tests.web.support import until


def test_gateways_reach_the_demos_broker_with_its_password_alone(tmp_path: Path) -> None:
    settings, child = broker.own_broker(Settings(home=tmp_path))
    assert child is not None
    assert settings.mqtt_password not in (tmp_path / "broker" / "passwords").read_text()
    child.start(os.environ)
    try:
        gateways = Gateways(settings)
        until(lambda: gateways.open)
        gateways.send("GW-1", b"x")
        assert not Gateways(replace(settings, mqtt_password="own")).open
        assert gateways.open
    finally:
        child.stop()
    until(lambda: not gateways.open)


def test_without_mosquitto_or_with_a_broker_of_ones_own_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = Settings(home=tmp_path, mqtt_url="mqtt://elsewhere")
    assert broker.own_broker(named) == (named, None)
    monkeypatch.setattr(broker.shutil, "which", lambda *_args, **_more: None)
    plain = Settings(home=tmp_path)
    assert broker.own_broker(plain) == (plain, None)
