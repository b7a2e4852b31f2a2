"""From our shapes to those of GeoReport v2, and those to XML. Pure.

Every answer is a list of flat records (service definitions nest); XML and JSON hold the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from chengyun.exchange import leaving
from chengyun.incidents.contracts import Category
from chengyun.incidents.service import Outward, OutwardStep
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError, Invalid, message

UNCLASSIFIED = "other"  # what a report without a category is called here
OCCURRED, HIDDEN = "occurred_at", "hidden"
# Characters that XML 1.0 cannot carry at all, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
STATUS = {401: 403, 422: 400}  # GeoReport knows 403 for a wrong key and 400 for a wrong argument
TEXTS = {
    "services": {"zh": "未分类", "en": "Not classified"},
    "about": {"zh": "尚未确定类别的问题，由受理中心分类。", "en": "Anything else; the centre classifies it."},
    "group": {"zh": "其他", "en": "Other"},
    OCCURRED: {"zh": "发现时间（含时区）", "en": "When it was seen, with its time zone"},
    HIDDEN: {"zh": "对处置单位隐藏反映人", "en": "Keep the reporter from the units that handle it"},
    "yes": {"zh": "是", "en": "Yes"},
    "no": {"zh": "否", "en": "No"},
    "evidence": {"zh": "请附：", "en": "Please add: "},
}


def words(key: str, language: str) -> str:
    """A fixed text in the reader's language."""
    return TEXTS[key]["en" if language == "en" else "zh"]


def service_of(category: Category, language: str) -> dict[str, Any]:
    """One service of the list."""
    english = language == "en"
    return {
        "service_code": category.code,
        "service_name": category.name_en if english else category.name_zh,
        "description": _evidence(category, language),
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(category.hints),
        "group": category.group_en if english else category.group_zh,
    }


def unclassified(language: str) -> dict[str, Any]:
    """The service for whatever nobody has classified."""
    return {
        "service_code": UNCLASSIFIED,
        "service_name": words("services", language),
        "description": words("about", language),
        "metadata": True,
        "type": "realtime",
        "keywords": "",
        "group": words("group", language),
    }


def definition_of(code: str, category: Category | None, language: str) -> dict[str, Any]:
    """The attributes that a request of this service takes, and what is asked for beside them."""
    choice = [{"key": key, "name": words(key, language)} for key in ("yes", "no")]
    attributes = [
        _attribute(OCCURRED, "datetime", 1, words(OCCURRED, language), []),
        _attribute(HIDDEN, "singlevaluelist", 2, words(HIDDEN, language), choice),
    ]
    asked = _evidence(category, language) if category else ""
    if asked:
        attributes.append({**_attribute("evidence", "string", 3, asked, []), "variable": False})
    return {"service_code": code, "attributes": attributes}


def _attribute(
    code: str, datatype: str, order: int, description: str, values: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    return {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": False,
        "datatype_description": "ISO 8601" if datatype == "datetime" else None,
        "order": order,
        "description": description,
        "values": list(values),
    }


def _evidence(category: Category, language: str) -> str:
    """Which photos are asked for; the scenario says it in Chinese."""
    return words("evidence", language) + "、".join(category.evidence) if category.evidence else ""


def request_of(reader: Actor, found: Outward, media_url: str | None, public: bool) -> dict[str, Any]:
    """One service request, as far as it may leave to this reader; `public`: a region has published it."""
    lon, lat = leaving.position(reader, found.lon, found.lat)
    outcome = leaving.text(reader, found.outcome, public=public)
    street = leaving.text(reader, found.address)
    return {
        "service_request_id": found.number,
        "status": "open" if found.open else "closed",
        "status_notes": f"{found.state_name}：{outcome}" if outcome else found.state_name,
        "service_name": found.category_name or words("services", reader.language),
        "service_code": found.category or UNCLASSIFIED,
        "description": leaving.text(reader, found.text, public=public),
        "agency_responsible": found.responsible,
        "service_notice": None,
        "requested_datetime": moment(found.requested),
        "updated_datetime": moment(found.changed),
        "expected_datetime": moment(found.due) if found.due else None,
        "address": f"{found.place} {street}" if street else found.place,
        "address_id": None,
        "zipcode": None,
        "lat": lat,
        "long": lon,
        "media_url": media_url,
    }


def update_of(reader: Actor, number: str, step: OutwardStep) -> dict[str, Any]:
    """One update of a request, our extension."""
    said = leaving.text(reader, step.text)
    return {
        "update_id": f"{number}.{step.seq}",
        "service_request_id": number,
        "status": "open" if step.open else "closed",
        "updated_datetime": moment(step.at),
        "description": f"{step.label}：{said}" if said else step.label,
    }


def moment(at: datetime) -> str:
    """To the second, with the zone."""
    return at.replace(microsecond=0).isoformat()


def errors_of(error: AppError, language: str) -> tuple[int, list[dict[str, Any]]]:
    """The status and the list of errors, one for each wrong argument."""
    status = STATUS.get(error.status, error.status)
    if isinstance(error, Invalid) and error.fields:
        told = [f"{wrong.path}: {message(wrong.code, wrong.params, language)}" for wrong in error.fields]
    else:
        told = [message(error.code, error.params, language)]
    return status, [{"code": status, "description": text} for text in told]


def as_json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()


def as_xml(content: Any, root: str, item: str) -> bytes:
    """A list as `<root><item>…</item></root>`, a single record as `<root>…</root>`."""
    top = Element(root)
    if isinstance(content, list):
        for record in content:
            _fill(SubElement(top, item), record)
    else:
        _fill(top, content)
    written: bytes = tostring(top, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written


def _fill(element: Element, record: Mapping[str, Any]) -> None:
    for name, value in record.items():
        child = SubElement(element, name)
        if isinstance(value, list):
            for inner in value:
                _fill(SubElement(child, name.removesuffix("s")), inner)
        elif value is not None:
            plain = str(value).lower() if isinstance(value, bool) else str(value)
            child.text = _NOT_XML.sub("\ufffd", plain)
