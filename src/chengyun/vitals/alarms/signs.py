"""What an alarm may be of: the signs of the catalogue, and what each quantity's anomalies are called."""

from __future__ import annotations

from collections.abc import Mapping

from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.contracts import Kind, Quantity
from chengyun.vitals.catalogue import store as catalogue
from chengyun.vitals.contracts import Input, Sign

UNUSUAL = ".anomaly"  # after the code of a quantity


def known(tx: Tx) -> Mapping[str, Sign]:
    """By code; not to be changed."""
    return {**_unusual(tx), **catalogue.signs_by_code(tx)}


def _unusual(tx: Tx) -> Mapping[str, Sign]:
    def read() -> Mapping[str, Sign]:
        every = ((kind, quantity) for kind in sensing.kinds(tx) for quantity in kind.quantities)
        return {quantity.code + UNUSUAL: _sign(kind, quantity) for kind, quantity in every}

    return remembered(tx, "things", "alarms.unusual", read)


def _sign(kind: Kind, quantity: Quantity) -> Sign:
    """Anomalies of a quantity as far as an alarm needs a sign: no value on the board, no threshold, opens nothing."""
    return Sign(
        quantity.code + UNUSUAL,
        f"{quantity.name_zh}异常",
        f"{quantity.name_en}: not as usual",
        kind.domain,
        quantity.unit,
        f"{kind.name_zh} · 实时读数",
        "",
        Input.DATASTREAMS,
        of=quantity.code,
        lowest="grid",
    )
