"""Who acts: the one value that every service function receives with its transaction."""

from __future__ import annotations

from dataclasses import dataclass

from chengyun.kernel.errors import Forbidden

ACTOR_KINDS = ("person", "resident", "token", "anonymous", "system")
ALL_PERMISSIONS = "*"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone (or a named part of the system) who acts, in one capacity.

    `scopes` are ids of regions and of a unit; a protected row is visible when its `readers` overlap them.
    `system` names a system policy and is set only when `kind` is "system".
    """

    kind: str
    id: int | None
    name: str
    permissions: frozenset[str] = frozenset()
    scopes: tuple[int, ...] = ()
    post: int | None = None
    home: int | None = None
    unit: int | None = None
    system: str | None = None
    language: str = "zh"

    def __post_init__(self) -> None:
        if self.kind not in ACTOR_KINDS:
            raise ValueError(f"unknown kind of actor: {self.kind!r}")
        if (self.kind == "system") != (self.system is not None):
            raise ValueError("a system policy belongs to system actors, and only to them")

    def may(self, permission: str) -> bool:
        """Whether this actor holds `permission` (or all of them, as system actors do)."""
        return permission in self.permissions or ALL_PERMISSIONS in self.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden("kernel.forbidden") unless the actor holds `permission`."""
        if not self.may(permission):
            raise Forbidden("kernel.forbidden", permission=permission)


def system_actor(name: str) -> Actor:
    """A part of the system acting under the system policy `name`; what it sees is up to the policies."""
    return Actor(kind="system", id=None, name=name, permissions=frozenset({ALL_PERMISSIONS}), system=name)
