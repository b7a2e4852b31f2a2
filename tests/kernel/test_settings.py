"""Settings: defaults that work, every wrong key told at once, a page that is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from chengyun.kernel.errors import Invalid, Unavailable, problem, text_of
from chengyun.kernel.settings import Settings, reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_an_empty_environment_works() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert settings.port == 8000
    assert not settings.demo


def test_values_are_read_by_kind() -> None:
    env = {"CHENGYUN_PORT": " 9000 ", "CHENGYUN_DEMO": "Yes", "CHENGYUN_HOME": "~/city", "OTHER": "x"}
    settings = Settings.from_env(env)
    assert (settings.port, settings.demo, settings.home) == (9000, True, Path.home() / "city")


def test_every_wrong_key_is_told_at_once_in_both_languages() -> None:
    env = {
        "CHENGYUN_PORT": "eighty",
        "CHENGYUN_DEMO": "perhaps",
        "CHENGYUN_LANGUAGE": "fr",
        "CHENGYUN_UPLOAD_MAX_MB": "0",
        "CHENGYUN_TLS_CERT": "/a.pem",
    }
    with pytest.raises(Invalid) as refused:
        Settings.from_env(env)
    paths = {wrong.path for wrong in refused.value.fields}
    assert paths == set(env) - {"CHENGYUN_TLS_CERT"} | {"CHENGYUN_TLS_KEY"}
    assert "“eighty”不是整数" in text_of(refused.value, "zh")
    assert "Must be between 1 and 4096" in text_of(refused.value, "en")
    assert len(problem(refused.value, "zh", "/")["fields"]) == 5


def test_children_get_the_same_settings() -> None:
    settings = Settings.from_env(
        {"CHENGYUN_DEMO": "1", "CHENGYUN_PORT": "9000", "CHENGYUN_S3_SECRET_KEY": "s"}
    )
    assert settings.environment() == {
        "CHENGYUN_DEMO": "1",
        "CHENGYUN_PORT": "9000",
        "CHENGYUN_S3_SECRET_KEY": "s",
    }
    assert Settings.from_env(settings.environment()) == settings


def test_secrets_do_not_reach_the_log() -> None:
    env = {"CHENGYUN_DATABASE_URL": "postgresql://a:hidden@b/c", "CHENGYUN_HOST": "0.0.0.0"}
    shown = repr(Settings.from_env(env))
    assert "hidden" not in shown
    assert "0.0.0.0" in shown


def test_a_missing_database_is_told() -> None:
    with pytest.raises(Unavailable) as refused:
        Settings().require_database_url()
    assert "CHENGYUN_DATABASE_URL" in text_of(refused.value, "zh")


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "write it again with settings.reference()"
