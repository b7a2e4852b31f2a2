"""How names are read, for people who search by pinyin or initials.

A name has one usual reading; characters that place names read differently from everyday words get both.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from pypinyin import lazy_pinyin, load_single_dict

# Missing in pypinyin 0.55, frequent enough in village names of the south-west.
load_single_dict({ord("㭎"): "gāng", ord("𡌶"): "jiàng", ord("𥻗"): "chá"})

_MORE_READINGS: dict[str, tuple[str, ...]] = {
    "曾": ("zeng", "ceng"), "朝": ("chao", "zhao"), "重": ("chong", "zhong"), "长": ("chang", "zhang"),
    "乐": ("le", "yue"), "堡": ("bao", "pu", "bu"), "都": ("du", "dou"), "车": ("che", "ju"),
    "行": ("xing", "hang"), "会": ("hui", "kuai"), "六": ("liu", "lu"), "洞": ("dong", "tong"),
    "和": ("he", "huo"), "柏": ("bai", "bo"), "巷": ("xiang", "hang"), "硐": ("dong", "tong"),
    "圩": ("xu", "wei"), "埔": ("pu", "bu"), "单": ("shan", "dan"), "解": ("jie", "xie"),
    "盖": ("gai", "ge"), "仇": ("qiu", "chou"), "查": ("zha", "cha"), "覃": ("qin", "tan"),
    "藏": ("cang", "zang"), "传": ("chuan", "zhuan"), "弹": ("tan", "dan"), "觉": ("jue", "jiao"),
    "角": ("jiao", "jue", "guo"), "凹": ("ao", "wa"), "屯": ("tun", "zhun"),
    "郪": ("qi",), "碚": ("bei",), "涪": ("fu",), "綦": ("qi",), "垫": ("dian",), "酉": ("you",),
    "沱": ("tuo",), "垭": ("ya",), "塝": ("bang",), "桷": ("jue",), "彭": ("peng",), "秘": ("mi", "bi"),
    "尉": ("wei", "yu"), "翟": ("zhai", "di"), "祭": ("ji", "zhai"), "洗": ("xi", "xian"),
    "冼": ("xian",), "宿": ("su", "xiu"), "牟": ("mou", "mu"), "缪": ("miao", "mou"), "朴": ("pu", "piao"),
    "盛": ("sheng", "cheng"), "厦": ("sha", "xia"),
}  # fmt: skip
_MOST = 8


@lru_cache(maxsize=4096)
def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Every reading of a name worth finding it by, usual one first; syllables lower-case without tones.

    Characters that no table knows, digits and letters stand for themselves.
    """
    syllables = lazy_pinyin(name, errors=_letters)  # type: ignore[arg-type]
    usual = [syllable.lower().replace("ü", "v") for syllable in syllables]
    choices = [
        (syllable, *(more for more in _MORE_READINGS.get(character, ()) if more != syllable))
        for character, syllable in zip(name, usual, strict=True)
    ]
    return tuple(islice(product(*choices), _MOST))


def _letters(unread: str) -> list[str]:
    return list(unread)


def initials(reading: tuple[str, ...]) -> str:
    """First letters of the syllables: ("chong", "qing") → "cq"."""
    return "".join(syllable[:1] for syllable in reading)


def keys(name: str) -> tuple[str, str]:
    """As the database keeps them: all readings and all initials of a name, space-separated."""
    sounds = readings(name)
    joined = dict.fromkeys("".join(one) for one in sounds)
    return " ".join(joined), " ".join(dict.fromkeys(initials(one) for one in sounds))
