"""Figures of a period as an xlsx file: made here, marked with who took them when, never with a person in it."""

from __future__ import annotations

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chengyun.incidents.evaluation.contracts import Dimension, Evaluation, Question, RateFigure
from chengyun.incidents.evaluation.figures import evaluate
from chengyun.kernel import audit
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.sheets import SAFE
from chengyun.kernel.transactions import Tx

WORDS = {
    "zh": {
        "title": "考核", "figures": "明细", "indicators": "指标", "name": "名称", "total": "合计", "grade": "等级",
        "period": "时段", "scope": "范围", "taken": "导出", "indicator": "指标", "why": "口径", "n": "共 {n} 行未列出",
        "running": "（本期未结束，截至 {until}）", "category": "类别", "channel": "来源",
    },
    "en": {
        "title": "Evaluation", "figures": "Figures", "indicators": "Indicators", "name": "Name", "total": "Total",
        "grade": "Grade", "period": "Period", "scope": "Scope", "taken": "Taken", "indicator": "Indicator",
        "why": "Definition", "n": "{n} lines are not listed", "running": " (still running, until {until})",
        "category": "Category", "channel": "Channel",
    },
}  # fmt: skip


def sheet(tx: Tx, question: Question) -> tuple[str, bytes]:
    """File name and content. Needs evaluation.export; audited. Raises Invalid for figures by person."""
    tx.actor.require("evaluation.export")
    if question.by is Dimension.PERSON:
        raise Invalid([FieldError("by", "evaluation.no_people_export")])
    found = evaluate(tx, question)
    told = {"period": _days(found), "by": question.by.value, "region": found.scope.region}
    audit.record(tx, "evaluation.export", ("evaluation", question.period.value), told)
    return f"evaluation-{found.span.first}-{found.span.last}.xlsx", _Book(tx, question, found).bytes()


def _days(found: Evaluation) -> str:
    first, last = found.span.first, found.span.last
    return str(first) if first == last else f"{first} – {last}"


class _Book:
    """The workbook while it is written."""

    def __init__(self, tx: Tx, question: Question, found: Evaluation) -> None:
        self.tx, self.question, self.found = tx, question, found
        self.words = WORDS["en" if tx.actor.language == "en" else "zh"]
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.out, SAFE)
        self.bold: Format = self.book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.percent: Format = self.book.add_format({"num_format": "0.00%"})
        self.wrap: Format = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.mark = self._mark()

    def bytes(self) -> bytes:
        self._figures(self._page("figures"))
        self._indicators(self._page("indicators"))
        self.book.set_properties({"title": self.words["title"], "comments": self.mark})
        self.book.close()
        return self.out.getvalue()

    def _mark(self) -> str:
        """Who took it, when, and what it was narrowed to."""
        at = f"{self.tx.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        asked = self.question
        parts = [
            f"{self.words['taken']}：{self.tx.actor.name} · {at}",
            f"{self.words['scope']}：{self.found.scope.name}",
            f"{self.words['period']}：{self._period()}",
        ]
        if asked.category:
            parts.append(f"{self.words['category']}：{asked.category}")
        if asked.channel:
            parts.append(f"{self.words['channel']}：{'、'.join(asked.channel)}")
        return "　".join(parts)

    def _period(self) -> str:
        span = self.found.span
        if not span.running:
            return _days(self.found)
        until = f"{span.until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return _days(self.found) + self.words["running"].format(until=until)

    def _page(self, name: str) -> Worksheet:
        page: Worksheet = self.book.add_worksheet(self.words[name])
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        # & begins a code in a footer
        page.set_footer(f"&L{self.mark.replace('&', '&&')[:200]}&R&P / &N")
        page.write_string(0, 0, self.mark)
        return page

    def _figures(self, page: Worksheet) -> None:
        kept = [
            one
            for one in self.found.indicators
            if not self.found.lines or one.key in self.found.lines[0].figures
        ]
        page.write_string(2, 0, self.words["name"], self.bold)
        for column, one in enumerate(kept):
            heads = (one.numerator_name, one.denominator_name, one.name, self.words["grade"])
            for offset, head in enumerate(heads):
                page.write_string(2, 1 + 4 * column + offset, head, self.bold)
        keys = [one.key for one in kept]
        self._line(page, 3, self.words["total"], [self.found.total[key] for key in keys])
        for row, line in enumerate(self.found.lines):
            self._line(page, 4 + row, line.name, [line.figures[key] for key in keys])
        if self.found.left_out:
            page.write_string(4 + len(self.found.lines), 0, self.words["n"].format(n=self.found.left_out))
        page.set_column(0, 0, 28)
        page.freeze_panes(3, 1)
        page.repeat_rows(2)

    def _line(self, page: Worksheet, row: int, name: str, figures: list[RateFigure]) -> None:
        page.write_string(row, 0, name)
        for column, one in enumerate(figures):
            at = 1 + 4 * column
            page.write_number(row, at, one.numerator)
            page.write_number(row, at + 1, one.denominator)
            if one.rate is not None:
                page.write_number(row, at + 2, one.rate, self.percent)
            page.write_string(row, at + 3, one.grade or "")

    def _indicators(self, page: Worksheet) -> None:
        for column, head in enumerate(("indicator", "why")):
            page.write_string(2, column, self.words[head], self.bold)
        for row, one in enumerate(self.found.indicators):
            formula = f"{one.numerator_name} ÷ {one.denominator_name}"
            page.write_string(3 + row, 0, f"{one.name} = {formula}", self.wrap)
            page.write_string(3 + row, 1, one.why, self.wrap)
        page.set_column(0, 0, 40)
        page.set_column(1, 1, 90)
