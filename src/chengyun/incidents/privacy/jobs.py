"""Personal data goes when its purpose has ended, without anybody asking."""

from __future__ import annotations

from chengyun.identity.service import open_vault
from chengyun.incidents.privacy.requests import erase_due
from chengyun.kernel.jobs import periodic
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx

TEN_MINUTES = 600.0


@periodic("incidents.privacy", every=TEN_MINUTES)
def erase_what_is_due(tx: Tx) -> None:
    """A batch per run: a backlog is worked off over several."""
    erase_due(tx, open_vault(Settings.from_env()))
