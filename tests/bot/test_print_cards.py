"""Postcards on paper: every code can be read back, each back lies behind its front, and what breaks a card is named."""

import re

import print_shop
import pytest

from bot.print import cards as printed
from bot.print.cards import CannotPrint, Card, Look

LINK = "https://brygga.bjorkstad.example/k/"
CODES = [f"{first}{second}dfghjkmnpqrs" for first in "bcd" for second in "bcdfghj"]
LONG = (
    "Alexandra-Konstantina Papadopoulou-Đorđević af Ställberg", "c/o Föreningen Gränslösa Vänner i Björkstad",
    "Övre Långholmsbacksgränd 1234 C, lgh 1503", "123 45 ÖVRE BJÖRKSTADSTRAND",
)  # fmt: skip
SHORT = ("Leila Amari", "Björkvägen 3 B", "123 45 BJÖRKSTAD")


def a_look(**changes: object) -> Look:
    """What an office's cards look like."""
    told = {
        "design": "bro", "sender": "Unga Björkstad", "municipality": "Björkstads kommun",
        "text": ("Vi finns här för dig som är ung.", "Hör av dig om du vill."), "text_en": ("We are here for you.",),
        "contact": ("bjorkstad.se/unga", "Ring 08-465 004 11"), "return_address": "Retur: Box 1, 123 00 BJÖRKSTAD",
    }  # fmt: skip
    return Look(**{**told, **changes})  # type: ignore[arg-type]


def some_cards(count: int, address: tuple[str, ...] = SHORT) -> list[Card]:
    """Cards with codes of their own."""
    return [Card(code, LINK + code, (f"Nr {place}", *address[1:])) for place, code in enumerate(CODES[:count])]


@pytest.mark.parametrize("design", ["bro", "falt"])
def test_every_code_is_read_back_in_order_from_sheets_of_four(design: str) -> None:
    cards = some_cards(9)

    backs = list(print_shop.pages(printed.pdf(a_look(design=design), cards, "a4")))[1::2]

    # Turned over its long edge, the lower row of a back lies behind the upper row of its front.
    read = [sorted(print_shop.qr_codes(page), key=lambda code: (code[1] < 0.5, code[0])) for page in backs]
    assert [text for page in read for _, _, text in page] == [card.link for card in cards]


def test_every_code_is_read_back_in_order_from_single_cards() -> None:
    cards = some_cards(4)

    backs = list(print_shop.pages(printed.pdf(a_look(), cards, "a6")))[1::2]

    assert [print_shop.qr_codes(page)[0][2] for page in backs] == [card.link for card in cards]


def test_sheets_are_a4_and_hold_four_cards_on_each_side() -> None:
    assert print_shop.sizes(printed.pdf(a_look(), some_cards(9), "a4")) == [(297, 210)] * 6


def test_single_cards_have_three_millimetres_of_bleed_all_round() -> None:
    made = printed.pdf(a_look(), some_cards(2), "a6")

    assert print_shop.sizes(made) == [(154, 111)] * 4
    assert [print_shop.trimmed(page) for page in print_shop.pages(made)] == [(148, 105)] * 4


@pytest.mark.parametrize("design", ["bro", "falt"])
def test_colour_goes_out_to_the_edge_of_the_bleed_and_stays_off_the_edges_of_a_sheet(design: str) -> None:
    look = a_look(design=design)
    single = print_shop.grey(next(print_shop.pages(printed.pdf(look, some_cards(1), "a6"))), 72)
    sheet = print_shop.grey(next(print_shop.pages(printed.pdf(look, some_cards(1), "a4"))), 72)

    assert single.darkest(0, 0.9, 0.001, 0.91) < 128
    assert single.darkest(0.999, 0.9, 1, 0.91) < 128
    assert sheet.darkest(0, 0.05, 0.018, 0.45) == 255
    assert sheet.darkest(0.485, 0.05, 0.53, 0.45) == 255


def test_a_last_sheet_with_one_card_has_its_back_behind_its_front() -> None:
    front, back = print_shop.pages(printed.pdf(a_look(), some_cards(1), "a4"))

    assert print_shop.grey(front, 72).darkest(0.05, 0.1, 0.45, 0.4) < 128
    assert print_shop.grey(front, 72).darkest(0.05, 0.6, 0.45, 0.9) == 255
    ((x, y, _),) = print_shop.qr_codes(back)
    assert (x < 0.5, y > 0.5) == (True, True)


def test_crop_marks_stand_at_the_middle_of_each_side_and_in_the_middle_of_the_sheet() -> None:
    for page in print_shop.pages(printed.pdf(a_look(), some_cards(4), "a4")):
        shown = print_shop.grey(page)
        middles = [(0.499, 0.01), (0.499, 0.98), (0.01, 0.499), (0.98, 0.499), (0.499, 0.499)]

        assert all(shown.darkest(x, y, x + 0.002, y + 0.002) < 128 for x, y in middles)


def test_each_page_holds_its_words_as_real_text() -> None:
    card = Card(CODES[0], LINK + CODES[0], LONG)

    front, back = print_shop.pages(printed.pdf(a_look(), [card], "a6"))

    assert print_shop.words(front) == "Hej! Unga Björkstad Björkstads kommun"
    said = re.sub(r"[-\u0002\ufffe] ?", "-", print_shop.words(back))
    for part in ("Đorđević af Ställberg", "c/o Föreningen", "123 45 ÖVRE BJÖRKSTADSTRAND", "Vi finns här för dig",
                 "We are here for you.", "Retur: Box 1", "bjorkstad.se/unga", "bbdf ghjk mnpq rs"):  # fmt: skip
        assert part in said


def test_letters_of_many_languages_are_printed() -> None:
    names = "Åse Ñuñez Đặng Łucja Şule Ţuţu Ği Þór Ǧǧ Ŧŧ Ŋŋ Əli Nguyễn Žižek Ōta"
    (_, back) = print_shop.pages(printed.pdf(a_look(), [Card(CODES[0], LINK, (names,))], "a6"))

    assert [name for name in names.split() if name not in print_shop.words(back)] == []


def test_the_file_says_its_title_and_language_and_is_tagged() -> None:
    made = printed.pdf(a_look(), some_cards(1), "a6")

    assert b"/Lang (sv)" in made or b"/Lang(sv)" in made
    assert b"/StructTreeRoot" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert "Vykort från Unga Björkstad" in made.decode("utf-8", "ignore")


@pytest.mark.parametrize("design", ["bro", "falt"])
def test_a_long_text_in_two_languages_fits(design: str) -> None:
    long = ("Vi finns här för dig som är ung och vill prata om något. " * 6)[:330]

    assert printed.pdf(a_look(design=design, text=(long,), text_en=(long,)), some_cards(1, LONG), "a4")


def test_people_whose_data_cannot_be_printed_are_named_with_the_reason_and_the_others_are_not() -> None:
    cards = some_cards(12)
    cards[3] = Card("emoji", LINK, ("Ali 😀", *SHORT[1:]))
    cards[7] = Card("arabic", LINK, ("علي", *SHORT[1:]))
    cards[8] = Card("lines", LINK, ("Mycket långt namn " * 60, *SHORT[1:]))
    cards[11] = Card("word", LINK, ("W" * 200, *SHORT[1:]))

    faults = printed.unprintable(a_look(), cards)

    assert list(faults) == ["emoji", "arabic", "lines", "word"]
    assert faults["emoji"] == "tecknet 😀 finns inte i typsnittet"
    assert "finns inte i typsnittet" in faults["arabic"]
    assert faults["lines"] == faults["word"] == "namnet eller adressen är för lång för kortet"


def test_nobody_is_named_when_all_can_be_printed() -> None:
    assert printed.unprintable(a_look(), some_cards(12, LONG)) == {}
    assert printed.unprintable(a_look(), []) == {}


def test_a_text_that_cannot_be_printed_is_said() -> None:
    with pytest.raises(CannotPrint) as said:
        printed.picture(a_look(text=("Hej 😀",)), some_cards(1)[0], "back")

    assert said.value.why == "tecknet 😀 finns inte i typsnittet"


def test_a_name_that_looks_like_markup_is_set_as_it_stands() -> None:
    name = '#panic("x") *Leila* $y$ \\ @z <w> "'
    (_, back) = print_shop.pages(printed.pdf(a_look(), [Card(CODES[0], LINK, (name,))], "a6"))

    assert '#panic("x") *Leila* $y$ \\ @z <w> "' in print_shop.words(back)


@pytest.mark.parametrize("side", ["front", "back"])
def test_a_side_can_be_shown_as_a_picture(side: printed.Side) -> None:
    assert printed.picture(a_look(), some_cards(1)[0], side).startswith(b"\x89PNG")
