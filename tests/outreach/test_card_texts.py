"""What may stand on a postcard: stricter than a text, since anybody in the stairwell can read it."""

import pytest
from builders import a_staff, an_office

from outreach import card_texts, word_check
from outreach.card_texts import Words
from storage.database import Session


@pytest.mark.parametrize("kind", ["first", "closing"])
def test_the_words_we_propose_pass_our_own_check(session: Session, kind: str) -> None:
    words = card_texts.chosen(session, an_office(session), kind)
    at_hand = Words(words.design, words.text, words.text_en, "Unga Björkstad, Storgatan 1, 123 00 BJÖRKSTAD")

    assert card_texts.remarks(session, an_office(session), at_hand, {"Leila Amari"}) == []


STOPPED = [
    "Hej Leila, vi finns här.", "Leila, hör av dig.", "Hör av dig till Sara på {enhet}.", "Du har hoppat av.",
    "Vi jobbar med aktivitetsansvaret.", "Vi saknar dig i skolan.", "Du går inte på gymnasiet längre.",
    "Du måste höra av dig.", "Vår kurator finns här.", "Du som snart fyller 20.", "Hej 😀", "Hej {fornamn}!",
    "Ring {vaxel}.", "20070514-2381", "Läs på bit.ly/unga.", "Socialförvaltningen hälsar.", "You left school.",
    "Ditt studieavbrott.",
]  # fmt: skip


@pytest.mark.parametrize("text", STOPPED)
def test_a_card_says_no_name_and_nothing_of_why(session: Session, text: str) -> None:
    a_staff(session)

    remarks = card_texts.remarks(session, an_office(session), Words("bro", text, "", "Box 1"), {"Leila Amari"})

    assert [one.field for one in remarks][:1] == ["text"]


ALLOWED = [
    "Vi finns på folkhögskolan varje tisdag.", "Inga krav, hör av dig om du vill.", "Will you call us?",
    "Vill du plugga på komvux?",
]  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED)
def test_ordinary_words_are_let_through(session: Session, text: str) -> None:
    assert card_texts.remarks(session, an_office(session), Words("bro", text, "", "Box 1"), {"Will Berg"}) == []


def test_a_return_address_is_read_by_others_too(session: Session) -> None:
    words = Words("bro", "Hej!", "", "Socialtjänsten, Box 1")

    assert [one.field for one in card_texts.remarks(session, an_office(session), words, ())] == ["retur"]


def test_a_card_needs_words_a_picture_and_somewhere_to_return_to(session: Session) -> None:
    remarks = card_texts.remarks(session, an_office(session), Words("", " ", "", ""), ())

    assert [one.field for one in remarks] == ["text", "retur", "design"]


def test_a_text_that_is_too_long_says_by_how_much(session: Session) -> None:
    (remark,) = card_texts.remarks(session, an_office(session), Words("bro", "a" * 335, "", "Box 1"), ())

    assert remark.finding.why == "Texten är 5 tecken för lång."


def test_a_sensitive_place_is_stopped(session: Session) -> None:
    found = word_check.check_card("Kom till Ungdomens hus.", sensitive_places=["Ungdomens hus"])

    assert [finding.level for finding in found] == ["stop"]
