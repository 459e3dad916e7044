"""From what is kept to what is printed: the look of an office's cards, each card, and pictures of both sides."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from bot.print import cards as printed
from bot.print.cards import CannotPrint, Card, Look
from bot.requests import Ask
from outreach import card_texts, cards
from outreach.card_texts import Words
from outreach.errors import BadInput
from storage.cards import Addressee, Printed
from storage.offices import Office

# Nobody's address: what a card looks like.
SAMPLE_CODE = "bcdfghjkmnpqrs"
_SAMPLE_ADDRESS = ("Förnamn Efternamn", "Exempelgatan 1", "123 45 ORTEN")


def look(ask: Ask, office: Office, words: Words) -> Look:
    """What is the same on every card. Raises BadInput for words that cannot be filled in."""
    website = office.website or link(ask, "").rstrip("/").partition("://")[2]
    contact = (website, *(line for line in card_texts.contact(office, ask.house.sms_number) if line != website))
    return Look(
        design=words.design,
        sender=office.sender_name,
        municipality=office.municipality,
        text=tuple(card_texts.filled(words.text, office)),
        text_en=tuple(card_texts.filled(words.text_en, office)),
        contact=contact,
        return_address=f"Retur: {words.return_address}" if words.return_address else "",
    )


def card(ask: Ask, code: str, one: Addressee) -> Card:
    """A person's card."""
    return Card(code, link(ask, code), tuple(cards.address_lines(one)))


def link(ask: Ask, code: str) -> str:
    """Where the QR picture leads: a page that is the same whatever the code."""
    return f"{ask.house.settings.public_url.rstrip('/')}/k/{code}"


def of_batch(ask: Ask, found: Sequence[tuple[Printed, Addressee]]) -> list[Card]:
    """The cards of a batch in order."""
    return [card(ask, row.code, one) for row, one in found]


def unprintable(ask: Ask, office: Office, words: Words, people: Sequence[Addressee]) -> dict[str, str]:
    """Whose name or address cannot be printed, by the code of their page, and why."""
    found = printed.unprintable(look(ask, office, words), [card(ask, one.code, one) for one in people])
    return dict(found)


def pictures(ask: Ask, office: Office, words: Words) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Both sides with nobody's address as pictures for the page, or the fault that keeps them from being drawn."""
    sample = Card(SAMPLE_CODE, link(ask, SAMPLE_CODE), _SAMPLE_ADDRESS)
    try:
        looks = look(ask, office, words)
        sides: Any = (("Framsida", "front"), ("Baksida", "back"))
        return [_shown(label, printed.picture(looks, sample, side)) for label, side in sides], []
    except CannotPrint as fault:
        return [], [{"field": "text", "text": f"Kortet kan inte tryckas: {fault.why}."}]
    except BadInput:
        # Said already, at the field where it stands.
        return [], []


def _shown(label: str, picture: bytes) -> dict[str, str]:
    return {"label": label, "source": f"data:image/png;base64,{b64encode(picture).decode()}"}
