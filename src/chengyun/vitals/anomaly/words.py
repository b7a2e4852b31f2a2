"""Sentences that say what is abnormal, with numbers, in Chinese and English."""

from __future__ import annotations

from chengyun.sensing.units import number_text
from chengyun.vitals.anomaly.contracts import Band
from chengyun.vitals.contracts import Detector

_ZH = {
    Detector.HOUR: ("比平常同一时刻高 {sigmas} 个标准差", "比平常同一时刻低 {sigmas} 个标准差"),
    Detector.VALUE: ("比平常高 {sigmas} 个标准差", "比平常低 {sigmas} 个标准差"),
    Detector.JUMP: ("比前几次读数突然升高 {sigmas} 个标准差", "比前几次读数突然降低 {sigmas} 个标准差"),
    Detector.LEVEL: (
        "最近 {readings} 次读数的平均比平常高 {sigmas} 个标准差",
        "最近 {readings} 次读数的平均比平常低 {sigmas} 个标准差",
    ),
    Detector.SHIFT: (
        "最近 {readings} 次读数的平均比此前上升 {sigmas} 个标准差",
        "最近 {readings} 次读数的平均比此前下降 {sigmas} 个标准差",
    ),
    Detector.ACTIVITY: (
        "最近 {readings} 次读数的波动比平常大 {sigmas} 个标准差",
        "最近 {readings} 次读数几乎不动，波动比平常小 {sigmas} 个标准差",
    ),
}
_EN = {
    Detector.HOUR: (
        "{sigmas} standard deviations above the usual for this time of day",
        "{sigmas} standard deviations below the usual for this time of day",
    ),
    Detector.VALUE: (
        "{sigmas} standard deviations above the usual",
        "{sigmas} standard deviations below the usual",
    ),
    Detector.JUMP: (
        "a jump of {sigmas} standard deviations up from the readings before",
        "a drop of {sigmas} standard deviations from the readings before",
    ),
    Detector.LEVEL: (
        "the mean of the last {readings} readings is {sigmas} standard deviations above the usual",
        "the mean of the last {readings} readings is {sigmas} standard deviations below the usual",
    ),
    Detector.SHIFT: (
        "the mean of the last {readings} readings has risen by {sigmas} standard deviations",
        "the mean of the last {readings} readings has fallen by {sigmas} standard deviations",
    ),
    Detector.ACTIVITY: (
        "the last {readings} readings move {sigmas} standard deviations more than usual",
        "the last {readings} readings hardly move: {sigmas} standard deviations less than usual",
    ),
}
_AFTER_ZH = "：现为 {seen}，平常 {low} 至 {high}"
_AFTER_EN = ": {seen} now, usually {low} to {high}"


def sentences(
    detector: Detector, seen: float, band: Band, sigmas: float, readings: int = 1
) -> tuple[str, str]:
    """(Chinese, English). `readings`: of how many `seen` is the mean."""
    side = 0 if seen >= band.expected else 1
    shown = {
        "sigmas": f"{sigmas:,.1f}",
        "readings": readings,
        "seen": number_text(seen, None),
        "low": number_text(band.low, None),
        "high": number_text(band.high, None),
    }
    zh = (_ZH[detector][side] + _AFTER_ZH).format(**shown)
    return zh, (_EN[detector][side] + _AFTER_EN).format(**shown)
