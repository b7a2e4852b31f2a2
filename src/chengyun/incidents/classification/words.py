"""From a text to weighted pieces: single characters and pairs of them, of the title and of the text. Pure.

Chinese needs no list of words for this: pairs of characters carry what words carry, and a list would be somebody
else's. Figures become one sign, so that no number is learned; Latin letters are lower case.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

LEAD = 24  # characters of the text that stand for a title where nobody wrote one
LONGEST = 2_000
BLOCKS = ("title1", "title2", "text1", "text2")
WEIGHTS = (0.7, 1.0, 0.7, 1.0)  # of a block in the whole; each block has length 1 before
_SPACE = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")


def normal(text: str) -> str:
    """Full width to half, no spaces, figures as 0, lower case; at most LONGEST characters."""
    plain = _SPACE.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))
    return _DIGITS.sub("0", plain).lower()


def own_title(title: str | None, text: str) -> str:
    """The title that somebody wrote. One that the system made from the text tells nothing new – and where it begins
    with the name of a category, it would tell the answer: then the first characters of the text stand in."""
    first = text.strip().splitlines()[0][:LEAD] if text.strip() else ""
    return first if not title or (first and title.endswith(first)) else title


def pieces(title: str, text: str) -> Iterator[tuple[int, Counter[str]]]:
    """Number of the block → how often each piece occurs in it; both texts are normal already."""
    for number, words in ((0, title), (2, text)):
        yield number, Counter(words)
        yield number + 1, Counter([a + b for a, b in itertools.pairwise(words)])
