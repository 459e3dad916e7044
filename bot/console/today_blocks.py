"""What stands in each block of Idag, longest wait first; people with protected identity are named in none of them."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

import storage.alerts
import storage.campaigns
import storage.gatherings
import storage.inbound
import storage.meetings
import storage.messages
import storage.staff
from bot import shown
from bot.console import ambassador_desk, campaign_tried, campaign_words, ladder_card, ladder_words, today_lists, words
from bot.requests import Ask
from outreach import ladder_lists, quiet_hours, takeover, unsettled, waiting
from outreach.routing import Router
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.inbound import InboundText
from storage.local_time import STOCKHOLM, age, local, local_date
from storage.meetings import OPEN, Booking, Slot
from storage.people import Person
from storage.register import LATELY

Data = dict[str, Any]
CALLS = 10
FIRST_LETTERS = 80


def who_waits(ask: Ask, most: int) -> Data:
    """Who needs a human: acute first, then by group, inside each the longest wait first."""
    found = ask.waiting
    last = storage.inbound.latest(ask.session, [conversation.id for conversation, _ in found])
    names = storage.staff.names(ask.session)
    raised = storage.alerts.latest_of(ask.session, [conversation.id for conversation, _ in found])
    # A stable sort: inside each group the longest wait stays first.
    first = sorted(found, key=lambda pair: words.GROUPS.index(_group(pair[0], last.get(pair[0].id))))
    router = Router(ask.session, ask.now)
    rows = [
        _waiting_row(ask, talk, person, last.get(talk.id), names)
        | {"alert": words.alert(raised.get(talk.id), names, ask.now), "whose": router.whose(talk, person).label}
        for talk, person in first[:most]
    ]
    return {"total": len(found), "rows": rows, "all_href": "/idag?visa=manniska", "empty": _nothing_waits(ask)}


def _group(conversation: Conversation, text: InboundText | None) -> str:
    return words.waiting(conversation, text.intent if text else "")[0]


def _waiting_row(
    ask: Ask, conversation: Conversation, person: Person | None, text: InboundText | None, names: Mapping[int, str]
) -> Data:  # fmt: skip
    group, word = words.waiting(conversation, text.intent if text else "")
    secret = person is not None and person.protected
    alone = secret or text is None or words.is_read_alone(group, text.intent)
    minutes = quiet_hours.working_minutes_between(conversation.waiting_since or ask.now, ask.now)
    mine = conversation.held_by_id == ask.who.staff.id
    return {
        "id": conversation.code, "href": f"/inkorg/{conversation.code}", "name": name(person),
        "age": None if secret else _age(ask, person), "kind": group, "word": word,
        "text": None if alone or text is None else start(text.text), "lang": _lang(conversation),
        "waited": shown.waited(minutes), "mine": mine,
        "held_by": "" if mine else names.get(conversation.held_by_id or 0, "").split(" ")[0],
        "may_take": takeover.may_take(conversation, ask.who.staff, now=ask.now),
    }  # fmt: skip


def name(person: Person | None) -> str:
    """First name and initial: enough to know who is meant, less to read over a shoulder."""
    if person is None:
        return "Okänt nummer"
    if person.protected:
        return "En person"
    return f"{person.first_name} {person.last_name[:1]}." if person.last_name else person.first_name


def _age(ask: Ask, person: Person | None) -> int | None:
    return age(person.birth_date, local_date(ask.now)) if person and person.birth_date else None


def start(text: str) -> str:
    """The beginning of a text, on one line."""
    whole = " ".join(text.split())
    return whole if len(whole) <= FIRST_LETTERS else f"{whole[: FIRST_LETTERS - 1].rstrip()}…"


def _lang(conversation: Conversation) -> str:
    return words.html_lang(conversation.lang)


def _nothing_waits(ask: Ask) -> str:
    ahead = storage.meetings.bookings_between(ask.session, ask.office_ids, ask.now, ask.now + timedelta(days=60))
    standing = [slot.starts_at for booking, slot, _ in ahead if booking.state in OPEN]
    if not standing:
        return "Inget väntar."
    return f"Inget väntar. Nästa möte är {shown.relative_day(standing[0], ask.now)} kl. {shown.time_text(standing[0])}."


def booked(ask: Ask, most: int) -> Data:
    """Today and tomorrow, and what of the last week nobody has marked: Friday's meeting is still there on Monday."""
    midnight = datetime.combine(local_date(ask.now), time(), tzinfo=STOCKHOLM)
    found = storage.meetings.bookings_between(
        ask.session, ask.office_ids, midnight - LATELY, midnight + timedelta(days=2)
    )
    rows = [_booked_row(ask, *row) for row in found if waiting.may_know_of(ask.who, row[2])]
    kept = [row for row in rows if row["missing"] or row["at"] >= midnight]
    kept.sort(key=lambda row: (not row["missing"], row["at"]))
    return {"total": len(kept), "rows": kept[:most], "all_href": "/idag?visa=bokat"}


def _booked_row(ask: Ask, booking: Booking, slot: Slot, person: Person) -> Data:
    missing = booking.state in OPEN and slot.starts_at <= ask.now and slot.called_off_at is None
    return {
        "id": booking.code, "at": local(slot.starts_at), "name": name(person), "href": f"/register/{person.code}",
        "place": slot.place, "missing": missing,
        "state": {"kind": "needs", "text": "Närvaro saknas"} if missing else words.booking(booking.state),
    }  # fmt: skip


def to_ring(ask: Ask, most: int) -> Data:
    """The next to ring, promised calls first, else the longest wait, with the time of day that promises most."""
    turns = ladder_lists.due(ask.session, ask.office_ids, "ring", ask.now, limit=max(most, CALLS))
    total = ladder_lists.count_due(ask.session, ask.office_ids, "ring", ask.now)
    following = ladder_lists.next_turn(ask.session, ask.office_ids, "ring", ask.now) if not total else None
    return {
        "total": total, "rows": [ladder_card.row(ask, turn) for turn in turns if ask.who.may_see(turn.person)],
        "all_href": "/trappan/ring", "empty": ladder_words.next_turn(following, ask.now),
    }  # fmt: skip


def dead_numbers(ask: Ask, most: int) -> Data:
    """To whom texts did not arrive in the last week, by reason; every count opens exactly its people."""
    reasons = storage.messages.not_arrived(ask.session, ask.office_ids, ask.now - LATELY)
    rows = [
        {
            "reason": sentence.rstrip(".") or "Leverantören sade inte varför",
            "count": count,
            "href": f"/register?ejfram={code or 'okand'}",
        }
        for code, sentence, count in reasons
    ]
    everybody = "/register?ejfram=alla" if len(rows) > 1 else ""
    return {"total": today_lists.count(ask, not_arrived="*"), "rows": rows[:most], "all_href": everybody}


def side(ask: Ask) -> Data:
    """How things stand: reached, campaigns now and next, who soon turns 18 or 20."""
    reached = {"done": today_lists.count(ask, reached=True), "of": today_lists.count(ask), "href": "/register?nadd=ja"}
    return {
        "unsettled": _unsettled(ask),
        "running": _running(ask),
        "planned": _planned(ask),
        "lists": today_lists.waiting(ask, today_lists.due(ask)),
        "turning": today_lists.turning(ask),
        "reached": reached,
        "gatherings": _gatherings(ask),
        "ambassadors": ambassador_desk.count_waiting(ask),
    }


def _gatherings(ask: Ask) -> list[Data]:
    """The announced dialog meetings of the next seven days, with how many come."""
    mine = ask.where("gatherings")
    slots = storage.gatherings.of_offices(ask.session, mine, since=ask.now, until=ask.now + timedelta(days=7))
    ids = [slot.id for slot in slots]
    seats, taken = storage.gatherings.seats(ask.session, ids), storage.gatherings.taken(ask.session, ids)
    return [
        {"href": f"/dialogmoten/{slot.code}", "at": local(slot.starts_at), "place": slot.place,
         "words": f"{taken.get(slot.id, 0)} av {seats.get(slot.id, 0)} anmälda"}
        for slot in slots
        if slot.short_code is not None and slot.called_off_at is None
    ]  # fmt: skip


def _unsettled(ask: Ask) -> Data | None:
    listed = unsettled.listed(ask.session, ask.office_ids, now=ask.now)
    count = sum(waiting.may_know_of(ask.who, person) for _, person in listed)
    if not count:
        return None
    return {
        "words": f"{count} sms där vi inte vet om {'det' if count == 1 else 'de'} gick iväg",
        "href": "/utskick/okanda",
    }


def _campaigns(ask: Ask, *states: str) -> list[Campaign]:
    found = storage.campaigns.in_states(ask.session, states)
    return [campaign for campaign in found if campaign.office_id is None or campaign.office_id in ask.office_ids]


def _running(ask: Ask) -> list[Data]:
    return [_progress(ask, campaign) for campaign in _campaigns(ask, "running", "paused")]


def _progress(ask: Ask, campaign: Campaign) -> Data:
    counts = storage.messages.counts_of_campaign(ask.session, campaign.id)
    sent = sum(counts.get(state, 0) for state in ("sent", "delivered", "undelivered", "unknown"))
    total = sum(counts.values())
    line = f"{sent} av {total} skickade · {counts.get('delivered', 0)} levererade"
    halted = campaign_words.halted(campaign, ask.now, ask.house.sender.rules.allowed_hours)
    why = halted or campaign_tried.to_choose(ask, campaign)
    said = f"{line} · pausat" if campaign.state == "paused" else line
    return {
        "name": campaign.name, "href": _address_of(ask, campaign), "done": sent, "total": total, "words": said,
        "why": why,
    }  # fmt: skip


def _planned(ask: Ask) -> Data | None:
    ahead = [(campaign.start_at, campaign) for campaign in _campaigns(ask, "scheduled") if campaign.start_at]
    if not ahead:
        return None
    at, first = min(ahead, key=lambda pair: pair[0])
    return {"name": first.name, "href": _address_of(ask, first), "at": local(at)}


def _address_of(ask: Ask, campaign: Campaign) -> str:
    return f"/utskick/{campaign.code}" if ask.who.may("campaigns", campaign.office_id) else ""
