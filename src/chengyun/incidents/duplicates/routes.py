"""HTTP of duplicates: what may be the same matter, for those on duty and for neighbours, and what a merge would do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from chengyun.identity.routing import Caller, Db, From, Keys
from chengyun.incidents.bodies import Body, Latitude, Long, Longitude, Short
from chengyun.incidents.duplicates import finding, offers
from chengyun.incidents.duplicates.finding import Match, Wanted
from chengyun.incidents.duplicates.offers import Offer
from chengyun.incidents.duplicates.preview import MergePreview, preview
from chengyun.incidents.intake import abuse, taking
from chengyun.kernel.fields import Id, Text

router = APIRouter(prefix="/api/incidents", tags=["incidents"])


class OfferBody(Body):
    """What somebody is about to report."""

    lon: Longitude
    lat: Latitude
    text: Long = ""
    category: Short | None = None
    address: Short = ""


@router.get("/similar")
def read_similar(
    actor: Caller,
    db: Db,
    lon: Longitude,
    lat: Latitude,
    category: Short | None = None,
    text: Annotated[Text, Query(max_length=4000)] = "",
    address: Short = "",
) -> list[Match]:
    """Open incidents around a place that may be the same matter, likeliest first, each with its reasons."""
    actor.require("incident.read")
    with db.begin(actor) as tx:
        return finding.matches(tx, Wanted(lon, lat, tx.now, category or None, text, address))


@router.post("/offers")
def offer(body: OfferBody, actor: Caller, db: Db, keys: Keys, origin: From) -> list[Offer]:
    """Before sending: what neighbours have reported already and one may follow instead. No words, no names."""
    actor.require("incident.report")
    source = keys.digest("report source", origin.address)
    with db.begin(actor) as tx:
        abuse.admit_question(tx, source)
        category = taking.category_guess(tx, body.category, body.text)
        wanted = Wanted(body.lon, body.lat, tx.now, category, body.text, body.address)
        with tx.under(taking.POLICY):
            return offers.offers(tx, wanted, keys)


@router.get("/{incident_id}/merge-preview")
def read_merge_preview(
    incident_id: Annotated[Id, Path()], into: Annotated[Id, Query()], actor: Caller, db: Db
) -> MergePreview:
    """What merging it into another one would do, or why it cannot be done."""
    actor.require("incident.merge")
    with db.begin(actor) as tx:
        return preview(tx, incident_id, into)
