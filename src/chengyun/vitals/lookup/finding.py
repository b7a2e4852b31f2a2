"""Signs by code and by words, and what a question means: the region that it names and the words that are left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from chengyun.kernel.errors import NotFound
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.sensing.units import unit_text
from chengyun.territory import service as territory
from chengyun.territory.contracts import RegionRef
from chengyun.territory.pinyin import initials, readings
from chengyun.vitals.catalogue import store
from chengyun.vitals.contracts import Domain, Sign
from chengyun.vitals.lookup import reach
from chengyun.vitals.lookup.contracts import SignBrief
from chengyun.vitals.lookup.matching import Index, fold

_REGIONS = 10
_SHORTEST_NAME = {True: 4, False: 2}  # letters, characters that may name a region when more follows
_SUFFIXES = ("区", "县", "街道", "镇", "乡", "村", "社区", "市")


@dataclass(frozen=True, slots=True)
class Meant:
    """`named`: the region that the question names, if any; `outside`: one that it names and the caller may not read."""

    named: RegionRef | None
    outside: RegionRef | None
    words: tuple[str, ...]


def sign(tx: Tx, code: str) -> Sign:
    """One definition. Raises NotFound."""
    found = by_code(tx).get(code)
    if found is None:
        raise NotFound("vitals.no_sign", sign=code)
    return found


def by_code(tx: Tx) -> Mapping[str, Sign]:
    """All definitions."""
    return remembered(tx, "signs", "by code", lambda: {one.code: one for one in store.signs(tx)})


def domains(tx: Tx) -> Mapping[str, Domain]:
    """All domains by code."""
    return remembered(tx, "signs", "domains by code", lambda: {one.code: one for one in store.domains(tx)})


def index(tx: Tx) -> Index:
    """Made anew when the catalogue changes; a new threshold, which renews the same token, makes no new one."""
    kept = tx.memory.get(("signs", "lookup"))

    def make() -> Index:
        known = store.signs(tx)
        if kept is not None and kept[1].signs == tuple(known):
            old: Index = kept[1]
            return old
        return Index(known, store.domains(tx))

    return remembered(tx, "signs", "lookup", make)


def brief(tx: Tx, one: Sign) -> SignBrief:
    """For the wire, in the reader's language."""
    english = tx.actor.language == "en"
    domain = domains(tx).get(one.domain)
    domain_name = (domain.name_en if english else domain.name_zh) if domain else one.domain
    return SignBrief(
        one.code, one.name_en if english else one.name_zh, one.domain, domain_name, unit_text(one.unit, "en" if english else "zh"), one.decimals, one.bad,
        one.input.value, one.period, one.lowest, one.template is not None,
    )  # fmt: skip


def meant(tx: Tx, q: str) -> Meant:
    """Take the region out of a question. A word that some sign is called by names a region only where it is all of the
    region's name."""
    known, words = index(tx), list[str]()
    named: RegionRef | None = None
    outside: RegionRef | None = None
    for word in filter(None, map(fold, q.split())):
        if named is not None or outside is not None:
            words.append(word)
            continue
        ref, rest = _region(tx, known, word)
        if ref is None:
            words.append(word)
        elif reach.reads(tx, ref.id):
            named = ref
        else:
            outside = ref
        if ref is not None and rest:
            words.append(rest)
    return Meant(named, outside, tuple(words))


def _region(tx: Tx, known: Index, word: str) -> tuple[RegionRef | None, str]:
    """The region that a word begins with, and what follows."""
    refs = territory.search_regions(tx, word, limit=_REGIONS)
    spoken = bool(known.grades(word))
    fitting = [(ref, length) for ref in refs if (length := _length(ref.name, word, whole=spoken))]
    if not fitting:
        return None, ""
    longest = max(length for _, length in fitting)
    best = [ref for ref, length in fitting if length == longest]
    return next((ref for ref in best if reach.reads(tx, ref.id)), best[0]), word[longest:]


def _length(name: str, word: str, *, whole: bool) -> int:
    """How much of a word is (the beginning of) a region's name; `whole`: all of it has to be all of the name."""
    folded = fold(name)
    bare = next((folded.removesuffix(end) for end in _SUFFIXES if folded.endswith(end)), folded)
    if not word.isascii():
        return len(word) if word in (folded, bare) else 0 if whole else _begun([folded], word)
    sounds = [reading for one in (folded, bare) for reading in readings(one)]
    spelled = ["".join(reading) for reading in sounds]
    if whole or word in spelled:
        return len(word) if word in spelled else 0
    short = [initials(reading) for reading in sounds]
    return len(word) if any(one.startswith(word) for one in short) else _begun(spelled, word)


def _begun(spellings: list[str], word: str) -> int:
    common = max(
        sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(one, word, strict=False)))
        for one in spellings
    )
    enough = common >= _SHORTEST_NAME[word.isascii()] or common == len(word)
    return common if enough else 0
