"""The sharing card (domain S37, B12): what a person has let us tell, to whom and until when. What they have read is
what is told, word for word, and only while their permission (medgivande) stands.
"""

from datetime import date, datetime, timedelta

import storage.audit
import storage.sharing
from outreach import word_check
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person
from storage.sharing import SharingCard
from storage.staff import Staff

LONGEST_TEXT, LONGEST_NAME = 1500, 120
LONGEST = timedelta(days=366)
# How a person can say yes.
HOW = ("skriftligt", "muntligt", "i meddelande till oss")


def write(
    session: Session, person: Person, staff: Staff, *, text: str, told_to: str, until: date | None, now: datetime
) -> SharingCard:
    """A card as the person shall read it; nothing is told before they have said yes. Raises BadInput."""
    text, told_to, today = text.replace("\r\n", "\n").strip(), told_to.strip()[:LONGEST_NAME], local_date(now)
    if not text or len(text) > LONGEST_TEXT:
        raise BadInput(f"Skriv det som ska berättas, högst {LONGEST_TEXT} tecken.")
    if word_check.holds_personnummer(text):
        raise BadInput("Texten ser ut att ha ett personnummer i sig. Ta bort det.")
    if not told_to:
        raise BadInput("Skriv vem det får berättas för.")
    if until is None or not today <= until <= today + LONGEST:
        raise BadInput("Skriv till vilken dag det gäller, högst ett år fram.")
    card = SharingCard(
        person_id=person.id, text=text, told_to=told_to, until=until, written_at=now, written_by_id=staff.id
    )
    storage.sharing.keep(session, card)
    storage.audit.write(session, "sharing_written", now=now, staff_id=staff.id, person_id=person.id, card=card.code)
    return card


def stands(card: SharingCard, now: datetime) -> bool:
    """Whether the person lets us tell it today."""
    return card.permitted_at is not None and card.withdrawn_at is None and card.until >= local_date(now)


def permit(session: Session, card: SharingCard, staff: Staff, *, how: str, now: datetime) -> None:
    """The person has read the text and said yes. Raises BadInput for how, Conflict for a card that is over."""
    if how not in HOW:
        raise BadInput("Välj hur personen sade ja.")
    if card.withdrawn_at is not None or card.until < local_date(now) or card.permitted_at is not None:
        raise Conflict("Kortet gäller inte längre, eller har redan ett ja. Läs om sidan.")
    card.permitted_at, card.permitted_how = now, how
    storage.sharing.keep(session, card)
    _log(session, "sharing_permitted", card, staff, now)


def withdraw(session: Session, card: SharingCard, staff: Staff, *, now: datetime) -> None:
    """The person has changed their mind: nothing more is told. Twice changes nothing."""
    if card.withdrawn_at is None:
        card.withdrawn_at = now
        storage.sharing.keep(session, card)
        _log(session, "sharing_withdrawn", card, staff, now)


def tell(session: Session, card: SharingCard, staff: Staff, *, now: datetime) -> None:
    """It has been told. Raises Conflict where the person has not said yes, has taken it back, or its day has been."""
    if not stands(card, now):
        raise Conflict("Det finns inget ja som gäller, så det får inte berättas.")
    card.told_at, card.told_by_id = now, staff.id
    storage.sharing.keep(session, card)
    _log(session, "sharing_told", card, staff, now)


def _log(session: Session, action: str, card: SharingCard, staff: Staff, now: datetime) -> None:
    storage.audit.write(session, action, now=now, staff_id=staff.id, person_id=card.person_id, card=card.code)
