"""One person's card of the ring pass, and the rows of the list it is taken from (ux §4.10)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Any

import storage.conversations
import storage.ladders
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from bot import shown
from bot.console import ladder_outcome, ladder_words, person_facts, words
from bot.conversation.unasked import office_of
from bot.requests import Ask
from outreach import (
    gate,
    gate_facts,
    in_words,
    ladder_lists,
    ladder_notes,
    ladder_rules,
    meetings,
    phone_numbers,
    ring_pass,
)
from outreach.errors import NotFound
from outreach.ladder_lists import Turn
from outreach.ring_pass import Pass
from storage.conversations import Conversation
from storage.ladder_queue import CALL_SOON
from storage.local_time import age, local, local_date
from storage.meetings import Slot
from storage.messages import Message
from storage.numbers import Number, PersonNumber
from storage.people import Person

Data = dict[str, Any]
FIRST_TIMES = 3
_LEFT = ("sent", "delivered", "undelivered", "unknown")
_INVITES = ("campaign", "ladder", "nudge")


def row(ask: Ask, turn: Turn) -> Data:
    """A row of the list: enough to know whom one will ring."""
    person = turn.person
    return {
        "id": person.code, "href": f"/register/{person.code}", "name": short_name(person), "age": years(ask, person),
        "tries": ladder_words.tries(turn.tries), "best": ladder_words.best(turn),
        "why": turn.task.why if turn.task is not None else "",
    }  # fmt: skip


def short_name(person: Person) -> str:
    """First name and initial: enough in a list, less to read over a shoulder."""
    return f"{person.first_name} {person.last_name[:1]}." if person.last_name else person.first_name


def years(ask: Ask, person: Person) -> int | None:
    """How old the person is, where that is known."""
    return age(person.birth_date, local_date(ask.now)) if person.birth_date else None


def card(ask: Ask, pass_: Pass, person: Person, gone: str) -> Data:
    """Everything on the card."""
    promise = storage.tasks.open_task(ask.session, "ring", person.id)
    turn = replace(ladder_lists.turn(ask.session, person, "ring"), task=promise)
    texts = storage.messages.of_person(ask.session, person.id)
    return {
        **row(ask, turn), "key": pass_.key, "gone": gone, "stays": pass_.stays,
        "name": f"{person.first_name} {person.last_name}".strip(),
        "office": "" if ask.office is not None else office_of(ask.session, person).name,
        "language": person.language if person.language.casefold() != "svenska" else "",
        "numbers": [number(tie, of) for tie, of in turn.numbers],
        "last_try": ladder_words.last_try(storage.tasks.attempts(ask.session, person.id), ask.now),
        "is_best_now": turn.best == ladder_rules.band(ask.now),
        "situation": ladder_words.SITUATIONS[_situation(ask, turn, texts)],
        "say": _say(ask, turn, texts),
        "announce": _may_announce(ask, turn, texts), "announced": _announced(ask, texts),
        "later": ladder_outcome.later(ask.now), "aside": ladder_outcome.ASIDE, "thinks": ladder_outcome.THINKS,
        **_times(ask, person),
    }  # fmt: skip


def number(tie: PersonNumber, of: Number) -> Data:
    """A number as it is called: how it stands and who found it where."""
    found = f"{tie.found_by} {local_date(tie.found_at).isoformat()}".strip()
    return {
        "id": tie.id, "e164": of.e164, "shown": phone_numbers.show(of.e164), "spoken": person_facts.spoken(of.e164),
        "kind": in_words.NUMBER_KINDS[of.kind], "source": tie.source, "found": found,
        "standing": words.standing(tie.standing),
    }  # fmt: skip


def called(ask: Ask, person: Person, tie_id: str) -> str:
    """The number that was called: the one chosen on the card, else the best one; empty where there is none."""
    numbers = ladder_lists.turn(ask.session, person, "ring").numbers
    chosen = [of.e164 for tie, of in numbers if str(tie.id) == tie_id]
    if tie_id and not chosen:
        raise NotFound("Numret finns inte kvar på personen. Läs om kortet.")
    return chosen[0] if chosen else numbers[0][1].e164 if numbers else ""


def progress(ask: Ask, pass_: Pass) -> Data:
    """12 av 40 ringda, 5 svarade."""
    left = ring_pass.left(ask.session, pass_, ask.office_ids, ask.now)
    of = pass_.rung + left
    return {
        "rung": pass_.rung, "of": of, "answered": pass_.answered, "left": left,
        "words": f"{pass_.rung} av {of} ringda, {pass_.answered} svarade",
    }  # fmt: skip


def last_done(ask: Ask, pass_: Pass) -> Data | None:
    """What was noted last, and that it can be taken back."""
    person = ring_pass.to_undo(ask.session, ask.who.staff, pass_, ask.now)
    if person is None or person.protected or not ask.who.may_see(person):
        return None
    attempts = storage.tasks.attempts(ask.session, person.id)
    return {
        "name": short_name(person), "href": f"/register/{person.code}",
        "what": ladder_notes.IN_WORDS.get(attempts[-1].result, "") if attempts else "",
        "then": ladder_words.stands(storage.ladders.place(ask.session, person.id), ask.now),
    }  # fmt: skip


def _situation(ask: Ask, turn: Turn, texts: Sequence[Message]) -> str:
    talk = storage.conversations.of_person(ask.session, turn.person.id)
    texted = any(text.kind in _INVITES and text.text_code != CALL_SOON and text.state in _LEFT for text in texts)
    return ladder_words.situation(turn, talk_state=talk.state if talk is not None else "", texted=texted)


def _say(ask: Ask, turn: Turn, texts: Sequence[Message]) -> list[str]:
    unit = office_of(ask.session, turn.person).sender_name
    return ladder_words.lines(_situation(ask, turn, texts), turn.person, ask.who.staff.first_name, unit)


def _may_announce(ask: Ask, turn: Turn, texts: Sequence[Message]) -> str:
    """The hour we would ring, where the office tells by text before a call and nobody has been told today."""
    kept = storage.ladders.ladder(ask.session, turn.person.office_id or 0)
    wanted = kept is not None and kept.text_before_call and not _announced(ask, texts)
    if not wanted or not any(of.kind == "mobile" for _, of in turn.numbers):
        return ""
    return shown.time_text(local(ask.now + ladder_rules.CALL_AFTER))


def _announced(ask: Ask, texts: Sequence[Message]) -> str:
    told = [
        text for text in texts if text.text_code == CALL_SOON and local_date(text.created_at) == local_date(ask.now)
    ]
    return shown.time_text(local(told[-1].created_at)) if told else ""


def _times(ask: Ask, person: Person) -> Data:
    """Free times: three that differ first, then all of them by day; and whether a text can confirm one."""
    standing = storage.meetings.open_booking(ask.session, person.id, after=ask.now)
    if standing is not None:
        slot = storage.meetings.slot(ask.session, standing.slot_id)
        return {"booked": _when(ask, slot), "times": [], "days": [], "unconfirmed": ""}
    talk = storage.conversations.of_person(ask.session, person.id)
    free = meetings.free(
        ask.session, office_of(ask.session, person).id, conversation_id=talk.id if talk is not None else None,
        now=ask.now, even_held=True,
    )  # fmt: skip
    first = meetings.choose(free, FIRST_TIMES)
    rest = [slot for slot in free if slot not in first]
    return {
        "booked": "",
        "times": [_time(ask, slot) for slot in first],
        "days": [
            {"day": shown.relative_day(day, ask.now), "times": [_time(ask, slot) for slot in slots]}
            for day, slots in groupby(rest, key=lambda slot: local_date(slot.starts_at))
        ],
        "unconfirmed": _unconfirmed(ask, person, talk),
    }


def _time(ask: Ask, slot: Slot) -> Data:
    return {"code": slot.code, "when": _when(ask, slot), "clock": shown.time_text(slot.starts_at), "place": slot.place}


def _when(ask: Ask, slot: Slot) -> str:
    at = shown.time_text(slot.starts_at)
    near = local_date(slot.starts_at) - local_date(ask.now) < timedelta(days=7)
    day = shown.relative_day(slot.starts_at, ask.now) if near else shown.date_text(slot.starts_at).rpartition(" ")[0]
    return f"{day} kl. {at}"


def _unconfirmed(ask: Ask, person: Person, talk: Conversation | None) -> str:
    """Why no text can confirm a time; empty when one can."""
    if talk is not None and talk.channel != "sms":
        return ""
    facts = gate_facts.of_people(ask.session, {person.id: person}, kind="staff", now=ask.now)[person.id]
    return gate.REASONS.get(gate.forbidden(facts, ask.house.sender.rules, ask.now), "")
