"""Decoding and static screening: whatever comes is read or refused with its place, and nothing else happens."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.kernel.errors import AppError, text_of
from chengyun.sensing.contracts import Reason, Streams
from chengyun.sensing.intake.codecs import DECODERS, Columns, Packed, compact, decode
from chengyun.sensing.intake.gathering import form_of
from chengyun.sensing.intake.moments import BAD, moments
from chengyun.sensing.intake.quotas import Quotas
from chengyun.sensing.intake.screening import screen

NOW = 1_800_000_000_000_000


def registry(things: int = 3, quota: int = 10) -> Streams:
    """THING-0…, each with a datastream `v`: -10 ≤ 2x + 1 ≤ 50, sentinel -9."""
    n, ones = things, np.ones(things)
    number = np.arange(n, dtype=np.int32)
    return Streams(
        id=number + 100, thing=number.astype(np.int64) + 7, owner=number, region=number.astype(np.int64),
        quantity=number * 0, unit=number * 0, sentinel=number * 0, low=ones * -10, high=ones * 50, interval_s=ones,
        scale=ones * 2, shift=ones, quantities=("k.v",), units=("Cel",), sentinels=np.array([[-9.0]]),
        thing_ids=number.astype(np.int64) + 7, quota=number * 0 + quota, gateway=number * 0, gateways={},
        things={f"THING-{place}": place for place in range(n)}, parts={"v": 0}, keys=number.astype(np.int64),
        rows=number,
    )  # fmt: skip


KNOWN = registry()
NAMES = st.sampled_from(
    ["thing", "quantity", "value", "values", "at", "unit", "readings", "bn", "bt", "bu", "bv", "bver", "n", "u", "v",
     "vs", "t", "s", "x_", "THING-1", "THING-1/v"]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.floats(), st.integers(-(10**400), 10**400), st.integers(-5, 5), st.text(), NAMES,
    st.sampled_from(["v", "\ud800", "\x00", "2027-01-15T08:00:00Z", "NaN", "-inf"]),
)  # fmt: skip
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(NAMES, inner)), max_leaves=12
)
LINES = st.text(alphabet='gas,= \\"#\n1.5e9iutv😀', max_size=80)


def read(form: str, body: bytes) -> Columns | Packed | AppError:
    try:
        return decode(form, body, "THING-1")
    except AppError as refused:
        return refused


def tried(form: str, body: bytes) -> None:
    told = read(form, body)
    if isinstance(told, AppError):
        assert told.status in (400, 413)
        assert not text_of(told, "zh").startswith("sensing."), "has a sentence"
        assert "…" not in text_of(told, "en")
        return
    for known in (KNOWN, registry(0)):
        found = screen(told, known, NOW)
        good = found.readings(known)
        assert len(found.code) == len(told) == len(good) + len(list(found.rejected()))
        assert ((good.value >= -10) & (good.value <= 50)).all()


@settings(max_examples=250, deadline=None)
@given(DOCUMENTS)
def test_no_document_breaks_json_or_senml(document: Any) -> None:
    body = json.dumps(document).encode()
    for form in ("json", "senml", form_of(body)):
        tried(form, body)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=100), LINES.map(str.encode), st.binary().map(lambda tail: b"CYRB\1\0" + tail)
    )
)
def test_no_bytes_break_any_codec(body: bytes) -> None:
    for form in DECODERS:
        tried(form, body)


@given(st.lists(st.tuples(st.integers(100, 102), st.integers(-10_000, 200), st.floats(-5, 24)), max_size=20))
def test_compact_brings_back_what_was_packed(told: list[tuple[int, int, float]]) -> None:
    ids = np.array([one for one, _, _ in told], np.int32)
    at = np.array([NOW + 1000 * ms for _, ms, _ in told], np.int64)
    value = np.array([one for _, _, one in told], np.float64)
    found = screen(decode("compact", compact.encode(ids, at, value)), KNOWN, NOW)
    good = found.readings(KNOWN)
    assert (good.stream.tolist(), good.at.tolist()) == (ids.tolist(), at.tolist())
    assert good.value.tolist() == (value * 2 + 1).tolist()


def test_moments_by_their_size() -> None:
    told: list[object] = [None, 1_800_000_000, 1_800_000_000.25, 1_800_000_000_123, 1_800_000_000_123_456,
                          "2027-01-15T16:00:00+08:00", "2027-01-15T08:00:00.5Z", "2027-01-15T08:00:00", "x", True,
                          10**18, float("nan"), 10**400]  # fmt: skip
    wanted = [NOW, NOW, NOW + 250_000, NOW + 123_000, NOW + 123_456, NOW, NOW + 500_000, *([BAD] * 6)]
    assert moments(told, NOW).tolist() == wanted
    assert moments(told[1:5], NOW).tolist() == wanted[1:5], "all numbers: at once"


def test_senml_as_the_rfc_resolves_it() -> None:
    body = b"""[{"bn": "THING-0/", "bt": 1800000000, "bu": "Cel", "bv": 10, "n": "v", "v": 2},
                {"n": "v", "v": 3, "t": -5}, {"bn": "THING-1:", "bt": 0, "n": "v", "v": 4, "t": -10},
                {"n": "v", "vs": "on"}, {"n": "v", "v": 1, "u": "A"}]"""
    told = decode("senml", body)
    assert isinstance(told, Columns)
    found = screen(told, KNOWN, NOW + 20_000_000)
    assert found.readings(KNOWN).value.tolist() == [25, 27, 29]
    assert found.readings(KNOWN).at.tolist() == [NOW, NOW - 5_000_000, NOW + 10_000_000]
    assert [(index, reason) for index, _, _, reason in found.rejected()] == [
        (3, Reason.NOT_A_NUMBER),
        (4, Reason.WRONG_UNIT),
    ]


def test_influx_with_escapes_and_types() -> None:
    body = b'# note\nair\\ q,thing=A\\,B\\=1,unit=Cel v=1i,w="a,b c",x=-.5e1 1800000000123456789\n\nTHING-2 v=7\r\n'
    told = decode("influx", body)
    assert isinstance(told, Columns)
    assert list(zip(told.thing, told.quantity, told.value, told.unit, strict=True)) == [
        ("A,B=1", "v", 1.0, "Cel"), ("A,B=1", "w", '"a,b c"', "Cel"), ("A,B=1", "x", -5.0, "Cel"),
        ("THING-2", "v", 7.0, None),
    ]  # fmt: skip
    assert moments(told.at, NOW).tolist() == [1_800_000_000_123_456] * 3 + [NOW]


def test_a_quota_is_of_a_minute_and_survives_a_new_registry() -> None:
    quotas, owner = Quotas(), np.array([0] * 8 + [1] * 3)
    assert quotas.take(KNOWN, owner, NOW).all()
    assert quotas.take(KNOWN, owner, NOW).tolist() == [True] * 2 + [False] * 6 + [True] * 3
    fewer = registry(2)
    assert quotas.take(fewer, owner[-3:], NOW).all()
    assert not quotas.take(fewer, owner[:2], NOW).any()
    quotas.give_back(fewer, owner[-3:], NOW)
    assert quotas.take(fewer, np.ones(4, np.int64), NOW).tolist() == [True] * 4
    assert quotas.take(fewer, owner, NOW + 60_000_000).all()


@pytest.mark.parametrize("form", sorted(DECODERS))
def test_ten_megabytes_are_refused_by_name(form: str) -> None:
    with pytest.raises(AppError) as refused:
        decode(form, bytes(10_000_000))
    assert "10000000 bytes, more than the limit of 1000000" in text_of(refused.value, "en")
