"""What is personal in a text is found and masked; what only looks so is left alone."""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.identity.personal_reference import reference
from chengyun.kernel import audit
from chengyun.kernel.log_masking import MaskingFormatter
from chengyun.kernel.personal import Kind, find, mask, masked
from chengyun.kernel.transactions import Tx
from tests.identity.personal_labelled import SENTENCES

MARK = re.compile(r"⟦(\w+)\|(.*?)⟧")
Labelled = tuple[str, list[tuple[int, int, str]]]


def labelled() -> list[Labelled]:
    """Each sentence in plain, with (start, end, kind) of what is personal."""
    found = []
    for line in SENTENCES.strip().splitlines():
        spans: list[tuple[int, int, str]] = []
        plain, at = "", 0
        for one in MARK.finditer(line):
            plain += line[at : one.start()]
            if one.group(2):
                spans.append((len(plain), len(plain) + len(one.group(2)), one.group(1)))
            plain, at = plain + one.group(2), one.end()
        found.append((plain + line[at:], spans))
    return found


def shares() -> dict[str, tuple[float, float, int]]:
    """Per kind, and in all: precision, recall, number. A span counts where start, end and kind are right."""
    right: Counter[str] = Counter()
    told: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for text, spans in labelled():
        found = {(one.start, one.end, str(one.kind)) for one in find(text)}
        for counter, which in ((right, found & {*spans}), (told, found), (there, spans)):
            for _, _, kind in which:
                counter[kind] += 1
                counter["all"] += 1
    return {
        kind: (right[kind] / max(1, told[kind]), right[kind] / max(1, there[kind]), there[kind])
        for kind in there | told
    }


def test_the_labelled_sentences_are_found_and_nothing_else() -> None:
    found = shares()
    precision, recall, number = found["all"]
    assert number >= 55
    assert precision >= 0.97
    assert recall >= 0.9
    for kind in set(map(str, Kind)) - {"name", "house"}:
        assert found[kind][:2] == (1.0, 1.0), kind


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我叫王小明，电话138 1234 0001，车牌渝A12345", "我叫王**，电话138 **** 0001，车牌渝A***45"),
        ("13800000001", "138****0001"),
        ("＋８６１３８０００００００１", "＋８６１３８****０００１"),
        ("023-68001234", "023-68****34"),
        ("身份证11010519491231002X", "身份证110*************2X"),
        ("渝AD12345 渝A·12345", "渝A****45 渝A·***45"),
        ("a@b.cn", "a@b.cn"),
        ("zhang@b.cn", "z****@b.cn"),
        ("号码一三八零零一二三四五六", "号码一三八****三四五六"),
        ("卡号 6222 0212 3456 7890 128", "卡号 **** **** **** ***0 128"),
    ],
)
def test_shapes(text: str, hidden: str) -> None:
    assert masked(text) == hidden


def test_the_published_shares_and_periods_are_current() -> None:
    shown = Path("docs/reference/personal-data.md").read_text(encoding="utf-8")
    assert shown == reference(shares())


def test_flats_only_where_asked() -> None:
    text = "6栋2单元1203漏水"
    assert masked(text) == text
    assert "1203" not in masked(text, houses=True)


PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
FILLER = st.text(st.characters(categories=["Lo", "Po", "Zs"]), max_size=12)


@given(FILLER, PHONES, FILLER, st.sampled_from(["{}{}{}", "{} {} {}", "电话{}{}，{}"]))
@settings(max_examples=150)
def test_no_phone_survives(before: str, phone: str, after: str, form: str) -> None:
    text = "电话" + form.format(before, phone, "" if after[:1] in "元块万亿吨平立" else after)
    hidden = masked(text)
    assert phone not in hidden
    assert len(hidden) == len(text)
    assert masked(hidden) == hidden


@given(st.text(max_size=120))
@settings(max_examples=150)
def test_any_text_keeps_its_length_and_masking_again_changes_nothing(text: str) -> None:
    spans = find(text)
    hidden = mask(text, spans)
    assert len(hidden) == len(text)
    for one, other in itertools.pairwise(spans):
        assert one.end <= other.start
    assert masked(hidden) == hidden


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001  a city's own time
    st.integers(0, 999_999),
    st.decimals(0, 99_999_999, places=2),
    st.floats(73, 135),
    st.floats(18, 53),
)
@settings(max_examples=200)
def test_numbers_of_the_trade_are_not_personal(
    day: datetime, serial: int, amount: object, lon: float, lat: float
) -> None:
    told = (
        f"{day:%Y%m%d}-{serial:06d}-1 {day:%Y-%m-%d %H:%M:%S} {day:%Y年%m月%d日%H时} {amount}元 "
        f"{lon:.6f},{lat:.6f} {lon:.10f} {day:%Y-%m-%dT%H:%M}Z 第{serial}号"
    )
    assert find(told) == []


@given(st.integers(0, 10**15 - 1), st.sampled_from(["50", "11", "44"]))
def test_an_identity_number_needs_its_check_sign(rest: int, province: str) -> None:
    body = f"{province}0101{1950 + rest % 60}{1 + rest % 12:02d}{1 + rest % 28:02d}{rest % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    right = "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True)) % 11]
    assert [str(one.kind) for one in find(body + right)] == ["identity"]
    wrong = "0" if right != "0" else "1"
    assert [one for one in find(f"编码{body}{wrong}号") if one.kind is Kind.IDENTITY] == []
    assert [one.reason for one in find(f"身份证{body}{wrong}")] == ["cue"]


def test_logs_hold_nothing_personal() -> None:
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "report %s failed", ("13800000001",), None)
    assert MaskingFormatter("%(message)s").format(record) == "report 138****0001 failed"


def test_a_reason_in_the_audit_is_masked_for_it_can_never_be_erased(system_tx: Tx) -> None:
    audit.record(
        system_tx, "x.y", ("report", 1), {"reason": "打13800000001核实", "at": datetime.now(UTC), "n": 7}
    )
    detail = system_tx.execute(sa.text("SELECT detail FROM kernel_audit")).scalar_one()
    assert "13800000001" not in json.dumps(detail, ensure_ascii=False)
    assert (detail["reason"], detail["n"]) == ("打138****0001核实", 7)
