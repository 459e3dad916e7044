"""What stands on a postcard: the words an office has chosen, filled in, and what must not be among them (ux §5.2)."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

import storage.offices
import storage.settings
import storage.staff
from outreach import phone_numbers, word_check, wording
from outreach.errors import BadInput
from outreach.word_check import Finding
from storage.cards import CardBatch
from storage.database import Session
from storage.offices import Office

# A card says who we are and how to reach us; nothing else is filled in, least of all a name.
VARIABLES = ("enhet", "telefon", "webb")
DESIGNS = {"bro": "Bro", "falt": "Fält"}
LONGEST_TEXT, LONGEST_RETURN = 330, 120

_DEFAULTS = {
    "first": (
        "Vi på {enhet} finns här för dig som är ung. Vill du prata om jobb, plugg eller något helt annat? Du bestämmer "
        "vad.\nHör av dig när det passar. Det kostar inget, och det är helt okej att låta bli.",
        "We are {enhet}, here for young people in town. Want to talk about work, studies or something else? You decide "
        "what.\nGet in touch when it suits you. It is free, and it is fine not to.",
    ),
    "closing": (
        "Det här är vårt sista kort till dig. Vill du plugga, jobba eller prata med någon längre fram finns komvux, "
        "Arbetsförmedlingen och kommunens växel för alla vuxna.\nUndrar du vart du kan vända dig? Ring {telefon}, så "
        "visar vi vägen. Lycka till!",
        "This is our last card to you. If you want to study, work or talk to somebody later on, adult education "
        "(komvux), the employment service and the town's switchboard are there for all adults.\nNot sure where to "
        "turn? Call {telefon}. Good luck!",
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What an office has chosen for its cards of a kind, as it was written: variables stand in braces."""

    design: str
    text: str
    text_en: str
    return_address: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to change: in which field it stands, and why."""

    field: str
    finding: Finding


def chosen(session: Session, office: Office, kind: str) -> Words:
    """The words the office used last, else those we propose. The return address is the same for every kind."""
    text, text_en = _DEFAULTS[kind]
    kept = storage.settings.read(session, _key(office, kind), default={})
    address = storage.settings.read(session, _key(office, "return"), default="")
    return Words(**{"design": "bro", "text": text, "text_en": text_en, **kept, "return_address": address})


def remember(
    session: Session, office: Office, kind: str, words: Words, *, now: datetime, staff_id: int
) -> None:  # fmt: skip
    """Keep the words for the next time."""
    kept = asdict(words)
    address = kept.pop("return_address")
    storage.settings.write(session, _key(office, kind), kept, now=now, staff_id=staff_id)
    keep_return_address(session, office, address, now=now, staff_id=staff_id)


def keep_return_address(
    session: Session, office: Office, address: str, *, now: datetime, staff_id: int | None = None
) -> None:  # fmt: skip
    """Where the office's cards go that do not arrive."""
    storage.settings.write(session, _key(office, "return"), address, now=now, staff_id=staff_id)


def of_batch(batch: CardBatch) -> Words:
    """The words a batch was made with."""
    return Words(batch.design, batch.text, batch.text_en, batch.return_address)


def filled(text: str, office: Office) -> list[str]:
    """The paragraphs as they stand on the card. Raises BadInput for a variable that a card may not hold."""
    phone = office.phone or office.switchboard
    values = {"enhet": office.sender_name, "telefon": phone, "webb": office.website}
    return [paragraph for line in wording.fill(text, values).splitlines() if (paragraph := line.strip())]


def contact(office: Office, sms_number: str) -> list[str]:
    """How to reach us, as it stands beside the QR code."""
    lines = [office.website]
    if phone := office.phone or office.switchboard:
        lines.append(f"Ring {phone}")
    if sms_number:
        lines.append(f"Sms {phone_numbers.show(sms_number)}")
    return [line for line in lines if line]


def remarks(session: Session, office: Office, words: Words, names: Collection[str]) -> list[Remark]:
    """Everything that must be changed before a card is printed; empty when nothing is. `names` are those of the people
    the cards are for.
    """
    found = [
        *_in_text(session, office, "text", words.text, names),
        *_in_text(session, office, "text_en", words.text_en, names),
        *_in_text(session, office, "retur", words.return_address, None),
    ]
    if not words.text.strip():
        found.append(_fault("text", "Kortet har ingen text.", "Skriv vilka ni är och hur man når er."))
    if not words.return_address.strip():
        found.append(_fault("retur", "Returadressen saknas.", "Skriv vart kort som inte kommer fram ska skickas."))
    if words.design not in DESIGNS:
        found.append(_fault("design", "Kortet har ingen bild.", "Välj en av dem."))
    return found


def _in_text(session: Session, office: Office, field: str, text: str, names: Collection[str] | None) -> list[Remark]:
    longest = LONGEST_RETURN if field == "retur" else LONGEST_TEXT
    try:
        filled_in = "\n".join(filled(text, office))
    except BadInput as error:
        return [_fault(field, error.sentence, f"Använd bara {', '.join(f'{{{name}}}' for name in VARIABLES)}.")]
    told = {
        "own_words": storage.settings.read(session, "stop_words", default=[]),
        "sensitive_places": [place.name for place in storage.offices.places(session, office.id) if place.sensitive],
    }
    # A name is looked for in what was written: the office's own name is no person's.
    findings = word_check.check_card(text, names=_names(session, names), **told)
    findings += word_check.check_card(filled_in, **told)
    once = {(finding.words, finding.why): Remark(field, finding) for finding in findings}
    too_long = len(filled_in) - longest
    if too_long > 0:
        once["", ""] = _fault(field, f"Texten är {too_long} tecken för lång.", f"Korta den till {longest} tecken.")
    return list(once.values())


def _names(session: Session, names: Collection[str] | None) -> set[str]:
    everyone = [] if names is None else [*names, *storage.staff.names(session).values()]
    return {part for name in everyone for part in name.split() if len(part) > 1}


def _fault(field: str, why: str, suggestion: str) -> Remark:
    return Remark(field, Finding("stop", "", why, suggestion))


def _key(office: Office, what: str) -> str:
    return f"cards_{office.id}_{what}"
