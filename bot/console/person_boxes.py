"""The boxes of a person's page about what is done and agreed: offers, enrolments, referrals, pauses, sharing, jäv."""

from collections.abc import Mapping
from typing import Any

import storage.ladders
import storage.merges
import storage.offers
import storage.partners
import storage.people
import storage.sharing
import storage.staff
from bot.requests import Ask
from outreach import access, encouragement, in_words, ladder, merges, offers, partners, sharing, standing
from storage.local_time import age, local_date
from storage.people import Person
from storage.sharing import SharingCard

Data = dict[str, Any]


def show(ask: Ask, person: Person) -> Data:
    """Everything these boxes need."""
    names = storage.staff.names(ask.session)
    return {
        **_offered(ask, person, names),
        "ladder": place(ask, person),
        "referrals": [
            {"id": row.code, "what": "Hänvisad av" if row.to_us else "Hänvisad till", "name": partner.name,
             "on": row.on, "ground": row.ground}
            for row, partner in reversed(storage.partners.referrals(ask.session, person.id))
        ],
        "partners": [
            (one.code, one.name)
            for one in storage.partners.partners(ask.session, person.office_id, on=local_date(ask.now))
        ],
        "grounds": list(partners.GROUNDS),
        "pause": _pause(ask, person),
        "pauses": list(standing.PAUSES),
        "closed": {"why": person.closed_reason or "utan skäl", "on": local_date(person.closed_at)}
        if person.closed_at is not None else None,
        "closings": list(standing.CLOSINGS),
        "cards": [_card(ask, card, names) for card in storage.sharing.cards(ask.session, person.id)],
        "how": sharing.HOW,
        "known": [
            {"staff_id": row.staff_id, "name": names.get(row.staff_id, "Någon"), "since": local_date(row.since)}
            for row in storage.sharing.acquaintances(ask.session, person.id) if row.ended_at is None
        ],
        "may_lift": ask.who.may("approve", person.office_id),
        "merges": _merges(ask, person),
    }  # fmt: skip


def may_be_responsible(ask: Ask, person: Person) -> Mapping[int, str]:
    """Who at the person's office works with people, and does not know this one."""
    knows = {row.staff_id for row in storage.sharing.acquaintances(ask.session, person.id) if row.ended_at is None}
    roles = [role for role, allowed in access.MAY.items() if "register" in allowed]
    today = local_date(ask.now)
    found = {
        one.id: one.name
        for role in roles
        for one in storage.staff.with_role(ask.session, role, person.office_id, on=today)
    }
    return {staff_id: name for staff_id, name in found.items() if staff_id not in knows}


def _offered(ask: Ask, person: Person, names: Mapping[int, str]) -> Data:
    today = local_date(ask.now)
    years = age(person.birth_date, today) if person.birth_date else None
    contracts = storage.offers.contracts(ask.session, person.id)
    series = storage.offers.running(ask.session, person.id)
    return {
        "measures": [
            (one.code, f"{one.name} ({in_words.AIMS[one.aim].lower()})")
            for one in storage.offers.measures(ask.session, person.office_id, on=today)
        ],
        "made": [
            {"id": row.code, "what": measure.name, "on": row.offered_on, "by": names.get(row.offered_by_id or 0, ""),
             "answer": in_words.ANSWERS[row.answer], "answered_on": row.answered_on, "how": measure.how_to_book,
             "where": ", ".join(part for part in (measure.place, measure.times) if part)}
            for row, measure in reversed(storage.offers.of_person(ask.session, person.id)) if row.withdrawn_at is None
        ],
        "enrolments": [
            {"id": row.code, "system": row.system, "on": row.enrolled_on, "ended": row.ended_on}
            for row in reversed(storage.offers.enrolments(ask.session, person.id))
        ],
        "contracts": [
            {"id": row.code, "on": row.signed_on, "ends": row.ends_on,
             "over": row.ends_on is not None and row.ends_on <= today}
            for row in reversed(contracts)
        ],
        "contract_age": years in offers.CONTRACT_AGES,
        "may_cheer": encouragement.may_begin(ask.session, person),
        "series": {"sent": series.sent, "next": local_date(series.next_at) if series.next_at else None}
        if series is not None else None,
    }  # fmt: skip


def place(ask: Ask, person: Person) -> Data | None:
    """Where the person stands on the contact ladder, and the steps that have been taken; None before the first look."""
    place = storage.ladders.place(ask.session, person.id)
    if place is None:
        return None
    events = sorted(storage.ladders.events(ask.session, person.id), key=lambda event: event.at)
    taken = [row for row in events if row.what in ladder.TAKEN]
    return {
        "on": place.state == "on", "step": in_words.STEPS[place.kind], "attempt": place.attempt, "round": place.round,
        "due": local_date(place.due_at),
        "taken": [{"step": in_words.STEPS[row.kind], "on": local_date(row.at)} for row in taken],
    }  # fmt: skip


def _pause(ask: Ask, person: Person) -> Data | None:
    if person.paused_until is None or person.paused_until <= ask.now:
        return None
    return {"until": local_date(person.paused_until), "why": person.paused_why}


def _card(ask: Ask, card: SharingCard, names: Mapping[int, str]) -> Data:
    if card.withdrawn_at is not None:
        kind, text = "stop", f"Återtaget {local_date(card.withdrawn_at).isoformat()}"
    elif card.until < local_date(ask.now):
        kind, text = "rests", f"Gällde till {card.until.isoformat()}"
    elif card.permitted_at is None:
        kind, text = "waits", "Väntar på personens ja"
    else:
        kind, text = "done", f"Får berättas till {card.until.isoformat()}"
    return {
        "id": card.code, "text": card.text, "told_to": card.told_to, "until": card.until,
        "state": {"kind": kind, "text": text}, "stands": sharing.stands(card, ask.now),
        "asks": card.permitted_at is None and kind == "waits", "open": kind in ("waits", "done"),
        "how": card.permitted_how, "told": local_date(card.told_at) if card.told_at else None,
        "told_by": names.get(card.told_by_id or 0, ""),
    }  # fmt: skip


def _merges(ask: Ask, person: Person) -> list[Data]:
    """The merges that made this page, newest first; only the newest can be taken back."""
    found = []
    for row in reversed(storage.merges.of_person(ask.session, person.id)):
        if row.undone_at is None and row.kept_id == person.id:
            other = storage.people.get(ask.session, row.merged_id)
            found.append(
                {"id": row.code, "name": other.name, "on": local_date(row.at), "can": merges.can_part(ask.session, row)}
            )
    return found
