"""What Telefonen shows: the phone as its owner sees it, what goes on behind it, the clock, and the newcomer's cards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import storage.campaigns
import storage.inbound
import storage.meetings
import storage.messages
import storage.offices
import storage.people
import storage.reminders
import storage.settings
from bot.console import phone_desk, phone_words, words
from bot.console.phone_desk import Phone
from bot.conversation.turn import QUESTION_HOLDS
from bot.requests import Ask
from bot.shown import date_table, time_text
from outreach import gate, prices
from storage.conversations import Conversation
from storage.inbound import InboundText
from storage.local_time import age, local, local_date
from storage.messages import Message
from storage.offices import Office
from storage.people import Person

LONGEST_RULE, LONGEST_LINE = 60, 40
ARRIVED = ("sent", "delivered")
LOST = ("failed", "undelivered", "withheld", "unknown", "expired")
_NOTHING_LEFT = timedelta()


def page(ask: Ask, desk: Sequence[Phone], phone: Phone | None) -> dict[str, Any]:
    """All of Telefonen."""
    people = phone_desk.people_to_pick(ask.session, ask.where("register"), desk)
    shown = {
        "guide": guide(ask, desk),
        "phones": phones(ask, desk, phone.key if phone else ""),
        "people": [(person.code, _name_and_age(person, ask.now)) for person, _ in people],
        "languages": phone_words.LANGUAGES,
        "standings": phone_words.STANDINGS,
        "can_add": len(desk) < phone_desk.MOST_PHONES,
        "demo": bool(storage.settings.read(ask.session, "demo", default=False)),
        "clock": clock(ask),
    }
    if phone is not None:
        shown |= {"phone": telephone(ask, phone), "behind": behind(ask, phone), "faults": faults(ask, phone)}
    return shown


def phones(ask: Ask, desk: Sequence[Phone], current: str) -> list[dict[str, Any]]:
    """The phones on the desk, with the last line of each."""
    rows = []
    for phone in desk:
        person = phone_desk.owner(ask.session, phone)
        lines = log(ask, phone)
        rows.append(
            {
                "key": phone.key, "name": _name(person), "age": _age(person, ask.now), "current": phone.key == current,
                "last": _beginning(lines[-1]["text"]) if lines else "", "href": f"/telefonen/{phone.key}",
            }
        )  # fmt: skip
    return rows


def _beginning(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1].rstrip()}…"


def telephone(ask: Ask, phone: Phone) -> dict[str, Any]:
    """The phone as the young person sees it."""
    person = phone_desk.owner(ask.session, phone)
    talk = phone_desk.conversation(ask.session, phone)
    office = _office(ask, person)
    lines = log(ask, phone)
    unread = _unread(ask, phone)
    return {
        "key": phone.key, "name": _name(person), "from_name": office.sender_name if office else "Brygga",
        "messages": lines, "off": phone_desk.fault(ask.session, phone.address) == "off",
        "quick": phone_words.QUICK_ENGLISH if talk is not None and talk.lang == "en" else phone_words.QUICK,
        "read_in": _seconds_left(unread, ask.now) if unread else None,
        "can_invite": person is not None and not lines and not _on_its_way(ask, talk),
        "on_its_way": _on_its_way(ask, talk),
    }  # fmt: skip


def log(ask: Ask, phone: Phone) -> list[dict[str, Any]]:
    """What stands on the phone's screen since it was last reset: texts that arrived, and what was written."""
    came = [row for row in _texts(ask, phone) if row.state in ARRIVED]
    wrote = storage.inbound.of_sender(ask.session, "sms", phone.address, after_id=phone.inbound_after)
    rows = [_arrived(row) for row in came] + [_written(row) for row in wrote]
    return sorted(rows, key=lambda row: (row["at"], not row["mine"], row["id"]))


def _arrived(row: Message) -> dict[str, Any]:
    lang = words.html_lang(row.lang)
    return {"id": f"u{row.id}", "mine": False, "text": row.text, "at": row.sent_at or row.state_at, "lang": lang,
            "code": row.text_code, "kind": row.kind}  # fmt: skip


def _written(row: InboundText) -> dict[str, Any]:
    return {"id": f"i{row.id}", "mine": True, "text": row.text, "at": row.received_at, "intent": row.intent}


def _texts(ask: Ask, phone: Phone) -> list[Message]:
    rows = storage.messages.of_address(ask.session, "sms", phone.address)
    return [row for row in rows if row.id > phone.texts_after]


def _unread(ask: Ask, phone: Phone) -> list[InboundText]:
    return list(storage.inbound.unread_from(ask.session, "sms", phone.address))


def _seconds_left(unread: Sequence[InboundText], now: datetime) -> int:
    longest = max((row.due_at - now for row in unread if row.due_at is not None), default=_NOTHING_LEFT)
    return max(0, round(longest.total_seconds()))


def _on_its_way(ask: Ask, talk: Conversation | None) -> bool:
    rows = storage.messages.of_conversation(ask.session, talk.id) if talk is not None else []
    return any(row.state in ("queued", "sending") for row in rows)


def faults(ask: Ask, phone: Phone) -> list[dict[str, Any]]:
    """What can be made to go wrong, and which of it is on."""
    wrong = phone_desk.fault(ask.session, phone.address)
    lasting = [
        {"key": key, "label": label, "hint": hint, "on": key == wrong} for key, label, hint in phone_words.FAULTS
    ]
    return lasting + [
        {"key": key, "label": label, "hint": hint, "on": False} for key, label, hint in phone_words.TRICKS
    ]


# ---------------------------------------------------------------------------------- behind the scenes


def behind(ask: Ask, phone: Phone) -> dict[str, Any]:
    """State, meaning, timers, cost, and what the staff see."""
    person = phone_desk.owner(ask.session, phone)
    talk = phone_desk.conversation(ask.session, phone)
    texts = _texts(ask, phone)
    parts = sum(row.parts for row in texts if row.state in (*ARRIVED, "unknown", "undelivered"))
    wrote = storage.inbound.of_sender(ask.session, "sms", phone.address, after_id=phone.inbound_after)
    return {
        "state": words.state(talk.state if talk is not None else "new"),
        "speaker": _speaker(talk),
        "readings": [_reading(row) for row in reversed(wrote) if row.handled_at is not None],
        "timers": timers(ask, phone, talk, person),
        "lost": [_lost(row, ask.now) for row in texts if row.state in LOST][-5:],
        "parts": parts, "cost": prices.sms(ask.session).of(parts), "staff": _staff_sees(ask, talk, person),
    }  # fmt: skip


def _speaker(talk: Conversation | None) -> str:
    if talk is None:
        return "Ingen än"
    if talk.held_by_id is not None:
        return "En människa har samtalet. Automaten är tyst."
    silent = {
        "human": "En människa ska svara",
        "urgent": "Bara människor svarar",
        "stopped": "Ingen, personen har sagt stopp",
    }
    return silent.get(talk.state, "Automaten svarar")


def _reading(row: InboundText) -> dict[str, Any]:
    meaning = words.read_as(row.intent) or "lästes inte av automaten"
    others = dict.fromkeys(entry.partition(":")[0] for entry in row.considered)
    return {
        "text": row.text,
        "meaning": meaning[:1].upper() + meaning[1:],
        "rule": f"Regel: {shortened(row.rule)}" if row.rule else "",
        "considered": [words.read_as(intent) or intent for intent in others if intent != row.intent],
    }


def shortened(rule: str) -> str:
    """A rule's line is a long row of words; its beginning tells which one it was."""
    return rule if len(rule) <= LONGEST_RULE else f"{rule[:LONGEST_RULE].rsplit('|', 1)[0]} …"


def _lost(row: Message, now: datetime) -> dict[str, str]:
    return {"what": phone_words.KINDS[row.kind], "why": words.message(row, now)["text"]}


def timers(ask: Ask, phone: Phone, talk: Conversation | None, person: Person | None) -> list[dict[str, Any]]:
    """Everything that waits for its time at this phone, soonest first."""
    found = [{"what": "Svaret läses", "at": row.due_at} for row in _unread(ask, phone)[-1:] if row.due_at is not None]
    if talk is not None:
        found += _talk_timers(ask, talk)
    if person is not None:
        found += _person_timers(ask, person)
    return sorted(found, key=lambda row: row["at"])


def _talk_timers(ask: Ask, talk: Conversation) -> list[dict[str, Any]]:
    found = []
    for row in storage.messages.of_conversation(ask.session, talk.id):
        if row.state == "queued":
            why = gate.REASONS.get(row.reason, row.reason)
            found.append({"what": phone_words.KINDS[row.kind] + (f" ({why})" if why else ""), "at": row.send_after})
    held = storage.meetings.held_until(ask.session, talk.id)
    if held is not None and held > ask.now:
        found.append({"what": "De erbjudna tiderna hålls till", "at": held})
    if talk.context.get("options"):
        holds = datetime.fromisoformat(talk.context["asked_at"]) + QUESTION_HOLDS
        if holds > ask.now:
            found.append({"what": "Siffrorna gäller till", "at": holds})
    return found


def _person_timers(ask: Ask, person: Person) -> list[dict[str, Any]]:
    found = []
    if person.paused_until is not None and person.paused_until > ask.now:
        found.append({"what": "Vilar till", "at": person.paused_until})
    booking = storage.meetings.open_booking(ask.session, person.id, after=ask.now)
    if booking is not None:
        slot = storage.meetings.slot(ask.session, booking.slot_id)
        found.append({"what": f"Möte, {slot.place}", "at": slot.starts_at})
        for row in storage.reminders.of_booking(ask.session, booking.id):
            if row.done_at is None:
                found.append({"what": phone_words.REMINDERS[row.kind], "at": row.due_at})
    return found


def _staff_sees(ask: Ask, talk: Conversation | None, person: Person | None) -> dict[str, str]:
    waits = talk is not None and talk.waiting_since is not None
    if waits and talk is not None:
        seen = f"Idag, Behöver en människa: {talk.waiting_why}"
    else:
        seen = "Personsidan" if person is not None else "Inget än"
    href = f"/register/{person.code}" if person is not None else "/idag" if waits else ""
    return {"words": seen, "href": href if ask.who.may("register") else ""}


# ------------------------------------------------------------------------------- the clock and the cards


def clock(ask: Ask) -> dict[str, Any]:
    """What time it is here, and what happens next."""
    offset = float(storage.settings.read(ask.session, "clock_offset", default=0.0))
    return {"now": local(ask.now), "moved": abs(offset) >= 60, "next": next_event(ask)}


def next_event(ask: Ask) -> dict[str, Any] | None:
    """The next thing that falls due anywhere in the installation."""
    moments = (
        ("ett svar läses", storage.inbound.next_due(ask.session)),
        ("en påminnelse", storage.reminders.next_due(ask.session)),
        ("ett utskick startar", storage.campaigns.next_start(ask.session)),
        ("ett sms skickas", storage.messages.next_due(ask.session)),
    )
    known = [(moment, what) for what, moment in moments if moment is not None]
    if not known:
        return None
    moment, what = min(known)
    return {"what": what, "at": max(moment, ask.now)}


def guide(ask: Ask, desk: Sequence[Phone]) -> list[dict[str, Any]]:
    """Three cards for a newcomer's first minutes, in a demo; each is done when it has really happened."""
    code = storage.settings.read(ask.session, "demo_first", default="")
    phone = next((row for row in desk if code and row.person == code), None)
    person = phone_desk.owner(ask.session, phone) if phone is not None else None
    if phone is None or person is None:
        return []
    lines = log(ask, phone)
    reminded = any(row.get("kind") == "reminder" for row in lines)
    name, href = person.first_name, f"/telefonen/{phone.key}"
    booked = reminded or storage.meetings.open_booking(ask.session, person.id) is not None
    return [
        _card(1, f"{name} får första sms:et", f"Hon har just fått er inbjudan. Svara som {name}: vem e du",
              f"{href}#telefon", f"Öppna {name}s telefon", done=any(row["mine"] for row in lines)),
        _card(2, "Boka en tid", "Skriv ja. Välj sedan en av tiderna med en siffra: 2",
              f"{href}#telefon", f"Boka som {name}", done=booked),
        _card(3, "Flytta klockan till dagen före mötet", "Tryck på Till nästa händelse tills påminnelsen kommer.",
              f"{href}#klockan", "Gå till klockan", done=reminded),
    ]  # fmt: skip


def _card(number: int, title: str, text: str, href: str, button: str, *, done: bool) -> dict[str, Any]:
    return {"no": number, "title": title, "text": text, "href": href, "button": button, "done": done}


# ------------------------------------------------------------------------------------------- as a file


def as_text(ask: Ask, phone: Phone) -> str:
    """The dialogue as a text file that people can read and a test can be written from."""
    person = phone_desk.owner(ask.session, phone)
    years = _age(person, ask.now)
    talk = phone_desk.conversation(ask.session, phone)
    lines = [f"# Telefonen, sms. {_name(person)}{f', {years} år' if years else ''}. Sparat {date_table(ask.now)}.", ""]
    day = ""
    for row in log(ask, phone):
        if (today := date_table(row["at"])) != day:
            lines, day = [*lines, f"# {today}"], today
        lines.append(_line(row))
    stands = words.state(talk.state if talk is not None else "new")["text"]
    return "\n".join([*lines, "", f"# Läge: {stands}", ""])


def _line(row: dict[str, Any]) -> str:
    text = row["text"].replace("\n", " / ")
    if row["mine"]:
        return f"{time_text(row['at'], table=True)} <- {text}" + (f"    [{row['intent']}]" if row["intent"] else "")
    return f"{time_text(row['at'], table=True)} -> {row['code'] or row['kind']}: {text}"


def _name(person: Person | None) -> str:
    return person.first_name if person is not None else "Okänt nummer"


def _age(person: Person | None, now: datetime) -> int | None:
    return age(person.birth_date, local_date(now)) if person is not None and person.birth_date else None


def _name_and_age(person: Person, now: datetime) -> str:
    name = f"{person.first_name} {person.last_name[:1]}." if person.last_name else person.first_name
    years = _age(person, now)
    return f"{name}, {years} år" if years else name


def _office(ask: Ask, person: Person | None) -> Office | None:
    if person is not None and person.office_id is not None:
        return storage.offices.get(ask.session, person.office_id)
    return ask.office or next(iter(ask.who.offices), None)


office_of = _office
