"""The door of sensing: what other features may call."""

from chengyun.sensing import messages  # noqa: F401  registers the texts
from chengyun.sensing.registry.importing import add_things
from chengyun.sensing.registry.kinds import install_kinds, kinds
from chengyun.sensing.registry.reading import listed as things
from chengyun.sensing.registry.reading import thing
from chengyun.sensing.registry.reorganise import register
from chengyun.sensing.registry.writing import create, edit, edit_stream, issue_secret, set_active

__all__ = [
    "add_things",
    "create",
    "edit",
    "edit_stream",
    "install_kinds",
    "issue_secret",
    "kinds",
    "register",
    "set_active",
    "thing",
    "things",
]
