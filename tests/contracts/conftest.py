"""Fixtures of the contract tests: the cast's database behind a real server, once per worker."""

from __future__ import annotations

from tests.web.conftest import cast_hub, register

__all__ = ["cast_hub", "register"]
