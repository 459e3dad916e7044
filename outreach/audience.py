"""The register's filter as a sentence: "kaa och unga norr och har mobil". What is written is what is picked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import storage.campaigns
import storage.offices
from outreach.errors import BadInput
from storage.database import Session
from storage.register import Filter

_PROGRAMMES = {
    "kaa": "kaa", "kaa 16-19": "kaa", "aktivitetsansvaret": "kaa", "uppsök": "uppsok", "uppsok": "uppsok",
    "uppsök 20-29": "uppsok", "annan målgrupp": "other",
}  # fmt: skip

_STATE_WORDS = {
    "ny": ("new",), "nya": ("new",), "inbjuden": ("invited",), "inbjudna": ("invited",), "har svarat ja": ("offered",),
    "avböjt": ("declined",), "vilar": ("resting",), "bekräftade": ("confirmed",), "uteblev": ("no_show",),
    "träffade": ("met",), "jobbar eller pluggar": ("occupied",), "har sagt stopp": ("stopped",),
    "behöver en människa": ("human", "urgent"), "fel nummer": ("wrong_number",),
}  # fmt: skip

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
    return _place(session, wanted, part)


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
