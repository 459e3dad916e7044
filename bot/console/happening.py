"""One line of a person's timeline, and the lines about what has been offered, agreed and changed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

import storage.amendments
import storage.merges
import storage.offers
import storage.partners
import storage.people
import storage.sharing
from outreach import in_words
from storage.database import Session
from storage.local_time import STOCKHOLM
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Event:
    """One line: when, by whom, what, and the words if there were any. `side` tells who spoke. Of what was noted by day
    alone the hour says nothing.
    """

    at: datetime
    group: str
    what: str
    who: str = ""
    text: str = ""
    note: str = ""
    side: str = ""
    id: str = ""
    day_only: bool = False


_SERIES_ENDED = {
    "said_no": "ville inte ha fler", "closed": "avslutad", "stopped": "sade stopp", "merged": "sidorna slogs ihop",
    "all": "alla är skickade",
}  # fmt: skip


class Agreed:
    """Tells what has been offered to one person, agreed with them, and changed about them; `closed_to` are others whom
    the reader may not read about (jäv).
    """

    def __init__(
        self, session: Session, person: Person, names: Mapping[int, str], closed_to: Collection[int] = ()
    ) -> None:
        self._session = session
        self._person = person
        self._names = names
        self._closed_to = closed_to

    def everything(self) -> Iterator[Event]:
        """Every such event, in no order."""
        for told in (self._offers, self._enrolments, self._contracts, self._series, self._referrals,
                     self._shared, self._known, self._amended, self._merges):  # fmt: skip
            yield from told()

    def _who(self, staff_id: int | None) -> str:
        return self._names.get(staff_id or 0, "")

    def _offers(self) -> Iterator[Event]:
        for offer, measure in storage.offers.of_person(self._session, self._person.id):
            by = self._who(offer.offered_by_id)
            gone = "Borttaget, räknas inte" if offer.withdrawn_at is not None else ""
            yield _on(offer.offered_on, f"Erbjöds {measure.name}", by, note=gone)
            if offer.answered_on is not None:
                said = in_words.ANSWERS[offer.answer]
                yield _on(offer.answered_on, f"{said} till {measure.name}", by)

    def _enrolments(self) -> Iterator[Event]:
        for row in storage.offers.enrolments(self._session, self._person.id):
            by = self._who(row.noted_by_id)
            yield _on(row.enrolled_on, f"Inskriven i {row.system}", by)
            if row.ended_on is not None:
                yield _on(row.ended_on, f"Inte längre inskriven i {row.system}")

    def _contracts(self) -> Iterator[Event]:
        for row in storage.offers.contracts(self._session, self._person.id):
            until = f"Till {row.ends_on.isoformat()}" if row.ends_on is not None else ""
            yield _on(row.signed_on, "Utbildningskontrakt", self._who(row.noted_by_id), note=until)

    def _series(self) -> Iterator[Event]:
        for row in storage.offers.encouragements(self._session, [self._person.id]):
            by = self._who(row.begun_by_id)
            yield Event(row.begun_at, "noterat", "Sade ja till uppmuntran under studierna", by)
            if row.ended_at is not None:
                why = _SERIES_ENDED.get(row.ended_why, row.ended_why)
                yield Event(row.ended_at, "noterat", "Uppmuntran är slut", note=why.capitalize())

    def _referrals(self) -> Iterator[Event]:
        for row, partner in storage.partners.referrals(self._session, self._person.id):
            what = f"Hänvisad {'av' if row.to_us else 'till'} {partner.name}"
            yield _on(row.on, what, self._who(row.noted_by_id), note=f"Grund: {row.ground}")

    def _shared(self) -> Iterator[Event]:
        for card in storage.sharing.cards(self._session, self._person.id):
            to = f"För: {card.told_to}, till {card.until.isoformat()}"
            yield Event(card.written_at, "noterat", "Delningskort skrivet", self._who(card.written_by_id), note=to)
            if card.permitted_at is not None:
                yield Event(card.permitted_at, "noterat", "Sade ja till delning", note=f"{to}, {card.permitted_how}")
            if card.told_at is not None:
                yield Event(card.told_at, "noterat", "Berättat enligt kortet", self._who(card.told_by_id), note=to)
            if card.withdrawn_at is not None:
                yield Event(card.withdrawn_at, "noterat", "Delning återtagen", note=to, side="attention")

    def _known(self) -> Iterator[Event]:
        for row in storage.sharing.acquaintances(self._session, self._person.id):
            yield Event(row.since, "uppgifter", "Känner personen och kommer inte åt sidan", self._who(row.staff_id))
            if row.ended_at is not None:
                what = f"Hävde att {self._who(row.staff_id)} känner personen"
                yield Event(row.ended_at, "uppgifter", what, self._who(row.ended_by_id))

    def _amended(self) -> Iterator[Event]:
        for row in storage.amendments.of_person(self._session, self._person.id):
            what = in_words.AMENDED.get(row.fact, row.fact)
            changed = f"{row.before or 'tomt'} → {row.after or 'tomt'}" if row.fact not in _NOT_A_VALUE else ""
            said = changed or row.after or row.before
            yield Event(row.at, "uppgifter", what, self._who(row.by_id), said)

    def _merges(self) -> Iterator[Event]:
        for row in storage.merges.of_person(self._session, self._person.id):
            other = row.merged_id if row.kept_id == self._person.id else row.kept_id
            merged = storage.people.get(self._session, other)
            # Nobody with protected identity is named on another's page, whoever reads it (ux §1.4).
            name = "" if merged.protected or merged.id in self._closed_to else merged.name
            yield Event(row.at, "uppgifter", "Sidan slogs ihop med en annan", self._who(row.by_id), name)
            if row.undone_at is not None:
                by = self._who(row.undone_by_id)
                yield Event(row.undone_at, "uppgifter", "Sammanslagningen ångrades", by, name)


_NOT_A_VALUE = ("closed", "opened", "paused", "resumed", "outcome", "referral", "added")


def _on(day: date, what: str, who: str = "", note: str = "") -> Event:
    """A line about a day without an hour; among those of its day it stands at noon."""
    at = datetime.combine(day, time(12), tzinfo=STOCKHOLM)
    return Event(at, "noterat", what, who, note=note, day_only=True)
