"""Where an installation listens: the port that was asked for, else the first that is free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from chengyun.cli import launch
from chengyun.cli.launch import Address, open_port
from chengyun.kernel.errors import Conflict, Unavailable


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield int(server.getsockname()[1])


def test_a_port_that_was_asked_for_and_is_taken_is_refused_by_its_number(taken: int) -> None:
    with pytest.raises(Conflict) as refused:
        open_port("127.0.0.1", taken)
    assert refused.value.code == "cli.port_taken"
    assert refused.value.params == {"port": taken}


def test_without_a_wish_the_next_free_one_is_held_at_once(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "FIRST_PORT", taken)
    port, listener = open_port("127.0.0.1", None)
    with closing(listener):
        assert taken < port < taken + launch.TRIES
        with closing(socket.create_connection(("127.0.0.1", port), 5)):
            pass  # it listens already: nobody else can take it
        with pytest.raises(Conflict):
            open_port("127.0.0.1", port)


def test_a_free_wish_is_granted(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "FIRST_PORT", taken)
    wanted, listener = open_port("127.0.0.1", None)
    listener.close()
    port, again = open_port("127.0.0.1", wanted)
    again.close()
    assert port == wanted


def test_when_all_are_taken_it_says_which(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "FIRST_PORT", taken)
    monkeypatch.setattr(launch, "TRIES", 1)
    with pytest.raises(Conflict) as refused:
        open_port("127.0.0.1", None)
    assert refused.value.params == {"first": taken, "last": taken}


def test_an_address_that_is_not_ours_is_told_apart_from_a_taken_port() -> None:
    with pytest.raises(Unavailable) as refused:
        open_port("192.0.2.1", None)
    assert refused.value.params["host"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("a.b", "a.b")],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, shown: str) -> None:
    with closing(socket.socket()) as listener:
        assert Address(host, 8460, listener, None).url == f"http://{shown}:8460"
