"""The application on the small city with the shipped scenarios, and therefore with the shipped catalogue."""

from __future__ import annotations

from tests.web.conftest import hub

__all__ = ["hub"]
