"""Values that a route takes from outside and PostgreSQL can hold: ids, texts. Shared by every feature's routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chengyun.kernel.errors import FieldError, Invalid

MAX_ID = 2**53 - 1  # what every JSON reader holds exactly, and far below a bigint
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


def storable(text: str) -> str:
    """PostgreSQL text holds no NUL, and UTF-8 no half of a surrogate pair, which JSON can carry."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("not storable")
    return text


Text = Annotated[str, AfterValidator(storable)]


class Body(BaseModel):
    """A request's body: an unknown field is an error, since a misspelt one must not be dropped silently."""

    model_config = ConfigDict(extra="forbid")


def box_of(bbox: str) -> tuple[float, float, float, float]:
    """west,south,east,north in degrees. Raises Invalid."""
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise Invalid([FieldError("bbox", "field.invalid")]) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Invalid([FieldError("bbox", "field.invalid")])
    return west, south, east, north
