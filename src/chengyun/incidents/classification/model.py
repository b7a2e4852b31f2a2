"""A linear model as plain arrays: small to store, safe to load, and every answer can be traced to the text. Pure."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from chengyun.incidents.classification.words import BLOCKS, WEIGHTS, normal, pieces

FORMAT = 1
REASONS = 5
_STRONG = 0.3  # of the heaviest piece: what counts as a reason
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Piece → column, per block, and how telling each column is (inverse document frequency)."""

    columns: tuple[dict[str, int], ...]
    idf: list[float]  # by column

    def read(self, title: str, text: str) -> tuple[list[int], list[float]]:
        """Columns and values of a normal text; each block has the length of its weight."""
        ids: list[int] = []
        values: list[float] = []
        idf = self.idf
        for number, counted in pieces(title, text):
            known, first, square = self.columns[number].get, len(values), 0.0
            for piece, times in counted.items():
                column = known(piece)
                if column is not None:
                    value = idf[column] if times == 1 else idf[column] * (1.0 + math.log(times))
                    ids.append(column)
                    values.append(value)
                    square += value * value
            if square:
                scale = WEIGHTS[number] / math.sqrt(square)
                values[first:] = [value * scale for value in values[first:]]
        return ids, values


@dataclass(frozen=True, slots=True)
class Model:
    """scores = x · weights + bias; probabilities = softmax(sharpness · scores)."""

    classes: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats  # column × class
    bias: Floats
    sharpness: float
    digest: str = field(default="", compare=False)

    def scores(self, title: str, text: str) -> Floats:
        """One score per class for a normal text."""
        ids, values = self.vocabulary.read(title, text)
        found: Floats = np.array(values, np.float32) @ self.weights[ids] + self.bias
        return found

    def probabilities(self, title: str, text: str, among: frozenset[str] | None = None) -> dict[str, float]:
        """Class → probability, best first; with `among` only those, sharing what the others had."""
        scores = self.scores(normal(title), normal(text))
        kept = [n for n, name in enumerate(self.classes) if among is None or name in among]
        if not kept:
            return {}
        sharp = self.sharpness * scores[kept].astype(np.float64)
        shares = np.exp(sharp - sharp.max())
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")
        return {self.classes[kept[n]]: float(shares[n]) for n in order}

    def reasons(self, title: str, text: str, code: str) -> list[str]:
        """The words of the text that weighed most for a class, heaviest first: pairs of characters that stand next
        to each other are told as one word."""
        number = self.classes.index(code)
        lead = self.weights[:, number] - self.weights.mean(axis=1)
        weighed: dict[str, float] = {}
        for block, words in ((1, normal(title)), (3, normal(text))):
            for word, weight in _spans(words, *self._pairs(block, words, lead)).items():
                weighed[word] = weighed.get(word, 0.0) + weight
        told: list[str] = []
        for word in sorted(weighed, key=lambda one: -weighed[one]):
            if not any(word in other or other in word for other in told):
                told.append(word)
        return told[:REASONS]

    def _pairs(self, block: int, words: str, lead: Floats) -> tuple[list[float], float]:
        """What each pair of neighbours adds, by its place in the text, and the heaviest of these."""
        known, idf = self.vocabulary.columns[block], self.vocabulary.idf
        columns = [known.get(words[at : at + 2], -1) for at in range(len(words) - 1)]
        weights = [
            float(lead[column]) * idf[column] if column >= 0 and words[at : at + 2].isalpha() else 0.0
            for at, column in enumerate(columns)
        ]
        return weights, max(weights, default=0.0)


def _spans(words: str, weights: list[float], heaviest: float) -> dict[str, float]:
    """Runs of strong pairs as words of two characters or more."""
    found: dict[str, float] = {}
    at = 0
    while at < len(weights):
        end, total = at, 0.0
        while end < len(weights) and weights[end] > 0 and weights[end] >= _STRONG * heaviest and end - at < 5:
            total += weights[end]
            end += 1
        if end > at:
            word = words[at : end + 1]
            found[word] = found.get(word, 0.0) + total
        at = max(end, at + 1)
    return found


# --- as bytes ------------------------------------------------------------------------------------------------


def to_bytes(model: Model) -> bytes:
    """The model as a compressed NumPy archive without any object in it; equal models give equal bytes."""
    arrays: dict[str, Any] = {
        "format": np.array([FORMAT], np.int32),
        "classes": _packed(model.classes),
        "idf": np.array(model.vocabulary.idf, np.float64),
        "weights": model.weights,
        "bias": model.bias,
        "sharpness": np.array([model.sharpness], np.float64),
    }
    for name, columns in zip(BLOCKS, model.vocabulary.columns, strict=True):
        arrays[name] = _packed(tuple(columns))
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def from_bytes(content: bytes, digest: str) -> Model:
    """Read a stored model. ValueError where the bytes are not those that the digest names, or of another format."""
    if digest_of(content) != digest:
        raise ValueError(f"model {digest[:12]} was changed after it was trained")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        if int(arrays["format"][0]) != FORMAT:
            raise ValueError(f"model {digest[:12]} has format {int(arrays['format'][0])}, not {FORMAT}")
        columns: list[dict[str, int]] = []
        first = 0
        for name in BLOCKS:
            listed = _unpacked(arrays[name])
            columns.append({piece: first + n for n, piece in enumerate(listed)})
            first += len(listed)
        return Model(
            classes=tuple(_unpacked(arrays["classes"])),
            vocabulary=Vocabulary(tuple(columns), arrays["idf"].tolist()),
            weights=arrays["weights"],
            bias=arrays["bias"],
            sharpness=float(arrays["sharpness"][0]),
            digest=digest,
        )


def _packed(names: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


def _unpacked(array: npt.NDArray[np.uint8]) -> list[str]:
    text = array.tobytes().decode()
    return text.split("\n") if text else []
