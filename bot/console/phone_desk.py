"""The desk of Telefonen: which practice phones a member of staff has in front of them. Each is one number of those kept
free for fiction, tied to a person of the register, to one made up for practice, or to nobody.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import storage.audit
import storage.conversations
import storage.inbound
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.settings
import storage.tasks
from bot.conversation import replies, turn
from outreach import campaign_texts, consent, delivery, languages, meetings, numbers, own_texts, programmes
from outreach.errors import BadInput, Conflict, NotFound
from storage.codes import new_code
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import age, local_date
from storage.offices import Office
from storage.people import Person

MOST_PHONES = 6
# 070-174 06 05 to 06 99: no subscriber ever has them, so nothing said here can reach anybody.
BLOCK = tuple(f"+4670174{last:04d}" for last in range(605, 700))
SOURCE = "övning"
_KEYS = "telefonen-"
_FAULTS = "phone_faults"
_YOUNGEST, _OLDEST = 16, 29
_INVITATION_KEEPS = timedelta(days=4)
_OPEN_TASKS = ("ring", "find_number", "answer", "crisis", "my_data")


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone on the desk. What came before `texts_after` and `inbound_after` (row ids) was before it was reset."""

    key: str
    address: str
    person: str = ""
    texts_after: int = 0
    inbound_after: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """A phone somebody wants to make up: `standing` is unverified, confirmed, or unknown (nobody has the number)."""

    name: str
    years: str
    lang: str
    standing: str


def phones(session: Session, staff_id: int, *, may_pick: bool) -> list[Phone]:
    """The phones on somebody's desk. In a demo the first one lies there already, for whoever may see the register."""
    kept = storage.settings.read(session, f"{_KEYS}{staff_id}")
    if kept is None:
        first = storage.people.by_code(session, storage.settings.read(session, "demo_first", default=""))
        return [_phone_of(session, first, key="forsta")] if first is not None and may_pick else []
    return [Phone(**row) for row in kept if may_pick or _may_be_seen(session, row)]


def _may_be_seen(session: Session, row: dict[str, Any]) -> bool:
    # Whoever lost the right to the register (or never had it) keeps made-up phones only.
    person = storage.people.by_code(session, row["person"]) if row["person"] else None
    return person is None or person.source == SOURCE


def find(desk: Sequence[Phone], key: str) -> Phone:
    """The phone with this key. Raises NotFound."""
    found = next((phone for phone in desk if phone.key == key), None)
    if found is None:
        raise NotFound("Telefonen ligger inte kvar på ditt bord. Välj en annan.")
    return found


def keep(session: Session, staff_id: int, desk: Sequence[Phone], *, now: datetime) -> None:
    """Keep what lies on the desk."""
    storage.settings.write(session, f"{_KEYS}{staff_id}", [asdict(row) for row in desk], now=now, staff_id=staff_id)


def replace_phone(desk: Sequence[Phone], phone: Phone) -> list[Phone]:
    """The desk with one phone changed."""
    return [phone if row.key == phone.key else row for row in desk]


# ------------------------------------------------------------------------------ picking and making


def people_to_pick(session: Session, office_ids: Sequence[int], desk: Sequence[Phone]) -> list[tuple[Person, str]]:
    """People of these offices whose mobile is one of those kept for fiction, with it; protected people never."""
    taken = {phone.person for phone in desk}
    found: dict[int, tuple[Person, str]] = {}
    for tie, number, person in storage.numbers.between(session, BLOCK[0], BLOCK[-1]):
        hidden = person.protected or person.office_id not in office_ids or person.code in taken
        if not hidden and tie.standing != "wrong_person":
            found.setdefault(person.id, (person, number.e164))
    return sorted(found.values(), key=lambda pair: pair[0].name_key)


def pick(session: Session, code: str, office_ids: Sequence[int], desk: Sequence[Phone]) -> Phone:
    """Take out the phone of somebody in the register. Raises BadInput when that is nobody's practice phone."""
    _room(desk)
    able = {person.code: person for person, _ in people_to_pick(session, office_ids, desk)}
    if code not in able:
        raise BadInput("Personen har ingen telefon att öva med. Välj en annan i listan.")
    return _phone_of(session, able[code], key=new_code(8))


def _phone_of(session: Session, person: Person, *, key: str) -> Phone:
    own = [number.e164 for _, number in storage.numbers.of_person(session, person.id) if number.e164 in BLOCK]
    return Phone(key=key, address=own[0] if own else "", person=person.code)


def make(session: Session, wish: Wish, office: Office | None, desk: Sequence[Phone], *, now: datetime) -> Phone:
    """Make up a phone; unless nobody shall have the number, its owner becomes a practice person of the office."""
    _room(desk)
    # Somebody may have had this practice number before: what was said then is not this phone's.
    blank = reset(session, Phone(key=new_code(8), address=_free_number(session)), now=now)
    if wish.standing == "unknown":
        return blank
    if office is None:
        raise BadInput("Det finns inget kontor än. Lägg upp ett kontor först.")
    person = _practice_person(session, wish, office, now)
    tie = numbers.add(session, person, blank.address, source="personen själv", found_by=SOURCE, now=now)
    if tie is not None and wish.standing == "confirmed":
        tie.standing, tie.owner = "confirmed", "self"
        storage.numbers.link(session, tie)
    return replace(blank, person=person.code)


def _room(desk: Sequence[Phone]) -> None:
    if len(desk) >= MOST_PHONES:
        raise Conflict("Sex telefoner är öppna. Stäng en för att öppna en ny.")


def _free_number(session: Session) -> str:
    taken = {number.e164 for _, number, _ in storage.numbers.between(session, BLOCK[0], BLOCK[-1])}
    desks = storage.settings.starting_with(session, _KEYS).values()
    taken |= {row["address"] for desk in desks for row in desk}
    free = [address for address in BLOCK if address not in taken]
    if not free:
        raise Conflict("Alla nummer som är lediga för övning är tagna. Välj en person i listan i stället.")
    # From the end, so that lists to import, which begin at the other end, seldom meet a made-up phone.
    return free[-1]


def _practice_person(session: Session, wish: Wish, office: Office, now: datetime) -> Person:
    written = wish.years.strip()
    years = int(written) if written.isdecimal() and len(written) == len(str(_OLDEST)) else 0
    if not _YOUNGEST <= years <= _OLDEST:
        raise BadInput(f"Åldern ska vara mellan {_YOUNGEST} och {_OLDEST}. Skriv den med siffror.")
    birthday = local_date(now) - timedelta(days=round((years + 0.5) * 365.25))
    person = storage.people.add(
        session,
        Person(first_name=wish.name.strip()[:40] or "Kim", birth_date=birthday, office_id=office.id, source=SOURCE,
               language="engelska" if wish.lang == "en" else "", created_at=now, changed_at=now),
    )  # fmt: skip
    programmes.join_by_age(session, person, now=now, reason=SOURCE)
    return person


# ------------------------------------------------------------------------------------ using and resetting


def owner(session: Session, phone: Phone) -> Person | None:
    """The person of the register whose phone it is."""
    return storage.people.by_code(session, phone.person) if phone.person else None


def conversation(session: Session, phone: Phone) -> Conversation | None:
    """The talk that this phone is part of: the one its latest text was tied to, else its owner's."""
    wrote = storage.inbound.of_sender(session, "sms", phone.address, after_id=phone.inbound_after)
    heard = [row.conversation_id for row in wrote if row.conversation_id is not None]
    if heard:
        return storage.conversations.get(session, heard[-1])
    person = owner(session, phone)
    if person is not None:
        return storage.conversations.of_person(session, person.id)
    return storage.conversations.of_unknown(session, "sms", phone.address)


def invite(session: Session, phone: Phone, office: Office, *, now: datetime) -> None:
    """Send the first text to the phone, as a step of its own; the gate judges it like any other."""
    person = owner(session, phone)
    if person is None:
        raise BadInput("Ingen i registret har numret. Skriv från telefonen i stället.")
    lang = languages.of_person(session, person)
    talk = storage.conversations.of_person(session, person.id) or storage.conversations.keep(
        session, Conversation(person_id=person.id, address=phone.address, lang=lang, state_at=now)
    )
    years = age(person.birth_date, local_date(now)) if person.birth_date else 0
    own = own_texts.of(session, "INV-1", replies.said_in("INV-1", talk.lang))
    text = replies.render("INV-1", talk.lang, campaign_texts.office_values(office), study_first=years < 20, own=own)
    delivery.queue(
        session, talk, text, kind="ladder", text_code="INV-1", send_before=now + _INVITATION_KEEPS, now=now
    )  # fmt: skip


def reset(session: Session, phone: Phone, *, now: datetime) -> Phone:
    """Let the phone start over: stops, open questions, bookings and tasks end. Everything that was said is kept."""
    person = owner(session, phone)
    for talk in _talks(session, phone, person):
        _reset_talk(session, talk, now)
    if person is not None:
        _reset_person(session, person, phone.address, now)
    set_fault(session, phone.address, "")
    return Phone(
        phone.key, phone.address, phone.person,
        texts_after=max((row.id for row in storage.messages.of_address(session, "sms", phone.address)), default=0),
        inbound_after=max(
            (row.id for row in storage.inbound.of_sender(session, "sms", phone.address)), default=0
        ),
    )  # fmt: skip


def _talks(session: Session, phone: Phone, person: Person | None) -> list[Conversation]:
    found = [
        storage.conversations.of_person(session, person.id) if person is not None else None,
        storage.conversations.of_unknown(session, "sms", phone.address),
    ]
    return [talk for talk in found if talk is not None]


def _reset_talk(session: Session, talk: Conversation, now: datetime) -> None:
    consent.start(session, talk, now=now)
    storage.messages.hold_back(session, talk.id, storage.messages.KINDS, reason="nollställd", now=now)
    storage.meetings.let_go(session, talk.id)
    for text in storage.inbound.unread_from(session, talk.channel, talk.address):
        text.handled_at, text.conversation_id, text.rule = now, talk.id, "nollställd"
        session.add(text)
    talk.state, talk.state_at, talk.resume_state, talk.context = "new", now, "", {}
    talk.waiting_since, talk.waiting_why, talk.held_by_id, talk.held_since = None, "", None, None
    # Earlier texts count as answered, also those of a time that the clock has been moved back from: the cap on how
    # often we write shall not stop a rehearsal.
    claimed = [row.claimed_at for row in storage.messages.of_conversation(session, talk.id) if row.claimed_at]
    talk.introduced, talk.last_inbound_at = False, max([now, *claimed])
    storage.conversations.keep(session, talk)
    storage.settings.write(session, turn.restarted_key(talk.id), now.isoformat(), now=now)


def _reset_person(session: Session, person: Person, address: str, now: datetime) -> None:
    person.paused_until = None
    while (booking := storage.meetings.open_booking(session, person.id)) is not None:
        meetings.cancel(session, booking, now=now)
    for task in storage.tasks.of_person(session, person.id):
        if task.done_at is None and task.kind in _OPEN_TASKS:
            storage.tasks.finish(session, task, now=now, staff_id=None, outcome="nollställd i Telefonen")
    for tie, number in storage.numbers.of_person(session, person.id):
        if number.e164 == address and tie.standing in ("dead", "wrong_person", "other_answers"):
            tie.standing, tie.standing_why, tie.standing_at = "unverified", "", now
            storage.numbers.link(session, tie)
    storage.numbers.forget_struck(session, person, address)
    storage.audit.write(session, "phone_reset", now=now, person_id=person.id)


def fault(session: Session, address: str) -> str:
    """What is wrong with a phone just now, empty when it works."""
    faults: dict[str, str] = storage.settings.read(session, _FAULTS, default={})
    return faults.get(address, "")


def set_fault(session: Session, address: str, name: str) -> None:
    """Let something be wrong with a phone; an empty name mends it."""
    faults: dict[str, str] = dict(storage.settings.read(session, _FAULTS, default={}))
    changed = {**faults, address: name} if name else {key: kept for key, kept in faults.items() if key != address}
    if changed != faults:
        storage.settings.write(session, _FAULTS, changed)
