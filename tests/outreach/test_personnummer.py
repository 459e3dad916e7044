"""Personnummer and their relatives are read as lists write them; the last four never show by accident."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach import personnummer
from outreach.errors import BadInput

TODAY = date(2026, 11, 24)


def digits(text: str) -> str | None:
    identity = personnummer.read(text, TODAY).identity
    return identity.digits if identity else None


@pytest.mark.parametrize(
    "text",
    [
        "20070906-2384", "200709062384", "070906-2384", "0709062384", "20070906 2384", " 20070906-2384 ",
        "20070906–2384", "200709062384.0", "200709062384,0", "2007 0906 2384", "20070906\u00a02384", "'20070906-2384",
        "\u200e20070906-2384", "2007090 62384",
    ],
)  # fmt: skip
def test_every_way_to_write_a_personnummer_is_the_same(text: str) -> None:
    reading = personnummer.read(text, TODAY)

    assert reading.identity == personnummer.Identity("personnummer", "200709062384", date(2007, 9, 6))
    assert reading.fault is None


@pytest.mark.parametrize("text", ["709062384", "709062384.0", "70906-2384"])
def test_nine_digits_have_lost_their_zero_and_get_it_back_with_a_notice(text: str) -> None:
    identity = personnummer.read(text, TODAY).identity

    assert identity is not None
    assert (identity.digits, identity.notices) == ("200709062384", ("personnummer_leading_zero",))


@pytest.mark.parametrize("text", ["070286-2392", "20070286-2392", "200702862392"])
def test_a_samordningsnummer_has_sixty_added_to_its_day(text: str) -> None:
    identity = personnummer.read(text, TODAY).identity

    assert identity == personnummer.Identity(
        "samordningsnummer", "200702862392", date(2007, 2, 26), ("coordination_number",)
    )


@pytest.mark.parametrize("text", ["20090630-T393", "20090630T393", "090630-t393"])
def test_a_schools_interim_number_skips_the_check_digit(text: str) -> None:
    identity = personnummer.read(text, TODAY).identity

    assert identity == personnummer.Identity("interim", "20090630T393", date(2009, 6, 30), ("interim_number",))


def test_an_interim_number_may_have_two_letters() -> None:
    assert digits("090630-TF93") == "20090630TF93"


def test_a_wrong_check_digit_is_told_from_what_cannot_be_read() -> None:
    reading = personnummer.read("0802202389", TODAY)

    assert (reading.identity, reading.fault) == (None, "personnummer_check_digit")
    assert reading.birth_date == date(2008, 2, 20)


@pytest.mark.parametrize(
    "text",
    [
        "", "saknas", "20070906", "070906", "20070906-23", "20070906-23845", "20071306-2384", "20070931-2384",
        "2,00709E+11", "20300101-2384", "10070906-2384", "20070906-XXXX", "20070906-0002", "20070992-2384",
        "T0709062384",
    ],
)  # fmt: skip
def test_wrong_length_no_such_date_or_ruined_is_unreadable(text: str) -> None:
    assert personnummer.read(text, TODAY) == personnummer.Reading(fault="personnummer_unreadable")


def test_ten_digits_get_the_latest_century_that_makes_somebody_0_to_99() -> None:
    assert digits("1002182390") == "201002182390"
    before_birth = personnummer.read("1002182390", date(2010, 2, 17)).identity
    on_the_day = personnummer.read("1002182390", date(2010, 2, 18)).identity
    assert before_birth is not None
    assert before_birth.birth_date == date(1910, 2, 18)
    assert on_the_day is not None
    assert on_the_day.birth_date == date(2010, 2, 18)


def test_a_plus_means_a_hundred_years_or_more() -> None:
    identity = personnummer.read("070906+2384", TODAY).identity

    assert identity is not None
    assert identity.birth_date == date(1907, 9, 6)


@given(st.text(max_size=20))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    reading = personnummer.read(text, TODAY)

    assert (reading.identity is None) == (reading.fault is not None)


@given(st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])[0-9]{2}[-+]?[0-9]{4}", fullmatch=True), st.dates(date(2020, 1, 1)))
def test_what_is_read_was_born_before_today_and_reads_the_same_again(text: str, today: date) -> None:
    identity = personnummer.read(text, today).identity

    if identity:
        assert identity.birth_date <= today
        assert personnummer.age(identity.birth_date, today) >= (100 if "+" in text else 0)
        again = personnummer.read(identity.digits, today).identity
        assert again is not None
        assert again.digits == identity.digits


def test_on_screen_the_last_four_are_hidden_until_they_are_opened() -> None:
    assert personnummer.masked("200709062384") == "20070906-••••"
    assert personnummer.in_clear("200709062384") == "20070906-2384"


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2006, 11, 24), TODAY, 20), (date(2006, 11, 25), TODAY, 19), (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)  # fmt: skip
def test_age_is_in_whole_years(born: date, today: date, years: int) -> None:
    assert personnummer.age(born, today) == years


@pytest.mark.parametrize(("text", "words"), [("0802202389", "Sista siffran"), ("hej", "går inte att läsa")])
def test_a_typed_number_that_cannot_be_used_is_answered_in_words(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        personnummer.parse(text, TODAY)
    assert text not in str(refused.value)


def test_a_typed_number_is_read() -> None:
    assert personnummer.parse("070906-2384", TODAY).digits == "200709062384"
