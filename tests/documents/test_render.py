"""Documents: the same bytes for the same values, whatever the values say; written as people of a language write."""

from __future__ import annotations

import io
import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from hourledger.core.errors import Invalid
from hourledger.core.finances.business_case import BusinessCase, CaseExpense, CaseProject, CaseRisk
from hourledger.core.money import Money
from hourledger.core.work import ProjectStatus, RiskStatus
from hourledger.documents import Format, languages, render
from hourledger.documents.shown import shown
from tests.core.tables import table


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


CASE = BusinessCase(
    project=CaseProject(
        code="PORTAL",
        name="Collection Portal",
        customer="Meridian Museum",
        status=ProjectStatus.CURRENT,
        first_day=date(2026, 6, 1),
        last_day=date(2026, 11, 30),
        alignment_percent=Decimal("82.50"),
    ),
    made_on=date(2026, 11, 2),
    currency="EUR",
    planned_benefit=euros("250000"),
    budgeted_hours=Decimal("640.00"),
    budgeted_labor_cost=euros("51200"),
    budgeted_expense_cost=euros("7350.50"),
    fixed_cost=euros("1200"),
    budgeted_cost=euros("59750.50"),
    total_potential_cost=euros("20000"),
    potential_risk_cost=euros("8000"),
    net_value=euros("182249.50"),
    roi_percent=Decimal("318.41"),
    expenses=(CaseExpense("Train", "Travel", date(2026, 6, 3), is_billable=True, planned=euros("7350.50")),),
    risks=(
        CaseRisk("Bad data", "Quality", RiskStatus.IDENTIFIED, Decimal("40.00"), euros("20000"), euros("8000"), "Look"),
    ),
)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def case_in(language: str, case: BusinessCase = CASE) -> bytes:
    return render("business_case", {"case": case, "firm": "Brightwater Consulting"}, language)


LANGUAGES = """
    language  title          net value        first day      risk        page
    en        Business case  182,249.50 EUR   June 1, 2026   Identified  Page 1 of 1
    en-GB     Business case  182,249.50 EUR   1 June 2026    Identified  Page 1 of 1
    nl        Businesscase   182.249,50 EUR   1 juni 2026    Onderkend   Pagina 1 van 1
    de-CH     Business Case  182’249.50 EUR   1. Juni 2026   Erkannt     Seite 1 von 1
"""


@pytest.mark.parametrize("row", table(LANGUAGES), ids=lambda row: row[0])
def test_every_language_and_region_in_its_own_way(row: tuple[str, ...]) -> None:
    language, *expected = row
    found = text_of(case_in(language))
    assert [one for one in expected if one not in found] == []
    assert "Collection Portal" in found
    assert "Meridian Museum" in found


@pytest.mark.parametrize("language", ["fr", "xx", "", "../en", "en\0", "not a language"])
def test_a_language_without_words_is_refused_with_those_there_are(language: str) -> None:
    with pytest.raises(Invalid) as caught:
        case_in(language)
    assert caught.value.code == "LANGUAGE_UNKNOWN"
    assert all(one in caught.value.message for one in languages("business_case"))


def test_every_language_has_every_word_and_every_status() -> None:
    file = resources.files("hourledger.documents").joinpath("templates/business_case.toml")
    words = tomllib.loads(file.read_text(encoding="utf-8"))
    assert {language: set(found) for language, found in words.items()} == {
        language: set(words["en"]) for language in words
    }
    assert {one.value for kind in (ProjectStatus, RiskStatus) for one in kind} <= set(words["en"])


def test_the_same_values_are_the_same_bytes() -> None:
    assert case_in("nl") == case_in("nl")
    assert case_in("nl") != case_in("de")


def test_nothing_planned_nothing_scored_is_said_in_words() -> None:
    project = replace(CASE.project, customer=None, first_day=None, last_day=None, alignment_percent=None)
    bare = replace(CASE, project=project, roi_percent=None, expenses=(), risks=(), net_value=euros("-5.00"))
    found = text_of(case_in("en", bare))
    for words in ("Internal project", "no dates planned", "not scored", "nothing budgeted", "No expenses", "No risks"):
        assert words in found
    assert "-5.00 EUR" in found


@pytest.mark.parametrize(
    "name", ["#panic()", "$ x $", "*bold* _it_ `code`", "<script>", '"; #sys.inputs', "\\ // \\#", "@preview/a:1"]
)
def test_a_text_is_shown_as_it_is_and_never_read_as_markup(name: str) -> None:
    found = text_of(case_in("en", replace(CASE, project=replace(CASE.project, name=name))))
    assert name.replace(" ", "") in found.replace(" ", "")


def test_a_long_case_has_pages_with_numbers_and_all_its_lines() -> None:
    lines = tuple(replace(CASE.expenses[0], description=f"Ticket {number}") for number in range(300))
    reader = PdfReader(io.BytesIO(case_in("en", replace(CASE, expenses=lines))))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 5
    assert all(f"Page {number} of {len(pages)}" in text for number, text in enumerate(pages, start=1))
    found = " ".join(pages)
    assert set(re.findall(r"Ticket (\d+)", found)) == set(map(str, range(300)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Business case PORTAL"
    assert reader.metadata.creation_date is None  # the clock is in no document


def test_its_picture_is_one_of_its_first_page() -> None:
    made = render("business_case", {"case": CASE, "firm": "Firm"}, "en", Format.PNG)
    assert made.startswith(b"\x89PNG")


SHOWN = """
    amount       currency  en               nl               de-CH
    0            EUR       0.00 EUR         0,00 EUR         0.00 EUR
    -1234567.8   EUR       -1,234,567.80 EUR  -1.234.567,80 EUR  -1’234’567.80 EUR
    1234         JPY       1,234 JPY        1.234 JPY        1’234 JPY
    0.005        KWD       0.005 KWD        0,005 KWD        0.005 KWD
"""


@pytest.mark.parametrize("row", table(SHOWN), ids=lambda row: f"{row[0]} {row[1]}")
def test_an_amount_has_its_currencys_digits_and_its_code(row: tuple[str, ...]) -> None:
    amount, currency, *expected = row
    money = Money.of(amount, currency)
    found = [
        shown(money, Locale.parse(name, sep="-")).replace("\N{NO-BREAK SPACE}", " ") for name in ("en", "nl", "de-CH")
    ]
    assert found == expected


@given(
    st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(("EUR", "JPY", "KWD")), st.sampled_from(("en", "nl", "hi"))
)
@settings(max_examples=300)
def test_no_digit_of_an_amount_is_lost(minor: int, currency: str, language: str) -> None:
    written = shown(Money(minor, currency), Locale.parse(language))
    digits = "".join(one for one in written if one.isdecimal())
    assert int(digits) == abs(minor)


@pytest.mark.parametrize("value", [1.5, datetime(2026, 1, 1, tzinfo=UTC), object(), {"a": [0.1]}])
def test_what_is_not_exact_or_has_an_hour_is_in_no_document(value: object) -> None:
    with pytest.raises(TypeError):
        shown(value, Locale.parse("en"))
