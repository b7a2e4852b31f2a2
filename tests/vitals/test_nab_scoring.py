"""NAB's rules as they are published, on cases that can be worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from bench import _nab as nab
from hypothesis import given, settings
from hypothesis import strategies as st

ROWS, WINDOW = 100, (50, 59)
WORTH = nab.worth(ROWS, [WINDOW])


def alarms(*rows: int) -> nab.Floats:
    """Scores of a detector that rings at these rows."""
    scores = np.zeros(ROWS)
    scores[list(rows)] = 1.0
    return scores


def score(*rows: int) -> float:
    """Normalised score of a detector that rings at these rows of the one file."""
    return nab.normalised(nab.total_at([WORTH], [alarms(*rows)], 1.0), WORTH.windows)


def test_what_a_row_is_worth() -> None:
    """By hand: 2 / (1 + e^(5 p)) - 1, inside by that of the left edge, outside by 0.11."""
    gain = WORTH.gain
    assert gain[50] == pytest.approx(1.0)
    assert gain[55] == pytest.approx(0.848284 / 0.986614, abs=1e-5)  # p = -1/2
    assert gain[59] == pytest.approx(0.244919 / 0.986614, abs=1e-5)  # p = -1/10: the last row still earns
    assert gain[49] == -0.11  # before any window
    assert gain[60] == pytest.approx(0.11 * -0.270833, abs=1e-5)  # p = 1/9
    assert gain[86] == gain[99] == -0.11  # p = 3 and more
    assert nab.probation(ROWS) == 15
    assert nab.probation(100_000) == 750


def test_known_results() -> None:
    """0: never rings, 100: perfect, and what lies between and below."""
    never = np.zeros(ROWS)
    assert nab.normalised(nab.total_at([WORTH], [never], nab.NEVER), 1) == 0
    assert score(50) == pytest.approx(100)
    assert score(50, 51, 58) == pytest.approx(100)  # only the earliest of a window counts
    assert score(20, 50) == pytest.approx(100 - 5.5)  # 0.11 of a range of 2
    assert score(20, 21) == pytest.approx(-11)
    assert score(3, 14, 50) == pytest.approx(100)  # rows of the probation do not count
    assert score(15, 50) == pytest.approx(100 - 5.5)  # the row after them does
    assert score(59) == pytest.approx(50 + 50 * 0.248242, abs=1e-3)


def test_one_threshold_for_all_files() -> None:
    """The best for the first file alone, 0.9, would miss the second's window; 0.5 costs one false alarm."""
    first, second = np.zeros(ROWS), np.zeros(ROWS)
    first[[50, 20]] = 0.9, 0.5
    second[50] = 0.6
    threshold, total = nab.best([WORTH, WORTH], [first, second])
    assert (threshold, total) == (0.6, pytest.approx(2.0))
    second[50] = 0.4
    assert nab.best([WORTH, WORTH], [first, second]) == (0.4, pytest.approx(2 - 0.11))
    quiet = nab.worth(ROWS, [])
    second[[30, 31, *range(60, 99)]] = 0.9
    threshold, total = nab.best([WORTH, quiet], [first, second])
    assert (threshold, total) == (nab.NEVER, -1.0)  # 41 false alarms for one hit: better never to ring


def slowly(scores: Sequence[float], threshold: float) -> float:
    """The sum by the letter of the rules."""
    rung = [row for row in range(nab.probation(ROWS), ROWS) if scores[row] >= threshold]
    inside = [row for row in rung if WINDOW[0] <= row <= WINDOW[1]]
    return (WORTH.gain[inside[0]] if inside else -1.0) + sum(
        WORTH.gain[row] for row in rung if row not in inside
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=ROWS, max_size=ROWS))
def test_curve_is_the_rules_at_every_threshold(values: list[int]) -> None:
    scores = np.array(values, float)
    for threshold, total in zip(*nab.curve([WORTH], [scores]), strict=True):
        assert total == pytest.approx(slowly(values, threshold))


def test_files_are_read_with_their_windows(tmp_path: Path) -> None:
    (tmp_path / "kind").mkdir()
    lines = [f"2014-04-01 00:{5 * row:02d}:00,{row}.5" for row in range(10)]
    (tmp_path / "kind" / "one.csv").write_text("\n".join(["timestamp,value", *lines]), encoding="utf-8")
    window = ["2014-04-01 00:10:00.000000", "2014-04-01 00:20:00.000000"]
    labels = {"kind/one.csv": [window], "kind/kept_back.csv": [window]}
    (tmp_path / "combined_windows.json").write_text(json.dumps(labels), encoding="utf-8")
    (one,) = nab.read(tmp_path)
    assert (one.name, one.windows, one.value[3]) == ("kind/one.csv", ((2, 4),), 3.5)
    assert one.at_us[1] - one.at_us[0] == 300_000_000


def test_windowed_gaussian() -> None:
    """1 - Q(|x - mean| / spread) over the past; by hand: past 0, 2: mean 1, spread 1; 3 lies 2 away: 0.97725."""
    scores = nab.windowed_gaussian(np.array([0.0, 2.0, 3.0]))
    assert scores[0] == 0
    assert scores[2] == pytest.approx(0.97725, abs=1e-5)
    sliding = nab.windowed_gaussian(np.array([0.0, 2.0, 0.0, 2.0, 9.0]), size=2, step=2)
    assert sliding[4] == pytest.approx(1.0)
