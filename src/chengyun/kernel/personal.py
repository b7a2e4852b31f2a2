"""Personal data in free text, Chinese and English: found with a reason, masked in its own shape. Pure.

    masked("我叫王小明，电话138 1234 0001，车牌渝A12345")
    → "我叫王**，电话138 **** 0001，车牌渝A***45"

It finds what has a form (numbers of phones, identity cards, bank cards, plates; addresses of e-mail) and names that
stand beside a cue. A name without any cue is not found, nor is a description ("the woman on the third floor"): the
measured shares stand in docs/reference/personal-data.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chengyun.kernel.personal_names import names


class Kind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    IDENTITY = "identity"
    BANK = "bank"
    PLATE = "plate"
    EMAIL = "email"
    NAME = "name"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] is personal; `reason` says by what it was recognised (a word of code, not for screens)."""

    start: int
    end: int
    kind: Kind
    reason: str


Found = Iterator[Span]
# One sign for one sign, so that places stay: full width, ideographic space, the dashes and dots of typing.
_PLAIN = {0xFF01 + n: 0x21 + n for n in range(94)} | dict.fromkeys(map(ord, "　\u00a0\u2002\u2003"), " ")
_PLAIN |= dict.fromkeys(map(ord, "‐‑‒–—−"), "-") | dict.fromkeys(map(ord, "•・∙"), "·")
_CHINESE = {
    **dict(zip("零〇○一二三四五六七八九", "000123456789", strict=True)),
    "幺": "1",
    "两": "2",
    "壹": "1",
}
_CHINESE |= dict(zip("贰叁肆伍陆柒捌玖", "23456789", strict=True))
_NUMERALS = "".join(_CHINESE)
_GAP = r"[ \-·.]{1,2}"

_MOBILE = re.compile(
    rf"(?<![\d])(?<!\d\.)(?:(?:\+|00)?86[ \-]?)?"
    rf"(?:1[3-9]\d{{9}}|1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|1[3-9]\d\d{_GAP}\d{{3}}{_GAP}\d{{4}}|1(?: [3-9])(?: \d){{9}})"
    r"(?![\dA-Za-z])(?!\.\d)(?!\s?(?:[万亿]?元|块钱|立方|平方|吨))"
)
_SPOKEN = re.compile(
    rf"(?<![\d{_NUMERALS}])(?=\d{{0,10}}[{_NUMERALS}])[一幺壹1][三四五六七八九叁肆伍陆柒捌玖3-9][\d{_NUMERALS}]{{9}}(?![\d{_NUMERALS}])"
)
_BEFORE_NUMBER = frozenset(("", "tel", "phone", "mob", "mobile", "call", "v", "vx", "wx", "wechat", "weixin"))
_AREA = r"0(?:10|2\d|[3-9]\d\d)"
_LANDLINE = re.compile(
    rf"(?<![\d.])(?<!\d-)(?:\({_AREA}\) ?|{_AREA}[ \-]{{1,2}}|{_AREA})[2-8]\d{{2,3}}[ \-]?\d{{4}}(?:-\d{{1,4}})?(?![\d.]\d|\d)"
)
_LOCAL = re.compile(
    r"(?:电话|座机|固话|[Tt]el(?:ephone)?|[Pp]hone)[\s:号码是为.]{0,6}([2-8]\d{2,3}[ \-]?\d{4})(?!\d)"
)
_ID18 = re.compile(
    r"(?<![0-9A-Za-z.])[1-8]\d{5}[ \-]?(?:18|19|20)\d{2}[ \-]?(?:0[1-9]|1[0-2])[ \-]?(?:0[1-9]|[12]\d|3[01])[ \-]?"
    r"\d{3}[\dXx](?![0-9A-Za-z])"
)
_ID15 = re.compile(
    r"(?<![0-9A-Za-z.])[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z.])"
)
_ID_CUE = re.compile(r"(?:身份证|证件|ID (?:card|number|no))[^\d]{0,8}$", re.IGNORECASE)
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
    ]
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BANK = re.compile(
    r"(?<![0-9A-Za-z.\-])[2-6]\d{3}(?:([ \-]?)\d{4}(?:\1\d{4}){2}(?:\1?\d{1,3})?)(?![0-9A-Za-z]|\.\d)"
)
_BANK_CUE = re.compile(
    r"(?:银行卡|卡号|账号|账户|储蓄卡|信用卡|[工农中建交招]行|card|account)[^\d]{0,10}$", re.IGNORECASE
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][ ·.\-]?"
    r"(?:[DFdf][A-HJ-NP-Za-hj-np-z0-9]\d{4}|\d{5}[DFdf]|[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳使领])"
    r"(?![0-9A-Za-z])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_HOUSE = re.compile(
    r"\d{1,3}(?:号楼|栋|幢|座)(?:\d{1,2}单元)?\d{0,4}(?:室|号|房)?|\d{1,2}单元\d{1,4}(?:室|号|房)?|\d{1,3}-\d{1,2}-\d{2,4}(?!\d)"
)


def find(text: str, *, houses: bool = False) -> list[Span]:
    """What is personal in a text, in its order, without overlaps; `houses`: also numbers of flats."""
    plain = text.translate(_PLAIN)
    taken: list[Span] = []
    for detect in (*_DETECTORS, *([_houses] if houses else [])):
        for span in detect(plain):
            if all(span.end <= other.start or span.start >= other.end for other in taken):
                taken.append(span)
    return sorted(taken, key=lambda span: span.start)


def mask(text: str, spans: Sequence[Span]) -> str:
    """The text with each span masked in its own shape: same length, and what separates stays."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], _SHAPES[span.kind](text[span.start : span.end])]
        at = span.end
    return "".join([*parts, text[at:]])


def masked(text: str, *, houses: bool = False) -> str:
    """The text as it may leave the case."""
    return mask(text, find(text, houses=houses))


# --- what has a form -----------------------------------------------------------------------------------------


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _emails(text: str) -> Found:
    return (Span(*one.span(), Kind.EMAIL, "form") for one in _EMAIL.finditer(text))


def _identities(text: str) -> Found:
    """18 signs with the right check sign, or 15 of a real province and day; after a cue a slip is forgiven."""
    for one in _ID18.finditer(text):
        number = re.sub(r"[ \-]", "", one.group())
        if number[:2] in _PROVINCES and _checked(number):
            yield Span(*one.span(), Kind.IDENTITY, "checksum")
        elif _ID_CUE.search(text[: one.start()]):
            yield Span(*one.span(), Kind.IDENTITY, "cue")
    for one in _ID15.finditer(text):
        if one.group()[:2] in _PROVINCES:
            yield Span(*one.span(), Kind.IDENTITY, "form")


def _checked(number: str) -> bool:
    total = sum(int(sign) * weight for sign, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def _banks(text: str) -> Found:
    """Luhn's check holds for one number in ten, so that it needs grouping, a cue or the prefix of Chinese cards."""
    for one in _BANK.finditer(text):
        number = _digits(one.group())
        if len(number) in range(16, 20) and _luhn(number):
            cue = _BANK_CUE.search(text[: one.start()])
            if one.group(1) or cue or number.startswith("62"):
                yield Span(*one.span(), Kind.BANK, "luhn")


def _luhn(number: str) -> bool:
    doubled = (int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _mobiles(text: str) -> Found:
    for one in _MOBILE.finditer(text):
        letters = re.search(r"[A-Za-z]*$", text[: one.start()])
        if letters is None or letters.group().lower() in _BEFORE_NUMBER:
            yield Span(*one.span(), Kind.MOBILE, "form")
    for one in _SPOKEN.finditer(text):
        yield Span(*one.span(), Kind.MOBILE, "numerals")


def _landlines(text: str) -> Found:
    for one in _LANDLINE.finditer(text):
        yield Span(*one.span(), Kind.LANDLINE, "form")
    for one in _LOCAL.finditer(text):
        yield Span(*one.span(1), Kind.LANDLINE, "cue")


def _plates(text: str) -> Found:
    """One that somebody has masked already (渝DC6XXX) is left as it is."""
    for one in _PLATE.finditer(text):
        if "XX" not in one.group().upper():
            yield Span(*one.span(), Kind.PLATE, "form")


def _named(text: str) -> Found:
    """Names beside a cue; a name that is known by then is found wherever else it stands in the text."""
    known: set[str] = set()
    for start, end, reason in names(text):
        known.add(text[start:end])
        yield Span(start, end, Kind.NAME, reason)
    for name in sorted(known, key=len, reverse=True):
        for one in re.finditer(re.escape(name), text):
            yield Span(*one.span(), Kind.NAME, "named before")


def _houses(text: str) -> Found:
    return (Span(*one.span(), Kind.HOUSE, "form") for one in _HOUSE.finditer(text))


_DETECTORS: tuple[Callable[[str], Found], ...] = (
    _emails,
    _identities,
    _banks,
    _mobiles,
    _landlines,
    _plates,
    _named,
)


# --- shapes --------------------------------------------------------------------------------------------------


def _starred(text: str, first: int, last: int) -> str:
    """Signs of a number between the first and the last ones become stars; what separates them stays."""
    places = [n for n, sign in enumerate(text) if sign.isalnum()]
    hidden = set(places[first : len(places) - last])
    return "".join("*" if n in hidden else sign for n, sign in enumerate(text))


def _mobile(text: str) -> str:
    """138****0001; a country code stays."""
    return _starred(text, sum(sign.isalnum() for sign in text) - 8, 4)


def _landline(text: str) -> str:
    """023-68****34: the area stays, as do the first two and last two signs of the number."""
    number = sum(sign.isalnum() for sign in text)
    return _starred(text, max(2, number - 6), 2)


def _plate(text: str) -> str:
    """渝A***45"""
    return _starred(text, 2, 2)


def _email(text: str) -> str:
    name, _, domain = text.partition("@" if "@" in text else "＠")
    return f"{name[0]}{'*' * (len(name) - 1)}{text[len(name)]}{domain}"


def _name(text: str) -> str:
    """张**; of an English name the first letter of each part."""
    if text.isascii():
        return " ".join(part[0] + "*" * (len(part) - 1) for part in text.split(" "))
    return text[0] + "*" * (len(text) - 1)


_SHAPES: dict[Kind, Callable[[str], str]] = {
    Kind.MOBILE: _mobile,
    Kind.LANDLINE: _landline,
    Kind.IDENTITY: lambda text: _starred(text, 3, 2),
    Kind.BANK: lambda text: _starred(text, 0, 4),
    Kind.PLATE: _plate,
    Kind.EMAIL: _email,
    Kind.NAME: _name,
    Kind.HOUSE: lambda text: re.sub(r"\d", "*", text),
}
