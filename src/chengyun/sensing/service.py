"""The door of sensing: what other features may call."""

from chengyun.sensing import messages  # noqa: F401  registers the texts
from chengyun.sensing.finding import ThingBrief, things_by_ids, things_having, things_of_streams
from chengyun.sensing.history.reading import history
from chengyun.sensing.intake.catalogue import streams
from chengyun.sensing.intake.moments import microseconds, moment
from chengyun.sensing.live.shared import Reader as LatestReader
from chengyun.sensing.live.shared import Shared as Latest
from chengyun.sensing.placing import Spot, Spots, silent, spots, spots_by_ids
from chengyun.sensing.registry.contracts import NewThing
from chengyun.sensing.registry.importing import add_things
from chengyun.sensing.registry.kinds import install_kinds, kinds
from chengyun.sensing.registry.reading import listed as things
from chengyun.sensing.registry.reading import thing
from chengyun.sensing.registry.reorganise import register
from chengyun.sensing.registry.secrets import broker_passwords
from chengyun.sensing.registry.writing import create, edit, edit_stream, issue_secret, set_active

__all__ = [
    "Latest", "LatestReader", "NewThing", "Spot", "Spots", "ThingBrief", "add_things", "broker_passwords", "create", "edit", "edit_stream", "history", "install_kinds", "issue_secret", "kinds",
    "microseconds", "moment", "register", "set_active", "silent", "spots", "spots_by_ids", "streams", "thing", "things", "things_by_ids", "things_having", "things_of_streams",
]  # fmt: skip
