"""Sms: whose turn it is to be texted, what the gate says of each, and one press to the campaign (ux §4.10).

Where an office lets its ladder text by itself the page only shows what will happen.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.ladder_queue
import storage.ladders
import storage.staff
from bot import requests
from bot.console import ladder_desk, register_bulk
from bot.requests import Ask, Reading, Writing, go
from outreach import gate, gate_facts, ladder, ladder_lists
from outreach.errors import BadInput, NotAllowed
from outreach.ladder_lists import Turn
from scheduler import ladder_texts

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
HERE = "/trappan/sms"
MOST, LISTED = 2000, 20
NOT_ANNOUNCED = "not_announced"
_REASONS = {**gate.REASONS, NOT_ANNOUNCED: "ingen har ringt, skrivit eller skickat kort först"}


@dataclass(frozen=True, slots=True)
class Due:
    """Whose text step is due, and why somebody gets no text as things stand (empty: they get one)."""

    turns: Sequence[Turn]
    why: dict[int, str]

    @property
    def getting(self) -> list[Turn]:
        """Those who may be texted."""
        return [turn for turn in self.turns if not self.why[turn.person.id]]

    @property
    def stuck(self) -> list[Turn]:
        """Those who cannot be texted, today or later: what is in the way does not pass by itself."""
        return [turn for turn in self.turns if self.why[turn.person.id] not in ("", *ladder_texts.PASSING)]


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Who gets a text, who does not and why: the counts add up to everybody whose turn it is."""
    ask.needs("register")
    due = _due(ask)
    on = ladder_lists.counts(ask.session, ask.office_ids, ask.now).on
    data = {
        "total": len(due.turns),
        "getting": len(due.getting),
        "withheld": _withheld(ask, due),
        "stuck": len(due.stuck),
        "by_itself": _by_itself(ask),
        "office": ask.office.name if ask.office is not None else "",
        "may_send": ask.where("campaigns") == ask.office_ids,
        "reminders": on.get("reminder", 0),
        "empty": ladder_desk.empty(ask, "sms"),
    }
    return requests.page(ask, "trappan_sms.html", title="Sms", r=data)


@routes.post(HERE + "/utskick")
def to_campaign(ask: Writing) -> Response:
    """On to the campaign builder, with exactly those who may be texted."""
    office = ask.office
    ask.needs("campaigns")
    if office is None:
        raise BadInput("Välj ett kontor först, uppe på sidan. Ett utskick går till ett kontor i taget.")
    if office is not ask.office:
        raise NotAllowed
    codes = [turn.person.code for turn in _due(ask).getting]
    if not codes or _by_itself(ask):
        return go(HERE, done="redan")
    return register_bulk.go_to_campaign(register_bulk.keep_ticked(ask, codes))


@routes.post(HERE + "/vidare")
def pass_over(ask: Writing) -> Response:
    """Those who cannot be texted go on to the next step, each with the reason."""
    ask.needs("register")
    due, steps = _due(ask), ladder.Steps(ask.session)
    for turn in due.stuck:
        if turn.place is not None:
            ladder.take(
                ask.session, turn.place, "passed", ask.now, steps=steps.of(turn.person.office_id),
                why=due.why[turn.person.id], staff_id=ask.who.staff.id,
            )  # fmt: skip
    return go(HERE, done="sparat" if due.stuck else "redan")


def _due(ask: Ask) -> Due:
    found = ladder_lists.due(ask.session, ask.office_ids, "sms", ask.now, limit=MOST)
    turns = [turn for turn in found if ask.who.may_see(turn.person)]
    people = {turn.person.id: turn.person for turn in turns}
    facts = gate_facts.of_people(ask.session, people, kind="campaign", now=ask.now)
    rules = gate_facts.rules_now(ask.session, ask.house.sender.rules)
    why = {person_id: gate.forbidden(facts[person_id], rules, ask.now) for person_id in people}
    return Due(turns, why | _not_announced(ask, turns, why))


def _not_announced(ask: Ask, turns: Sequence[Turn], why: dict[int, str]) -> dict[int, str]:
    """Whom nobody has told of us, at offices where the first text may not be the first word (JO 494-2016)."""
    careful = {office.id for office in ask.who.offices if _announces(ask, office.id)}
    waiting = [turn.person.id for turn in turns if turn.person.office_id in careful and not why[turn.person.id]]
    told = storage.ladder_queue.announced(ask.session, waiting) if waiting else set()
    return {person_id: NOT_ANNOUNCED for person_id in waiting if person_id not in told}


def _announces(ask: Ask, office_id: int) -> bool:
    kept = storage.ladders.ladder(ask.session, office_id)
    return kept is not None and kept.announce_first


def _withheld(ask: Ask, due: Due) -> list[Data]:
    counts = Counter(why for why in due.why.values() if why)
    return [
        {
            "why": _REASONS[why],
            "count": count,
            "waits": why in ladder_texts.PASSING,
            "people": [ladder_desk.row(ask, turn) for turn in due.turns if due.why[turn.person.id] == why][:LISTED],
        }
        for why, count in counts.most_common()
    ]


def _by_itself(ask: Ask) -> list[Data]:
    """The chosen offices whose ladder texts by itself, and who answers there."""
    chosen = {office.id: office.name for office in ask.who.offices if office.id in ask.office_ids}
    names = storage.staff.names(ask.session)
    return [
        {"office": chosen[row.office_id], "answers": names.get(row.answerer_id or 0, "")}
        for row in storage.ladders.texting(ask.session)
        if row.office_id in chosen
    ]
