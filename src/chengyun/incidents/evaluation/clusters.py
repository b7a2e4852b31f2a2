"""Clusters of tellings: pure numbers, no database.

Single characters and pairs of them, weighted by TF-IDF, cosine similarity, less of it the farther the places lie
apart; average linkage joins clusters until no two are more alike than `ALIKE`. No word list, and every join can be
recomputed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.18
BEGINNING = 100  # characters of a text; what follows is mostly politeness
ELSEWHERE = 0.25  # what remains of a similarity between different towns
NEIGHBOURS = 0.75  # … between villages of one town
_BLANK = re.compile(r"\s+")
Floats = NDArray[np.float64]


def gist(title: str, text: str) -> str:
    """What is compared: the title weighs as much as three, of the text its beginning."""
    return title * 3 + text.strip()[:BEGINNING]


def vectors(texts: Sequence[str]) -> Any:
    """A sparse row of unit length per text; a text without any character is a row of zeros."""
    # here, not above: it takes a second to load, and only who asks for topics should wait
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    plain = [_BLANK.sub("", text) for text in texts]
    made = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), max_features=20_000)
    try:
        return made.fit_transform(plain)
    except ValueError:  # not one character in all of them
        return csr_matrix((len(texts), 1))


def alike(rows: Any, towns: Sequence[int | None], villages: Sequence[int | None]) -> Floats:
    """Similarity of every two tellings, 0…1; a missing place is near everything."""
    similar: Floats = (rows @ rows.T).toarray()
    town, village = _codes(towns), _codes(villages)
    apart = (town[:, None] != town) & (town[:, None] >= 0) & (town >= 0)
    beside = (village[:, None] != village) & (village[:, None] >= 0) & (village >= 0) & ~apart
    similar[apart] *= ELSEWHERE
    similar[beside] *= NEIGHBOURS
    return similar


def _codes(keys: Sequence[int | None]) -> NDArray[np.int64]:
    return np.array([-1 if key is None else key for key in keys], dtype=np.int64)


def clusters(similar: Floats, least: float = ALIKE) -> list[int]:
    """The number of the cluster of each telling."""
    if len(similar) < 2:
        return [1] * len(similar)
    from scipy.cluster.hierarchy import fcluster, linkage  # likewise
    from scipy.spatial.distance import squareform

    distance = np.clip(1 - similar, 0, None)
    np.fill_diagonal(distance, 0)
    joined = linkage(squareform(distance, checks=False), "average")
    return [int(label) for label in fcluster(joined, 1 - least, "distance")]


def middle(similar: Floats, members: Sequence[int]) -> int:
    """The member that is most like all others."""
    inside = similar[np.ix_(members, members)]
    return members[int(inside.sum(axis=1).argmax())]
