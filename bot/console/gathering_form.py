"""The form of a dialog meeting: what was typed becomes a plan, and a plan what stands in the form (ux §4.12)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import storage.offices
import storage.staff
from bot.console import calendar_forms, typed_times
from bot.console.calendar_forms import Unread
from bot.requests import Ask, whole
from outreach import languages
from outreach.errors import BadInput
from outreach.gathering_plans import CAPACITY, LASTS, Plan
from storage.local_time import local, local_date
from storage.offices import Office

Data = dict[str, Any]
Form = Mapping[str, str]
# What a meeting may be about, as suggestions beside one's own words.
TOPICS = (
    "jobb och sommarjobb", "praktik", "plugg och komvux", "cv och ansökningar", "körkort", "bostad",
    "pengar och ekonomi", "vad du vill göra",
)  # fmt: skip
USUAL = {"platser": str(CAPACITY), "reservlista": "ja", "plusett": "ja", "eget": "ja", "vuxna": "1", "sprak_sv": "ja"}
Value = TypeVar("Value")
_DAY_BEFORE = timedelta(days=1)


def read(ask: Ask, office: Office, form: Form) -> Plan:
    """The plan that was typed. Raises BadInput, with the field where it is one field's fault."""
    starts_at, ends_at = _times(ask, form)
    minimum = _number(form, "minst", "Skriv hur många som behövs, med siffror.")
    place = " ".join(form.get("plats", "").split())
    return Plan(
        place=place, starts_at=starts_at, ends_at=ends_at, topic=" ".join(form.get("amne", "").split()),
        title=" ".join(form.get("titel", "").split()), how_to_find=_way(ask, office, place, form),
        seats=_number(form, "platser", "Skriv hur många platser det finns, med siffror."),
        leader_id=_colleague(ask, office, form, "ledare"), reachable_id=_colleague(ask, office, form, "nabar"),
        waiting_list=_ticked(form, "reservlista"), plus_one=_ticked(form, "plusett"), minimum=minimum,
        decide_at=_decide_at(ask, form, starts_at) if minimum else None,
        languages=tuple(lang for lang in languages.WORDS if _ticked(form, f"sprak_{lang}")),
        adults=_number(form, "vuxna", "Skriv hur många vuxna som är med, med siffror."),
        alone_instead=_ticked(form, "eget"), place_after_signup=_ticked(form, "platsefter"),
    )  # fmt: skip


def typed(plan: Plan) -> dict[str, str]:
    """A plan as the form shows it."""
    decides = plan.decide_at
    ticks = {"reservlista": plan.waiting_list, "plusett": plan.plus_one, "eget": plan.alone_instead,
             "platsefter": plan.place_after_signup}  # fmt: skip
    return {
        "titel": plan.title, "amne": plan.topic, "dag": local_date(plan.starts_at).isoformat(),
        "fran": _clock_text(plan.starts_at), "till": _clock_text(plan.ends_at), "plats": plan.place,
        "hitta": plan.how_to_find, "platser": str(plan.seats), "ledare": str(plan.leader_id or ""),
        "nabar": str(plan.reachable_id or ""), "minst": str(plan.minimum or ""), "vuxna": str(plan.adults),
        "beslutsdag": local_date(decides).isoformat() if decides is not None else "",
        "beslutstid": _clock_text(decides) if decides is not None else "",
        **{name: "ja" for name, on in ticks.items() if on}, **{f"sprak_{lang}": "ja" for lang in plan.languages},
    }  # fmt: skip


def shown(ask: Ask, office: Office, form: Form, error: BadInput | None = None) -> Data:
    """What `dialogmote_form.html` needs."""
    field = error.field if isinstance(error, Unread) else ""
    return {
        "form": form, "errors": [{"field": field, "text": error.sentence}] if error is not None else [],
        "fault": {field: error.sentence} if error is not None and field else {},
        "places": [place.name for place in storage.offices.places(ask.session, office.id) if not place.sensitive],
        "topics": TOPICS,
        "leaders": [("", "Ingen vald än"), *((str(one.id), one.name) for one in _leaders(ask, office))],
        "staff": [("", "Ingen vald än"), *((str(one.id), one.name) for one in _adults(ask, office))],
        "languages": [(lang, languages.in_swedish(lang)) for lang in languages.WORDS],
        "offices": [(str(one.id), one.name) for one in ask.who.offices] if ask.office is None else [],
        "office": str(office.id),
    }  # fmt: skip


def office_of(ask: Ask, written: str) -> Office:
    """The office that was chosen, or the one the page is about. Raises Unread."""
    return calendar_forms.office_of(ask, written)


def _adults(ask: Ask, office: Office) -> list[Any]:
    return list(storage.staff.at_offices(ask.session, [office.id], local_date(ask.now)))


def _leaders(ask: Ask, office: Office) -> list[Any]:
    """Ambassadors first: a meeting is mostly theirs."""
    today = local_date(ask.now)
    theirs = storage.staff.with_role(ask.session, "ambassador", office.id, on=today)
    ambassadors = [one for one in theirs if one.left_at is None]
    return [*ambassadors, *(one for one in _adults(ask, office) if one not in ambassadors)]


def _colleague(ask: Ask, office: Office, form: Form, field: str) -> int | None:
    chosen = whole(form.get(field, ""))
    known = _leaders(ask, office) if field == "ledare" else _adults(ask, office)
    return chosen if chosen in [one.id for one in known] else None


def _way(ask: Ask, office: Office, place: str, form: Form) -> str:
    """How to find it: what was written, else what is known of the place."""
    written = " ".join(form.get("hitta", "").split())
    known = storage.offices.places(ask.session, office.id)
    return written or next((one.directions for one in known if one.name == place), "")


def _times(ask: Ask, form: Form) -> tuple[datetime, datetime]:
    day = _read(form, "dag", "Skriv vilken dag.", lambda text: typed_times.read_day(text, local_date(ask.now)))
    begins = _read(form, "fran", "Skriv när det börjar.", typed_times.read_clock)
    starts_at = typed_times.moment(day, begins)
    if not form.get("till", "").strip():
        return starts_at, starts_at + LASTS
    ends_at = typed_times.moment(day, _read(form, "till", "Skriv när det slutar.", typed_times.read_clock))
    if ends_at <= starts_at:
        raise Unread("till", "Mötet behöver sluta efter att det har börjat.")
    return starts_at, ends_at


def _decide_at(ask: Ask, form: Form, starts_at: datetime) -> datetime:
    """When to decide: as written, or the day before at the meeting's hour."""
    usual = local(starts_at) - _DAY_BEFORE
    day: date = usual.date()
    if form.get("beslutsdag", "").strip():
        day = _read(form, "beslutsdag", "", lambda text: typed_times.read_day(text, local_date(ask.now)))
    clock: time = usual.time()
    if form.get("beslutstid", "").strip():
        clock = _read(form, "beslutstid", "", typed_times.read_clock)
    return typed_times.moment(day, clock)


def _read(form: Form, field: str, missing: str, reader: Callable[[str], Value]) -> Value:
    text = form.get(field, "").strip()
    if not text:
        raise Unread(field, missing)
    try:
        return reader(text)
    except BadInput as error:
        raise Unread(field, error.sentence) from error


def _number(form: Form, field: str, fault: str) -> int:
    text = form.get(field, "").strip() or "0"
    found = whole(text)
    if found is None:
        raise Unread(field, fault)
    return found


def _ticked(form: Form, field: str) -> bool:
    return form.get(field) == "ja"


def _clock_text(moment: datetime) -> str:
    here = local(moment)
    return f"{here.hour}.{here.minute:02}"
