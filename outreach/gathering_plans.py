"""Making a dialog meeting (dialogmöte) and announcing it: by staff, or by an ambassador whose unit may want to say yes
first. How it is changed under way is in `outreach.gathering_changes`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import storage.audit
import storage.gatherings
import storage.meetings
import storage.offices
from outreach import gatherings, languages, word_check, wording
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.gatherings import Gathering
from storage.local_time import STOCKHOLM, local
from storage.meetings import Slot
from storage.staff import Staff

CAPACITY = 12
MOST_SEATS = 200
MOST_ADULTS = 10
LASTS = timedelta(hours=2)
LONGEST = {"title": 60, "topic": 40, "place": 60, "how_to_find": 200}
# An ambassador's meeting is copied to the same weekday and hour.
A_WEEK = timedelta(days=7)
# The unit's own rules (ux §4.13): whether an ambassador's meeting waits for somebody's word, and whether one with too
# few signed up is called off without anybody having been asked.
WANTS_OKAY, CALLS_OFF = "gatherings_want_okay", "gatherings_call_off"
STATES: Mapping[str, str] = {
    "draft": "Utkast", "asked": "Väntar på okej", "published": "Publicerat", "full": "Fullt", "called_off": "Inställt",
    "held": "Genomfört",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided about a meeting; times are aware. See `Gathering` for what the terms mean."""

    place: str
    starts_at: datetime
    ends_at: datetime
    topic: str = ""
    title: str = ""
    how_to_find: str = ""
    seats: int = CAPACITY
    leader_id: int | None = None
    reachable_id: int | None = None
    waiting_list: bool = True
    plus_one: bool = True
    minimum: int = 0
    decide_at: datetime | None = None
    languages: Sequence[str] = ("sv",)
    adults: int = 1
    alone_instead: bool = True
    place_after_signup: bool = False


# What stands in a row of its own, by the same names.
TERMS = (
    "how_to_find", "reachable_id", "waiting_list", "plus_one", "minimum", "decide_at", "adults", "alone_instead",
    "place_after_signup",
)  # fmt: skip


def make(session: Session, office_id: int, plan: Plan, by: Staff, *, now: datetime) -> Slot:
    """Keep a draft, which nobody can sign up to yet. Raises BadInput for what cannot be."""
    check(session, office_id, plan, now)
    slot = Slot(
        kind="dialog", office_id=office_id, staff_id=plan.leader_id, title=plan.title, topic=plan.topic,
        place=plan.place, starts_at=plan.starts_at, ends_at=plan.ends_at,
    )  # fmt: skip
    storage.meetings.add_slot(session, slot, plan.seats)
    row = Gathering(slot_id=slot.id, made_at=now, made_by_id=by.id)
    set_terms(row, plan)
    storage.gatherings.keep(session, row)
    storage.audit.write(session, "gathering_made", now=now, staff_id=by.id, slot=slot.code)
    return slot


def set_terms(row: Gathering, plan: Plan) -> None:
    """Write a plan's terms into the row."""
    for name in TERMS:
        setattr(row, name, getattr(plan, name))
    row.languages = list(plan.languages)


def plan_of(session: Session, slot: Slot) -> Plan:
    """The plan as it is now."""
    row = gatherings.terms(session, slot)
    return Plan(
        place=slot.place, starts_at=slot.starts_at, ends_at=slot.ends_at, topic=slot.topic, title=slot.title,
        seats=storage.gatherings.seats(session, [slot.id]).get(slot.id, 0), leader_id=slot.staff_id,
        languages=tuple(row.languages), **{name: getattr(row, name) for name in TERMS},
    )  # fmt: skip


def copy_of(session: Session, slot: Slot, now: datetime) -> Plan:
    """The plan of the next one like it: the same weekday and hour by the wall clock, the first week ahead."""
    old = plan_of(session, slot)
    weeks = max(1, -(-(now - old.starts_at) // A_WEEK))

    def later(moment: datetime) -> datetime:
        there = local(moment) + weeks * A_WEEK
        return there.replace(tzinfo=STOCKHOLM).astimezone(moment.tzinfo)

    kept = {field.name: getattr(old, field.name) for field in fields(Plan)}
    moved = {"starts_at": later(old.starts_at), "ends_at": later(old.ends_at)}
    decide_at = later(old.decide_at) if old.decide_at is not None else None
    return Plan(**{**kept, **moved, "decide_at": decide_at})


def ask(session: Session, slot: Slot, by: Staff, *, now: datetime) -> None:
    """Whoever made a draft wants somebody's word before it is announced. Raises Conflict for one that is."""
    row = _draft(session, slot, now)
    row.asked_at = now
    storage.gatherings.keep(session, row)
    storage.audit.write(session, "gathering_asked", now=now, staff_id=by.id, slot=slot.code)


def publish(session: Session, slot: Slot, by: Staff, *, now: datetime) -> None:
    """Announce a draft: it gets the code to come by. Raises Conflict for one that is announced, off or past."""
    row = _draft(session, slot, now)
    row.published_at, row.published_by_id, row.asked_at = now, by.id, None
    slot.short_code = storage.gatherings.unused_code(session)
    storage.gatherings.keep(session, row)
    storage.audit.write(session, "gathering_published", now=now, staff_id=by.id, slot=slot.code)


def _draft(session: Session, slot: Slot, now: datetime) -> Gathering:
    row = gatherings.terms(session, slot)
    if row.published_at is not None:
        raise Conflict("Mötet är redan publicerat.")
    if not gatherings.is_ahead(slot, now):
        raise Conflict("Mötet är inställt eller har redan börjat. Kopiera det till en ny tid i stället.")
    return row


def state(slot: Slot, row: Gathering, empty_seats: int, now: datetime) -> str:
    """Where a meeting stands (`STATES`)."""
    if slot.called_off_at is not None:
        return "called_off"
    if row.published_at is None:
        return "asked" if row.asked_at is not None else "draft"
    if now >= slot.ends_at:
        return "held"
    return "published" if empty_seats else "full"


def check(session: Session, office_id: int, plan: Plan, now: datetime) -> None:
    """Raises BadInput for what cannot be, or what must not stand in a text."""
    _check_times(plan, now)
    _check_numbers(plan)
    if not plan.place or not plan.topic:
        raise BadInput("Skriv var ni ses och vad ni pratar om.")
    for name, longest in LONGEST.items():
        if len(getattr(plan, name)) > longest:
            raise BadInput(f"”{getattr(plan, name)[:20]}…” är för långt. Skriv högst {longest} tecken.")
    if not plan.languages or any(lang not in languages.WORDS for lang in plan.languages):
        raise BadInput("Välj minst ett språk.")
    _check_words(session, office_id, plan)


def _check_times(plan: Plan, now: datetime) -> None:
    if plan.starts_at <= now:
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")
    if not plan.starts_at < plan.ends_at <= plan.starts_at + timedelta(hours=12):
        raise BadInput("Mötet behöver sluta efter att det har börjat, samma dag.")
    if plan.minimum and (plan.decide_at is None or not plan.decide_at < plan.starts_at):
        raise BadInput("Välj när ni bestämmer om mötet blir av: en tid före mötet.")


def _check_numbers(plan: Plan) -> None:
    if not 1 <= plan.seats <= MOST_SEATS:
        raise BadInput(f"Skriv hur många platser det finns, från 1 till {MOST_SEATS}.")
    if not 0 <= plan.minimum <= plan.seats:
        raise BadInput("Så många som mötet behöver för att bli av får inte vara fler än platserna.")
    if not 1 <= plan.adults <= MOST_ADULTS:
        raise BadInput("Skriv hur många vuxna från er som ska vara där, minst en.")


def _check_words(session: Session, office_id: int, plan: Plan) -> None:
    """The place and the topic stand in every text about the meeting, and on its open page."""
    sensitive = [place.name for place in storage.offices.places(session, office_id) if place.sensitive]
    for words in (plan.place, plan.topic, plan.title, plan.how_to_find):
        stops = [one for one in word_check.check_words(words, purpose="reply", sensitive_places=sensitive)
                 if one.level == "stop"]  # fmt: skip
        if stops:
            raise BadInput(f"”{stops[0].words}” kan inte stå i ett sms. {stops[0].why} {stops[0].suggestion}")
    odd = "".join(sorted({letter for letter in plan.place + plan.topic if letter not in wording.GSM_BASIC}))
    if odd:
        raise BadInput(f"Tecknen {odd} i plats eller ämne gör varje sms dyrare. Skriv utan dem.")
