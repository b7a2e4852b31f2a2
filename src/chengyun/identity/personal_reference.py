"""The text of docs/reference/personal-data.md, from the file of purposes and what was measured."""

from __future__ import annotations

from collections.abc import Mapping

from chengyun.identity.purposes import Purpose, purposes

_HEAD = """# Personal data: what is kept, why, how long – and what leaves a case

Written by `chengyun.identity.personal_reference.reference()` from `src/chengyun/identity/data/purposes.yaml`; a test keeps it current.

| 数据 | 存放处 | 目的 | 依据 | 期限 | 到期后 | 由谁执行 |
|---|---|---|---|---|---|---|"""
_SINCE = {"ended": "结束后", "uploaded": "上传后", "created": "产生后", "request": "申请时"}
_THEN = {"erase": "清空", "mask": "遮盖", "delete": "删除", "keep": "保留"}
_BODY = """
A resident who signed in asks for erasure with `POST /api/incidents/mine/erase`; for everybody else an officer with the permission
`personal.erase` does it with a reason (`POST /api/incidents/reports/{id}/erase`). What is still open is erased as soon as it has ended. Both are
audited. [0012](../decisions/0012-personal-data-in-history.md) says what becomes of the history.

## What leaves a case, masked
Whoever handles an incident (permission `personal.read`) reads it as it was written. Everything else passes `identity.service.masked(text)` or, where
it depends on the reader, `identity.service.shown(actor, text)` (`shown_within` for JSON): tracking pages and the messages on them, walls, tokens of other
systems, auditors, hot topics, logs, audit details, signed handovers, and the texts of published requests (Open311 without a key, webhooks of who may not
read incidents), those with house numbers too. Addresses and notes of officers do not leave to the public at all. Live events carry no text. A new export,
webhook or public page calls the same functions; `tests/exchange/test_leaving.py` plants a person in reports and walks every page. Who reads texts masked
searches by number only, and gets photos as an officer has blurred them: the original and its thumbnail are for those who deal with the incident and
hold `personal.read`, and for whoever uploaded it. A look at an original that was blurred is audited (`attachment.original_read`).

## What the detector finds in texts
Measured on the labelled sentences of `tests/identity/personal_labelled.py`, which were written by hand for this purpose by the author of the rules; and
adjusted to where they failed (recall before: 0.86); on other texts expect less. A find counts where start, end and kind are right.

| kind | precision | recall | n |
|---|---|---|---|"""
_MISSED = """
It misses: names without a cue beside them ("和郑大海都看到了"), nicknames ("小刘", "老蒋"), rare surnames, names in other scripts, numbers with signs
between them that nobody types, and descriptions of a person. House numbers are masked only where asked for (`houses=True`): an incident needs its
place.

## What is proposed in photos
An officer decides what the public may see of a photo; the dialog comes with proposed boxes, nothing is hidden or published by itself. Plates are
looked for by colour and proportion (blue, green, yellow). It was tried on drawn pictures only: plates that are white or black, tilted by more than
some 20°, dirty, at night, cut off or smaller than 24 pixels of a picture scaled to 960 are missed, and blue signs of the same shape are proposed.
Faces are looked for by the cascades of OpenCV (frontal and profile), when the dialog opens, not at upload. They miss faces that are turned away, covered
(dark glasses, masks), in bad light, or smaller than 28 pixels of a picture scaled to 960, and propose other things at times. They were tried on two people
(one also mirrored and darker: found each time) and on 24 pictures without any (one false box); their share of finds on photos of a city is not known, and the dialog says what to look for.
Where the file of YuNet (`CHENGYUN_FACE_MODEL`) is there, that detector looks instead; with a real file it was never run here. Clips are not searched and have no public version.
"""


def reference(measured: Mapping[str, tuple[float, float, int]]) -> str:
    """`measured`: kind → precision, recall, number."""
    rows = [_row(one) for one in purposes()]
    shares = [
        f"| {kind} | {precision:.2f} | {recall:.2f} | {number} |"
        for kind, (precision, recall, number) in sorted(
            measured.items(), key=lambda item: (item[0] == "all", item[0])
        )
    ]
    return "\n".join([_HEAD, *rows, _BODY, *shares, _MISSED])


def _row(one: Purpose) -> str:
    period = _SINCE[one.since] + (f" {one.days} 天" if one.days is not None else "")
    what = f"{one.zh}<br>{one.en}"
    why = f"{one.purpose_zh}<br>{one.purpose_en}"
    ground = f"{one.legal_zh}<br>{one.legal_en}"
    return f"| {what} | {one.where} | {why} | {ground} | {period} | {_THEN[one.then]} | `{one.by}` |"
