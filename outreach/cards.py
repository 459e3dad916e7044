"""Postcards (vykort): who may get one, what becomes of a batch, and the cards that come back (ux §4.10).

Nobody with protected identity gets a card, stands on a label, in a list or in a count, ever (domain B7). That is asked
anew each time something is made: for the plan, for the PDF, for the labels and when the cards are said to be sent.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import storage.audit
import storage.cards
import storage.ladder_queue
import storage.numbers
import storage.people
from outreach import card_texts, gate_facts, ladder
from outreach.card_texts import Words
from outreach.errors import BadInput, Conflict, NotFound
from outreach.gate import MINIMUM_AGE
from storage.cards import Addressee, Card, CardBatch, Printed
from storage.codes import new_code
from storage.database import Session
from storage.local_time import STOCKHOLM, age, local_date
from storage.offices import Office
from storage.people import Person
from storage.staff import Staff

# Why somebody gets no card, as it is said on screen.
REASONS = {
    "address": "adressen är inte fullständig",
    "returned": "ett kort har kommit i retur från adressen",
    "waiting": "har redan ett kort som inte är skickat",
    "recent": "har fått ett kort nyligen",
    "today": "har kontaktats i dag",
    "letters": "vill inte ha post",
    "paused": "vilar till ett valt datum",
    "closed": "avslutad",
    "age": "under 16 år",
    "age_unknown": "födelsedatum saknas",
    "programme": "hör inte till någon målgrupp",
    "office": "hör till ett annat kontor",
}
# What somebody can set right by finding an address.
NEEDS_ADDRESS = ("address", "returned")
PLACES = {"first": "postcard", "closing": "closing_card"}
RECENT = timedelta(days=30)
MOST_CARDS = 1000
_POSTCODE = re.compile(r"^(?:SE?[- ]?)?(\d{3}) ?(\d{2})$", re.IGNORECASE)
_CARE_OF = re.compile(r"^c\s*[/.]?\s*o\b[\s:.]*", re.IGNORECASE)
_CODE = re.compile(r"^[23456789bcdfghjkmnpqrstvwxz]{14}$")
# A card that somebody says was sent on an earlier day left then, as far as anybody knows, in the middle of it.
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets a card, by name, and who does not, by reason. Nobody with protected identity is in it."""

    getting: list[Addressee] = field(default_factory=list)
    withheld: dict[str, list[Addressee]] = field(default_factory=dict)

    @property
    def without_address(self) -> list[Addressee]:
        """Whose address must be found first."""
        return [one for reason in NEEDS_ADDRESS for one in self.withheld.get(reason, [])]


def on_their_step(session: Session, office: Office, kind: str, now: datetime) -> list[int]:
    """Ids of the office's people whose next step on the ladder is a card of this kind, and due."""
    turns = storage.ladder_queue.due(session, [office.id], PLACES[kind], now, ladder.day_of(now), limit=None)
    return [person.id for _, person in turns]


def plan(session: Session, office: Office, kind: str, ids: Collection[int], now: datetime) -> Plan:
    """Who of these people may get a card of this kind from an office now."""
    planned = Plan()
    facts = _Facts(session, office, kind, ids, now)
    for one in storage.cards.addressees(session, ids):
        if one.protected or one.merged_into_id is not None:
            continue
        reason = facts.why_not(one)
        if reason:
            planned.withheld.setdefault(reason, []).append(one)
        else:
            planned.getting.append(one)
    return planned


class _Facts:
    """What is known of many people at once, and the rules that judge by it."""

    def __init__(self, session: Session, office: Office, kind: str, ids: Collection[int], now: datetime) -> None:
        self._session, self._office, self._now = session, office, now
        self._today = local_date(now)
        self._rules = storage.people.rules(session)
        self._programmes = storage.people.current_programmes(session, ids, self._today)
        self._no_letters = storage.numbers.people_stopped(session, storage.numbers.LETTER, ids)
        self._waiting = storage.cards.on_their_way(session, ids)
        self._recent = storage.cards.sent_since(session, ids, kind, now - RECENT)
        self._contacted = ladder.contacted_today(session, ids, now)
        self._bad = storage.cards.bad_addresses(session, ids)

    def why_not(self, one: Addressee) -> str:
        """The first reason against a new card; empty when there is none."""
        news = (
            ("waiting", one.id in self._waiting),
            ("recent", one.id in self._recent),
            ("today", one.id in self._contacted),
        )
        return self.why_not_sent(one) or next((reason for reason, holds in news if holds), "")

    def why_not_sent(self, one: Addressee) -> str:
        """The first reason why not even a card that is already made may be sent."""
        rules: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("closed", lambda: one.closed_at is not None),
            ("office", lambda: one.office_id != self._office.id),
            ("age_unknown", lambda: one.birth_date is None),
            ("age", lambda: self._is_too_young(one)),
            ("programme", lambda: not self._is_ours(one)),
            ("letters", lambda: one.id in self._no_letters),
            ("paused", lambda: one.paused_until is not None and one.paused_until > self._now),
            ("address", lambda: not has_address(one)),
            ("returned", lambda: (one.id, mark(self._session, one)) in self._bad),
        )
        return next((reason for reason, holds in rules if holds()), "")

    def _is_too_young(self, one: Addressee) -> bool:
        return one.birth_date is not None and age(one.birth_date, self._today) < MINIMUM_AGE

    def _is_ours(self, one: Addressee) -> bool:
        mine = self._programmes.get(one.id)
        return bool(
            mine
            and one.birth_date is not None
            and gate_facts.within_age(one.birth_date, mine, self._rules, self._today)
        )


# ------------------------------------------------------------------------------------------------------- addresses


def has_address(one: Addressee) -> bool:
    """Whether post finds the way: a street or a box, a Swedish postcode and a town."""
    return bool(one.street.strip() and one.town.strip() and _POSTCODE.match(one.postcode.strip()))


def postcode(typed: str) -> str:
    """123 45, however it was written; as it stands where it is no Swedish postcode."""
    match = _POSTCODE.match(typed.strip())
    return f"{match[1]} {match[2]}" if match else typed.strip()


def care_of(one: Addressee) -> str:
    """c/o Amari, however the list wrote it; empty without one."""
    name = _CARE_OF.sub("", one.care_of.strip())
    return f"c/o {name}" if name else ""


def address_lines(one: Addressee) -> list[str]:
    """The address as it stands on the card: name, c/o, street, postcode with its space, town in capitals."""
    place = f"{postcode(one.postcode)} {one.town.strip().upper()}"
    return [line for line in (one.name, care_of(one), one.street.strip(), place) if line]


def mark(session: Session, one: Addressee | Person) -> str:
    """The fingerprint by which an address that a card came back from is known again."""
    return storage.cards.address_mark(session, one.care_of, one.street, one.postcode, one.town)


# ----------------------------------------------------------------------------------------------------------- batches


def make(
    session: Session, office: Office, kind: str, ids: Collection[int], words: Words, staff: Staff, *, code: str,
    now: datetime,
) -> CardBatch:  # fmt: skip
    """Cards for those of these people who may get one now. `code` is the form's own: pressed twice, it means one batch.

    Raises BadInput when the words may not stand on a card, or nobody may get one.
    """
    made = storage.cards.batch_by_code(session, code) if code else None
    if made is not None:
        return made
    getting = plan(session, office, kind, ids, now).getting[:MOST_CARDS]
    if card_texts.remarks(session, office, words, {one.name for one in getting}):
        raise BadInput("Texten behöver ändras innan korten kan göras. Gå tillbaka och läs anmärkningarna.")
    if not getting:
        raise BadInput("Ingen i urvalet kan få ett kort nu. Någon annan kan ha gjort korten nyss.")
    batch = CardBatch(
        office_id=office.id, kind=kind, design=words.design, text=words.text, text_en=words.text_en,
        return_address=words.return_address, made_at=now, made_by_id=staff.id, code=code or new_code(),
    )  # fmt: skip
    storage.cards.add(session, batch, [(one.id, mark(session, one)) for one in getting])
    card_texts.remember(session, office, kind, words, now=now, staff_id=staff.id)
    storage.audit.write(session, "cards_made", now=now, staff_id=staff.id, batch=batch.code, people=len(getting))
    return batch


@dataclass(frozen=True, slots=True)
class Contents:
    """The cards of a batch that may still be sent, in the order of printing, and those that may not any longer. Of the
    latter nothing is said but which cards they are: the reason may be one that nobody is told.
    """

    cards: list[tuple[Printed, Addressee]]
    stale: list[Printed]


def contents(session: Session, batch: CardBatch, office: Office, now: datetime) -> Contents:
    """A batch as it stands now: whoever has been given protected identity, been closed or moved since is left out."""
    cards = storage.cards.of_batch(session, batch.id)
    ids = [card.person_id for card in cards]
    facts = _Facts(session, office, batch.kind, ids, now)
    people = {one.id: one for one in storage.cards.addressees(session, ids)}
    good = {
        one.id
        for one in people.values()
        if not one.protected and one.merged_into_id is None and not facts.why_not_sent(one)
    }
    return Contents(
        [(card, people[card.person_id]) for card in cards if card.person_id in good],
        [card for card in cards if card.person_id not in good],
    )


def sent_to(session: Session, batch: CardBatch) -> list[tuple[Printed, Addressee]]:
    """Whom the cards of a batch that is sent were for, in the order of printing; nobody with protected identity."""
    cards = storage.cards.of_batch(session, batch.id)
    people = {one.id: one for one in storage.cards.addressees(session, [card.person_id for card in cards])}
    return [(card, people[card.person_id]) for card in cards if not people[card.person_id].protected]


def send(
    session: Session, batch: CardBatch, office: Office, staff: Staff, *, on: datetime, now: datetime
) -> int:  # fmt: skip
    """Somebody says that the cards have been sent; returns how many. Those that were not to be sent any longer are
    taken out of the batch. Raises Conflict when it has been said already.
    """
    if batch.sent_at is not None:
        raise Conflict("Korten är redan markerade som skickade.")
    found = contents(session, batch, office, now)
    storage.cards.take_away(session, [card.id for card in found.stale])
    batch.sent_at, batch.sent_by_id = on, staff.id
    storage.cards.keep(session, batch)
    people = [card.person_id for card, _ in found.cards]
    ladder.card_sent(session, people, batch, on, staff_id=staff.id)
    storage.audit.write(session, "cards_sent", now=now, staff_id=staff.id, batch=batch.code, people=len(people),
                        taken_out=len(found.stale))  # fmt: skip
    return len(people)


def discard(session: Session, batch: CardBatch, staff: Staff, *, now: datetime) -> None:
    """The batch is not to be sent: its people can get a card in another. Raises Conflict when it has been sent."""
    if batch.sent_at is not None:
        raise Conflict("Korten är markerade som skickade och kan inte kastas. Ångra det först.")
    found = storage.cards.of_batch(session, batch.id)
    storage.cards.forget(session, batch)
    storage.audit.write(session, "cards_discarded", now=now, staff_id=staff.id, batch=batch.code, people=len(found))


def sent_moment(day: date, batch: CardBatch, now: datetime) -> datetime:
    """When cards left that somebody says were sent on a day. Raises BadInput for a day to come or one before the cards
    were made.
    """
    if day > local_date(now):
        raise BadInput("Dagen har inte varit än. Markera korten när de är skickade.")
    if day < local_date(batch.made_at):
        raise BadInput("Korten fanns inte den dagen. Välj dagen då de gjordes eller en senare.")
    return now if day == local_date(now) else datetime.combine(day, _NOON, STOCKHOLM)


def may_unsend(batch: CardBatch, now: datetime) -> bool:
    """Whether it can still be taken back that the cards were sent: the same day, before anything has followed of it."""
    return batch.sent_at is not None and local_date(batch.sent_at) == local_date(now)


def unsend(session: Session, batch: CardBatch, staff: Staff, *, now: datetime) -> None:
    """The cards have not left after all. Raises Conflict on another day than they were marked, or when one has come
    back.
    """
    cards = storage.cards.of_batch(session, batch.id)
    if not may_unsend(batch, now) or storage.cards.tally(session, batch).returned:
        raise Conflict("Det går bara att ångra samma dag, och innan något kort har kommit i retur.")
    ladder.card_unsent(session, [card.person_id for card in cards], batch)
    batch.sent_at = batch.sent_by_id = None
    storage.cards.keep(session, batch)
    storage.audit.write(session, "cards_unsent", now=now, staff_id=staff.id, batch=batch.code, people=len(cards))


# ------------------------------------------------------------------------------------------------------ cards back


def read_code(typed: str) -> str:
    """The code of a card as it was typed ("bcdf ghjk …") or scanned (the whole address); empty when it is none."""
    last = typed.strip().rstrip("/").rpartition("/")[2]
    code = re.sub(r"[\s.-]", "", last).lower()
    return code if _CODE.match(code) else ""


def come_back(
    session: Session, typed: str, office_ids: Collection[int], staff: Staff, *, now: datetime
) -> Person:  # fmt: skip
    """A card came back: the address is not to be used again, and the person goes on to the next step. Returns whose.

    Raises BadInput for what is no code, NotFound for a card that is not one of these offices', Conflict when it cannot
    have come back or has been entered.
    """
    code = read_code(typed)
    if not code:
        raise BadInput("Det är ingen kod från ett kort. Koden står bredvid QR-rutan och har 14 tecken.")
    found = storage.cards.by_code(session, code)
    if found is None or found[1].office_id not in office_ids:
        raise NotFound("Vi hittar inget kort med den koden på era kontor. Kontrollera tecknen.")
    card, batch = found
    if batch.sent_at is None:
        raise Conflict("Kortet är inte markerat som skickat. Markera omgången som skickad först.")
    if card.returned_at is not None:
        raise Conflict("Kortet är redan registrerat som retur.")
    return _note_return(session, card, batch, staff, now)


def _note_return(session: Session, card: Card, batch: CardBatch, staff: Staff, now: datetime) -> Person:
    card.returned_at = now
    storage.cards.keep(session, card)
    ladder.card_returned(session, card.person_id, now, staff_id=staff.id)
    storage.audit.write(session, "card_returned", now=now, staff_id=staff.id, person_id=card.person_id,
                        batch=batch.code)  # fmt: skip
    return storage.people.get(session, card.person_id)


def bad_addresses(session: Session, office_ids: Sequence[int]) -> list[storage.cards.Returned]:
    """People whose card came back and whose address has not been changed since, the latest first."""
    return [
        one
        for one in storage.cards.returned(session, office_ids)
        if mark(session, one.person) == one.address_mark
    ]  # fmt: skip
