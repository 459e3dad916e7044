"""What an office says of itself in texts and on pages: its names, numbers, hours and places (ux §4.16). A change that
would break something under way is refused, with what it would break.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time

import storage.audit
import storage.campaigns
import storage.offices
import storage.settings
import storage.time_patterns
from outreach import word_check, wording
from outreach.errors import BadInput
from storage.database import Session
from storage.offices import Office, Place
from storage.staff import Staff

# Keys of the changes that are kept, each followed by the row's number.
OFFICE, PLACE = "office:", "place:"
# Each word an office has, and the longest it may be: as long as texts were measured with.
WORDS = {"name": 40, "sender_name": 30, "municipality": 40, "phone": 20, "switchboard": 20, "website": 60}
NUMBERS = ("phone", "switchboard")
LONGEST_PLACE = 60
# Campaigns whose texts, or some of them, are still to be made or to leave.
UNDER_WAY = ("scheduled", "running", "paused")
_NUMBER = re.compile(r"[+\d][\d -]{2,}")
# What would part a sentence that chooses people by the office's name.
_JOINT = re.compile(r",|\boch\b", re.IGNORECASE)


def facts(office: Office) -> dict[str, str]:
    """What can be changed, as it is now."""
    return {name: getattr(office, name) for name in (*WORDS, "opens", "closes")}


def change(
    session: Session, office: Office, wanted: Mapping[str, str], staff: Staff, *, sure: bool, now: datetime
) -> bool:  # fmt: skip
    """Change an office; False when it is so already. Raises BadInput for what cannot stand in a text, for what would
    break a selection, and, until one is `sure`, for a sender's name that campaigns under way are going to carry.
    """
    before = facts(office)
    after = {name: " ".join(wanted.get(name, "").split()) for name in before}
    if before == after:
        return False
    _check(session, office, before, after)
    many = len(_campaigns(session, office))
    if after["sender_name"] != before["sender_name"] and many and not sure:
        raise BadInput(
            f"{_so_many(many, 'schemalagt eller pågående utskick', 'schemalagda eller pågående utskick')} skriver "
            "under med det gamla namnet. Det som inte har gått får det nya. Kryssa i att det är meningen."
        )
    for name, value in after.items():
        setattr(office, name, value)
    storage.offices.add(session, office)
    storage.settings.note_change(session, f"{OFFICE}{office.id}", before, after, now=now, staff_id=staff.id)
    changed = [name for name in before if before[name] != after[name]]
    storage.audit.write(session, "office_changed", now=now, staff_id=staff.id, office=office.id, what=changed)
    return True


def _check(session: Session, office: Office, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    for name in ("name", "sender_name", "municipality"):
        if not after[name]:
            raise BadInput("Skriv kontorets namn, avsändare och kommun.")
    for name, longest in WORDS.items():
        if len(after[name]) > longest:
            raise BadInput(f"”{after[name][:longest]}…” är för långt för ett sms. Skriv högst {longest} tecken.")
    _check_letters("".join(after[name] for name in WORDS))
    if any(after[name] and not _NUMBER.fullmatch(after[name]) for name in NUMBERS):
        raise BadInput("Numret går inte att ringa. Skriv det med siffror, till exempel 08-465 004 10.")
    if " " in after["website"]:
        raise BadInput("Adressen till webbplatsen har ett mellanrum i sig.")
    if after["sender_name"] != before["sender_name"]:
        _check_neutral(after["sender_name"])
    if not _clock(after["opens"]) < _clock(after["closes"]):
        raise BadInput("Kontoret behöver stänga senare än det öppnar.")
    if after["name"] != before["name"]:
        _check_name(session, office, before["name"], after["name"])


def _check_letters(words: str) -> None:
    """Every text carries these words: a letter outside the cheap alphabet would make each of them dearer, and a brace
    would be read as a variable.
    """
    odd = "".join(sorted({letter for letter in words if letter not in wording.GSM_BASIC}))
    if odd:
        raise BadInput(f"Tecknen {odd} gör varje sms dyrare eller går inte att skicka. Skriv utan dem.")


def _check_neutral(sender: str) -> None:
    stops = word_check.check_card(sender)
    if stops:
        raise BadInput(f"Avsändaren röjer vad det gäller (”{stops[0].words}”). Välj ett neutralt namn.")


def _check_name(session: Session, office: Office, before: str, after: str) -> None:
    other = storage.offices.by_name(session, after)
    if other is not None and other.id != office.id:
        raise BadInput("Det finns redan ett kontor med det namnet.")
    if _JOINT.search(after):
        raise BadInput("Namnet kan inte ha komma eller ”och” i sig: urval är meningar med de orden mellan sig.")
    told = before.casefold()
    chosen = [
        one for one in storage.campaigns.in_states(session, ("draft", *UNDER_WAY)) if told in one.audience.casefold()
    ]
    saved = [one for one in storage.campaigns.saved_audiences(session) if told in one.sentence.casefold()]
    if chosen or saved:
        campaigns = _so_many(len(chosen), "utskick", "utskick") if chosen else ""
        selections = _so_many(len(saved), "sparat urval", "sparade urval") if saved else ""
        both = " och ".join(filter(None, (campaigns, selections)))
        raise BadInput(f"{both} väljer kontoret med det gamla namnet och skulle sluta fungera. Ändra dem först.")


def save_place(
    session: Session, place: Place, *, name: str, directions: str, sensitive: bool, staff: Staff, now: datetime
) -> bool:  # fmt: skip
    """Keep a new or changed place; False when it is so already. Raises BadInput for what cannot stand in a text, and
    for making a place sensitive that times ahead name.
    """
    before = _place(place) if place.id is not None else None
    after = {"name": " ".join(name.split()), "directions": " ".join(directions.split()), "sensitive": sensitive}
    if before == after:
        return False
    if (
        not after["name"]
        or len(str(after["name"])) > LONGEST_PLACE
        or len(str(after["directions"])) > LONGEST_PLACE * 2
    ):
        raise BadInput(f"Skriv platsens namn med högst {LONGEST_PLACE} tecken.")
    _check_letters(str(after["name"]))
    if sensitive:
        _not_in_use(session, place.office_id, before["name"] if before else str(after["name"]), "känslig", now)
    place.name, place.directions, place.sensitive = str(after["name"]), str(after["directions"]), sensitive
    storage.offices.add_place(session, place)
    storage.settings.note_change(session, f"{PLACE}{place.id}", before, after, now=now, staff_id=staff.id)
    storage.audit.write(session, "place_saved", now=now, staff_id=staff.id, place=place.id, sensitive=sensitive)
    return True


def remove_place(session: Session, place: Place, staff: Staff, *, now: datetime) -> None:
    """A place is used no more. Raises BadInput while times ahead name it."""
    _not_in_use(session, place.office_id, place.name, "borta", now)
    storage.audit.write(session, "place_removed", now=now, staff_id=staff.id, place=place.id)
    storage.offices.drop_place(session, place)


def _place(place: Place) -> dict[str, object]:
    return {"name": place.name, "directions": place.directions, "sensitive": place.sensitive}


def _not_in_use(session: Session, office_id: int, name: object, how: str, now: datetime) -> None:
    times = [slot for slot, _ in storage.time_patterns.ahead(session, now)
             if (slot.office_id, slot.place) == (office_id, name) and slot.called_off_at is None]  # fmt: skip
    patterns = [
        one for one in storage.time_patterns.standing(session) if (one.office_id, one.place) == (office_id, name)
    ]
    if times or patterns:
        both = [_so_many(len(times), "kommande tid", "kommande tider") if times else "",
                _so_many(len(patterns), "mönster", "mönster") if patterns else ""]  # fmt: skip
        raise BadInput(
            f"{' och '.join(filter(None, both))} är på {name}, och sms:en skulle nämna den. Byt plats i kalendern "
            f"innan den blir {how}."
        )


def _campaigns(session: Session, office: Office) -> Sequence[object]:
    found = storage.campaigns.in_states(session, UNDER_WAY)
    return [one for one in found if one.office_id in (None, office.id)]


def _clock(written: str) -> time:
    try:
        return time.fromisoformat(written)
    except ValueError:
        raise BadInput("Skriv öppettiderna som 08.00 och 16.30.") from None


def _so_many(count: int, one: str, many: str) -> str:
    return (
        f"{'Ett' if one.endswith(('utskick', 'urval', 'mönster')) else 'En'} {one}" if count == 1 else f"{count} {many}"
    )
