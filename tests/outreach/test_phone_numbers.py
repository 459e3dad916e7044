"""Telephone numbers are read as people and Excel write them, and shown as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach import phone_numbers
from outreach.errors import BadInput

MOBILE = "+46701740605"


def found(text: str) -> list[str]:
    return [number.e164 for number in phone_numbers.read_cell(text).found]


@pytest.mark.parametrize(
    "text",
    [
        "070-174 06 05", "0701740605", "070 174 06 05", "(070) 174 06 05", "070.174.06.05", "070/174 06 05",
        "070–1740605", "070‑174‑06‑05", "070\u00a0174\u00a006\u00a005", "+46701740605", "+46 70 174 06 05",
        "0046701740605",
        "46701740605", "46701740605.0", "+46(0)70-174 06 05", "+46 (0)701740605", "0046 (0)70 174 06 05",
        "+460701740605", "'0701740605", "\u200e070-174 06 05", "Mobil: 070-174 06 05", "070-174 06 05 (egen)",
        "070-174 06 05, efter kl 15", "070-174 06 05 ankn 12", "linn2005@skola.example 070-174 06 05",
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_the_same_number(text: str) -> None:
    reading = phone_numbers.read_cell(text)

    assert [number.e164 for number in reading.found] == [MOBILE]
    assert (reading.notices, reading.fault) == ((), None)


@pytest.mark.parametrize("text", ["701740605", "701740605.0", "701740605,0", "70 174 06 05", "701 740 605"])
def test_a_lost_zero_is_put_back_with_a_notice(text: str) -> None:
    reading = phone_numbers.read_cell(text)

    assert [number.e164 for number in reading.found] == [MOBILE]
    assert reading.notices == ("phone_leading_zero",)


@pytest.mark.parametrize("text", ["7,01741E+08", "7.01741E+08", "7,01741e+08", "4,67017E+10", "7E+08", "7,01741 E+08"])
def test_a_number_that_excel_has_rounded_cannot_be_mended(text: str) -> None:
    reading = phone_numbers.read_cell(text)

    assert reading.fault == "phone_ruined_by_excel"
    assert reading.found == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("070-174 06 99", "mobile"), ("08-465 004 00", "landline"), ("031-390 06 99", "landline"),
        ("040-628 04 04", "landline"), ("0980-319 200", "landline"), ("0980-31 92 99", "landline"),
        ("+47 912 34 567", "foreign"),
    ],
)  # fmt: skip
def test_the_kind_goes_by_the_number(text: str, kind: str) -> None:
    (number,) = phone_numbers.read_cell(text).found

    assert number.kind == kind
    assert phone_numbers.kind(number.e164) == kind


@pytest.mark.parametrize("area", ["070-174 06 ", "08-465 004 ", "031-390 06 ", "040-628 04 ", "0980-319 2"])
def test_every_number_kept_free_for_fiction_is_accepted(area: str) -> None:
    first = 5 if area.startswith("070") else 0

    assert all(len(found(f"{area}{last:02}")) == 1 for last in range(first, 100))


@pytest.mark.parametrize(
    "text",
    [
        "070-174 06 05 / 08-465 004 10", "0701740605/0846500410", "0701740605, 0846500410", "0701740605;0846500410",
        "070-174 06 05 eller 08-465 004 10", "070-174 06 05 och 08-465 004 10", "070-174 06 05\n08-465 004 10",
        "070-174 06 05 08-465 004 10", "0701740605+46846500410", "hem 070-174 06 05 jobb 08-465 004 10",
        "070-174 06 05 & 08-465 004 10", "070-174 06 05 alt. 08-465 004 10", "070-174 06 05 | 08-465 004 10",
    ],
)  # fmt: skip
def test_two_numbers_in_a_cell_become_two_numbers_with_a_notice(text: str) -> None:
    reading = phone_numbers.read_cell(text)

    assert [number.e164 for number in reading.found] == [MOBILE, "+46846500410"]
    assert (reading.notices, reading.fault) == (("several_numbers_in_cell",), None)


def test_one_number_written_twice_is_one_number() -> None:
    reading = phone_numbers.read_cell("0701740605 / 070-174 06 05")

    assert len(reading.found) == 1
    assert reading.notices == ()


@pytest.mark.parametrize("text", ["", "-", "saknas", "har ingen", "hemligt", "?", "#N/A", "####"])
def test_a_cell_without_digits_is_no_number_and_no_fault(text: str) -> None:
    assert phone_numbers.read_cell(text) == phone_numbers.Numbers()


@pytest.mark.parametrize(
    "text",
    [
        "070-174 06", "12345", "112", "070174060512", "999999999999", "0701740605 / 070-174", "+46", "2026-11-24",
        "+999701740605",
    ],
)  # fmt: skip
def test_too_short_too_long_or_no_such_number_is_a_fault(text: str) -> None:
    assert phone_numbers.read_cell(text).fault == "phone_unreadable"


@given(st.from_regex(r"07[0-9]{8}", fullmatch=True))
def test_what_is_taken_for_a_mobile_is_one_to_the_library_too(text: str) -> None:
    for number in phone_numbers.read_cell(text).found:
        assert number.kind == phone_numbers.kind(number.e164)


@given(st.text(alphabet="0123456789+-()/., eE", max_size=40))
def test_no_cell_makes_the_reader_stumble(text: str) -> None:
    reading = phone_numbers.read_cell(text)

    assert all(number.e164.startswith("+") for number in reading.found)
    assert reading.fault or reading.found or not any(character.isdigit() for character in text)


@given(st.text(max_size=60))
def test_no_text_at_all_makes_the_reader_stumble(text: str) -> None:
    phone_numbers.read_cell(text)


@given(st.integers(5, 99), st.text(alphabet=" -./", min_size=9, max_size=9))
def test_signs_between_digits_do_not_matter(last: int, signs: str) -> None:
    digits = f"07017406{last:02}"
    written = "".join(digit + sign for digit, sign in zip(digits, signs, strict=False)) + digits[-1]

    assert found(written) == [f"+467017406{last:02}"]


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        (MOBILE, "070-174 06 05"), ("+46846500410", "08-465 004 10"), ("+46313900600", "031-390 06 00"),
        ("+46406280404", "040-628 04 04"), ("+46980319200", "0980-319 200"), ("+4791234567", "+47 912 34 567"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_swedes_write_them(e164: str, shown: str) -> None:
    assert phone_numbers.show(e164) == shown
    assert phone_numbers.normalise(shown) == e164


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("7,01741E+08", "Excel har gjort om numret"), ("070-174 06", "för kort"), ("saknas", "inget nummer"),
        ("", "inget nummer"), ("070-174 06 05 / 070-174 06 06", "flera nummer"),
    ],
)  # fmt: skip
def test_a_typed_number_that_cannot_be_used_is_answered_in_words(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        phone_numbers.normalise(text)
