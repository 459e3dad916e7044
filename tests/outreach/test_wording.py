"""Filling in a text and counting what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import BadInput
from outreach.wording import (
    BrokenTemplate,
    Forcing,
    MissingValue,
    Size,
    fill,
    forcing_characters,
    is_gsm,
    measure,
    replace_forcing,
    variables,
)


def test_variables_are_filled_in():
    assert fill("Hej {fornamn}! {namn} här.", {"fornamn": "Leila", "namn": "Samira"}) == "Hej Leila! Samira här."


def test_a_missing_value_is_named_in_the_error():
    with pytest.raises(MissingValue, match="fornamn"):
        fill("Hej {fornamn}!", {"namn": "Samira"})


def test_a_missing_value_is_something_the_person_can_mend():
    assert issubclass(MissingValue, BadInput)
    assert issubclass(BrokenTemplate, BadInput)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_empty_value_is_missing(value):
    with pytest.raises(MissingValue):
        fill("Hej {fornamn}!", {"fornamn": value})


def test_a_reserve_word_stands_in_for_a_missing_value():
    assert fill("Hej {fornamn|du}!", {}) == "Hej du!"
    assert fill("Hej {fornamn|du}!", {"fornamn": "Leila"}) == "Hej Leila!"
    assert fill("Hej{fornamn|}!", {}) == "Hej!"


def test_a_value_that_looks_like_a_variable_is_left_alone():
    assert fill("Hej {fornamn}!", {"fornamn": "{namn}"}) == "Hej {namn}!"


@pytest.mark.parametrize("template", ["Hej {fornamn!", "Hej fornamn}", "{}", "{två ord}"])
def test_a_lone_brace_is_refused(template):
    with pytest.raises(BrokenTemplate):
        fill(template, {"fornamn": "Leila"})


def test_a_decomposed_letter_is_composed_so_that_it_costs_one_character():
    assert fill("{namn}", {"namn": "A\u030asa"}) == "Åsa"


def test_the_variables_of_a_text_are_listed_once_in_order():
    assert variables("{enhet}, {kommun}. {fornamn|du} {enhet}") == ("enhet", "kommun", "fornamn")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size("GSM-7", 0, 0)),
        ("a" * 160, Size("GSM-7", 160, 1)),
        ("a" * 161, Size("GSM-7", 161, 2)),
        ("a" * 306, Size("GSM-7", 306, 2)),
        ("a" * 307, Size("GSM-7", 307, 3)),
        ("åäöÅÄÖéÉüñ", Size("GSM-7", 10, 1)),
        ("€[]", Size("GSM-7", 6, 1)),
        ("a" * 158 + "€", Size("GSM-7", 160, 1)),
        ("a" * 159 + "€", Size("GSM-7", 161, 2)),
        ("ç" * 70, Size("UCS-2", 70, 1)),
        ("ç" * 71, Size("UCS-2", 71, 2)),
        ("ç" * 134, Size("UCS-2", 134, 2)),
        ("ç" * 135, Size("UCS-2", 135, 3)),
        ("👍", Size("UCS-2", 2, 1)),
        ("👍" * 35, Size("UCS-2", 70, 1)),
        ("👍" * 36, Size("UCS-2", 72, 2)),
    ],
)
def test_size(text, size):
    assert measure(text) == size


def test_an_extension_character_is_not_split_between_parts():
    assert measure("a" * 152 + "€" + "a" * 152).parts == 3


def test_an_emoji_is_not_split_between_parts():
    assert measure("ç" * 66 + "👍" + "ç" * 66).parts == 3


def test_the_characters_that_force_unicode_are_named_with_their_fix():
    assert forcing_characters("”Hej” – kom… Zoë 👍") == (
        Forcing("”", '"'), Forcing("–", "-"), Forcing("…", "..."), Forcing("ë", None), Forcing("👍", None),
    )  # fmt: skip


def test_a_gsm_text_has_no_forcing_characters():
    assert forcing_characters("Hej på dig! 50 % {x} [y] €") == ()


def test_the_fix_makes_typography_plain_and_keeps_names():
    assert replace_forcing("”Hej” – kom…\u00a0Zoë’s") == '"Hej" - kom... Zoë\'s'


@given(st.text())
def test_any_text_can_be_measured_and_fixed(text):
    size = measure(text)

    assert size.parts <= size.characters
    assert (size.encoding == "GSM-7") == is_gsm(text)
    assert measure(replace_forcing(text)).parts <= measure(text).parts * 3
