"""The register's filter as a sentence: "kaa och unga norr och har mobil". What is written is what is picked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import storage.campaigns
import storage.offices
import storage.people
import storage.staff
from outreach import campaign_answers, in_words, ladder_rules
from outreach.errors import BadInput
from storage.database import Session
from storage.register import Filter

_PROGRAMMES = {
    "kaa": "kaa", "kaa 16-19": "kaa", "aktivitetsansvaret": "kaa", "uppsök": "uppsok", "uppsok": "uppsok",
    "uppsök 20-29": "uppsok", "annan målgrupp": "other",
}  # fmt: skip

# The statuses the register can be filtered by, in the words they are said with.
STATUSES = {
    "nya": ("new",), "inbjudna": ("invited",), "har svarat ja": ("offered",), "bekräftade": ("confirmed",),
    "avbokade": ("cancelled",), "träffade": ("met",), "uteblev": ("no_show",), "vilar": ("resting",),
    "avböjt": ("declined",), "jobbar eller pluggar": ("occupied",), "behöver en människa": ("human", "urgent"),
    "fel nummer": ("wrong_number",), "har sagt stopp": ("stopped",),
}  # fmt: skip
_STATE_WORDS = {**STATUSES, "ny": ("new",), "inbjuden": ("invited",)}

_SWITCHES: dict[str, Callable[[Filter], Filter]] = {
    "alla": lambda wanted: wanted,
    "har mobil": lambda wanted: replace(wanted, has_mobile=True),
    "saknar mobil": lambda wanted: replace(wanted, has_mobile=False),
    "inte nådda": lambda wanted: replace(wanted, reached=False),
    "inte nådda ännu": lambda wanted: replace(wanted, reached=False),
    "nådda": lambda wanted: replace(wanted, reached=True),
    "bokade": lambda wanted: replace(wanted, booked=True),
    "inte bokade": lambda wanted: replace(wanted, booked=False),
    "avslutade": lambda wanted: replace(wanted, closed=True),
}

_TURNS = re.compile(r"^fyller (?P<age>\d{2}) inom (?P<days>\d{1,3}) dagar$")
_CONTACT = re.compile(r"^(?P<how>kontakt senaste|ingen kontakt på) (?P<days>\d{1,3}) dagar(?:na)?$")
# The steps of the ladder a person can stand on, in the words they are said with.
STEPS = {f"trappsteg {word.casefold()}": kind for kind, word in ladder_rules.IN_WORDS.items()}
NOBODY = "utan ansvarig"
# What somebody is to do, in the words it is said with.
TO_DO = {f"att göra {word.casefold()}": kind for kind, word in in_words.TASKS.items()}
_NOT_ARRIVED = re.compile(r"^sms kom inte fram(?: \((?P<code>[\w?-]+)\))?$")
# Ticked people, by the codes of their page addresses.
_TICKED = "markerade "

_AGES = re.compile(r"^(?P<low>\d{1,2})(?:\s*[-–]\s*(?P<high>\d{1,2}))? år$")
_SEPARATOR = re.compile(r"\s+och\s+|\s*[·,;]\s*", re.IGNORECASE)
_PEOPLE = re.compile(r"^\d[\d\s\u00a0]*(personer|i urvalet)$")
EXAMPLE = "har mobil och kaa och unga norr"


def read(session: Session, sentence: str) -> Filter:
    """The filter a sentence, or a saved selection's name, means. Raises BadInput naming the part nobody understands."""
    saved = storage.campaigns.saved_audience(session, sentence)
    parts = [part.strip().casefold() for part in _SEPARATOR.split(saved.sentence if saved else sentence)]
    wanted = Filter()
    for part in parts:
        if part and not _PEOPLE.match(part):
            wanted = _add(session, wanted, part)
    if not any(parts):
        raise BadInput(f"Urvalet är tomt. Skriv till exempel: {EXAMPLE}.")
    return wanted


def _add(session: Session, wanted: Filter, part: str) -> Filter:
    if part in _SWITCHES:
        return _SWITCHES[part](wanted)
    if part in _PROGRAMMES:
        return replace(wanted, programme=_PROGRAMMES[part])
    if part in _STATE_WORDS:
        return replace(wanted, states=_STATE_WORDS[part])
    ages = _AGES.match(part)
    if ages:
        return replace(wanted, age_from=int(ages["low"]), age_to=int(ages["high"] or ages["low"]))
    if part.startswith("språk "):
        return replace(wanted, language=part.removeprefix("språk "))
    return _rarer(session, wanted, part)


def _rarer(session: Session, wanted: Filter, part: str) -> Filter:
    turns, not_arrived = _TURNS.match(part), _NOT_ARRIVED.match(part)
    if turns:
        return replace(wanted, turns=int(turns["age"]), turns_days=int(turns["days"]))
    contact = _CONTACT.match(part)
    if contact:
        days = int(contact["days"])
        lately = contact["how"].startswith("kontakt")
        return replace(wanted, contact_days=days) if lately else replace(wanted, silent_days=days)
    if not_arrived:
        return replace(wanted, not_arrived=not_arrived["code"] or "*")
    if part.startswith(_TICKED):
        people = storage.people.by_codes(session, part.removeprefix(_TICKED).split())
        return _among(wanted, [person.id for person in people])
    if part.startswith(campaign_answers.PHRASE):
        silent = campaign_answers.silent(session, part.removeprefix(campaign_answers.PHRASE))
        return replace(_among(wanted, silent), protected=False)
    return _whose(session, wanted, part) or _place(session, wanted, part)


def _among(wanted: Filter, ids: Sequence[int]) -> Filter:
    """These people alone, and of those chosen one by one already only these."""
    before = frozenset(ids if wanted.ids is None else wanted.ids)
    return replace(wanted, ids=tuple(one for one in ids if one in before))


def _whose(session: Session, wanted: Filter, part: str) -> Filter | None:
    if part in STEPS:
        return replace(wanted, step=STEPS[part])
    if part in TO_DO:
        return replace(wanted, task=TO_DO[part])
    if part == NOBODY:
        return replace(wanted, responsible_id=0)
    if part.startswith("källa "):
        return replace(wanted, source=part.removeprefix("källa "))
    names = {f"ansvarig {name.casefold()}": key for key, name in storage.staff.names(session).items()}
    return replace(wanted, responsible_id=names[part]) if part in names else None


def _place(session: Session, wanted: Filter, part: str) -> Filter:
    office = storage.offices.by_name(session, part)
    if office is not None:
        return replace(wanted, office_id=office.id)
    district = _district(session, part)
    if district is not None:
        return replace(wanted, district=district)
    raise BadInput(f"Vi förstår inte ”{part}” i urvalet. Skriv till exempel: {EXAMPLE}.")


def _district(session: Session, part: str) -> str | None:
    return next((name for name in storage.offices.known_districts(session) if name.casefold() == part), None)


def sentence(parts: Sequence[str]) -> str:
    """The parts as one sentence, as the console shows it."""
    return " och ".join(part.strip() for part in parts if part.strip()) or "alla"


def ticked(codes: Sequence[str]) -> str:
    """The sentence that means exactly these people."""
    return _TICKED + " ".join(codes)


def words(session: Session, wanted: Filter) -> list[str]:
    """The filter in words, the way back from `read`: what is shown is what is picked.

    A search for a name or a number has no words, since it must not be kept; nor have the limits that hold for everybody
    (the offices one works in, nobody with protected identity).
    """
    return [*_who(session, wanted), *_where_they_stand(wanted), *_rest(session, wanted)]


def is_rule(wanted: Filter) -> bool:
    """Whether the filter can be kept as a sentence, to mean the right people next week too."""
    return not wanted.text and wanted.ids is None


def _who(session: Session, wanted: Filter) -> list[str]:
    programme = {"kaa": "kaa", "uppsok": "uppsök", "other": "annan målgrupp"}.get(wanted.programme, "")
    office = storage.offices.get(session, wanted.office_id).name if wanted.office_id is not None else ""
    return [part for part in (programme, office, wanted.district, _ages(wanted)) if part]


def _ages(wanted: Filter) -> str:
    if wanted.age_from is None and wanted.age_to is None:
        return ""
    low, high = wanted.age_from or 0, wanted.age_to if wanted.age_to is not None else 99
    return f"{low} år" if low == high else f"{low}-{high} år"


def _where_they_stand(wanted: Filter) -> list[str]:
    status = next((word for word, states in STATUSES.items() if states == wanted.states), "")
    pairs = (
        (wanted.has_mobile, "har mobil", "saknar mobil"),
        (wanted.reached, "nådda", "inte nådda"),
        (wanted.booked, "bokade", "inte bokade"),
    )
    return [word for word in (status, *(yes if value else no for value, yes, no in pairs if value is not None)) if word]


def _responsible(session: Session, wanted: Filter) -> str:
    if not wanted.responsible_id:
        return NOBODY if wanted.responsible_id == 0 else ""
    return f"ansvarig {storage.staff.names(session).get(wanted.responsible_id, '')}".strip()


def _rest(session: Session, wanted: Filter) -> list[str]:
    not_arrived = {"": "", "*": "sms kom inte fram"}.get(
        wanted.not_arrived, f"sms kom inte fram ({wanted.not_arrived})"
    )
    parts = (
        f"språk {wanted.language}" if wanted.language else "",
        f"fyller {wanted.turns} inom {wanted.turns_days} dagar" if wanted.turns else "",
        not_arrived,
        next((word for word, kind in STEPS.items() if kind == wanted.step), ""),
        next((word for word, kind in TO_DO.items() if kind == wanted.task), ""),
        f"kontakt senaste {wanted.contact_days} dagarna" if wanted.contact_days is not None else "",
        f"ingen kontakt på {wanted.silent_days} dagar" if wanted.silent_days is not None else "",
        f"källa {wanted.source}" if wanted.source else "",
        _responsible(session, wanted),
        "avslutade" if wanted.closed else "",
    )
    return [part for part in parts if part]
