"""What jobs, sweepers and loops exist. Features fill the registry when they are imported."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from chengyun.kernel.contracts import Actor
from chengyun.kernel.transactions import Database, Tx

MAX_BACKOFF = 300.0  # seconds
DEFAULT_ATTEMPTS = 8
URGENT = "urgent"  # the queue of what waits behind nothing else: every worker has a thread for it alone
Id = int | str
F = TypeVar("F", bound=Callable[..., None])
S = TypeVar("S", bound=Callable[[Tx], None])
L = TypeVar("L", bound=Callable[[Database, threading.Event], None])


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs later in its own transaction. `attempts` counts the first one."""

    name: str
    queue: str
    attempts: int
    run: Callable[..., None]


@dataclass(frozen=True, slots=True)
class Sweeper:
    """A function that runs every `every` seconds of real time, one run at a time in the whole installation."""

    name: str
    every: float
    run: Callable[[Tx], None]


@dataclass(frozen=True, slots=True)
class Loop:
    """A function that runs in every worker until it is asked to stop, and opens its own short transactions."""

    name: str
    run: Callable[[Database, threading.Event], None]


@dataclass(frozen=True, slots=True)
class ActorRef:
    """An actor as ids, as a job carries it. `system` is the policy's name for kind "system"."""

    kind: str
    id: int | None = None
    post: int | None = None
    system: str | None = None

    @classmethod
    def of(cls, actor: Actor) -> ActorRef:
        return cls(actor.kind, actor.id, actor.post, actor.system)

    @classmethod
    def parse(cls, stored: Mapping[str, object]) -> ActorRef:
        number, post, system = stored.get("id"), stored.get("post"), stored.get("system")
        return cls(
            str(stored["kind"]),
            number if isinstance(number, int) else None,
            post if isinstance(post, int) else None,
            system if isinstance(system, str) else None,
        )

    def as_json(self) -> dict[str, object]:
        return {"kind": self.kind, "id": self.id, "post": self.post, "system": self.system}


Resolver = Callable[[Database, ActorRef], Actor]


@dataclass(frozen=True, slots=True)
class Running:
    """The job that runs now: which one, who deferred it, which attempt (from 1)."""

    id: int
    name: str
    asked_by: ActorRef
    attempt: int


running_job: ContextVar[Running | None] = ContextVar("running_job", default=None)

_jobs: dict[str, Job] = {}
_sweepers: dict[str, Sweeper] = {}
_loops: dict[str, Loop] = {}
_resolver: list[Resolver] = []


def backoff(failed: int) -> float:
    """Seconds to wait after `failed` failed attempts: 1, 2, 4 … at most five minutes."""
    return min(2.0 ** (failed - 1), MAX_BACKOFF)


class UnknownJob(LookupError):
    """A job's name that no feature of this process has registered."""


def job(name: str, queue: str = "default", attempts: int = DEFAULT_ATTEMPTS) -> Callable[[F], F]:
    """Register `def f(tx, **ids)`; it runs as the system actor `name` unless an actor was deferred with it."""

    def register(function: F) -> F:
        _free(name, function)
        _jobs[name] = Job(name, queue, attempts, function)
        return function

    return register


def periodic(name: str, every: float) -> Callable[[S], S]:
    """Register `def f(tx)` to run every `every` seconds of real time as the system actor `name`."""

    def register(function: S) -> S:
        if every <= 0:
            raise ValueError(f"{name}: every {every} seconds")
        _free(name, function)
        _sweepers[name] = Sweeper(name, every, function)
        return function

    return register


def loop(name: str) -> Callable[[L], L]:
    """Register `def f(db, stop)` to run in every worker: for work that waits for the outside world, which must
    hold no transaction meanwhile. It returns when `stop` is set; one that fails is begun again.
    """

    def register(function: L) -> L:
        _free(name, function)
        _loops[name] = Loop(name, function)
        return function

    return register


def resolve_actors_with(resolver: Resolver) -> None:
    """`identity` says here how ids become an actor as of now; a post that ended gives no rights any more."""
    _resolver[:] = [resolver]


def resolve_actor(db: Database, ref: ActorRef) -> Actor:
    if not _resolver:
        raise RuntimeError("nobody has said how a job's actor is resolved (resolve_actors_with)")
    return _resolver[0](db, ref)


def find_job(name: str) -> Job:
    """Raises UnknownJob."""
    found = _jobs.get(name)
    if found is None:
        raise UnknownJob(name)
    return found


def sweepers() -> list[Sweeper]:
    """Every sweeper of this process, by name."""
    return sorted(_sweepers.values(), key=lambda sweeper: sweeper.name)


def loops() -> list[Loop]:
    """Every loop of this process, by name."""
    return sorted(_loops.values(), key=lambda found: found.name)


def registered() -> list[str]:
    """Names of all jobs, sweepers and loops."""
    return sorted({*_jobs, *_sweepers, *_loops})


def _free(name: str, function: Callable[..., None]) -> None:
    """A name belongs to one function; a module that is loaded again registers the same one again."""
    taken = _jobs.get(name) or _sweepers.get(name) or _loops.get(name)
    if taken is not None and _place(taken.run) != _place(function):
        raise ValueError(f"{name} is already registered by {taken.run.__module__}")


def _place(function: Callable[..., None]) -> tuple[str, str]:
    return function.__module__, function.__qualname__
