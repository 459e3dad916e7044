"""Texts of which nobody knows whether they went out: a person decides, one text at a time and only once (ux §4.9)."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.campaigns
from bot import requests
from bot.requests import Ask, Reading, Writing, go
from outreach import in_words, unsettled, waiting
from outreach.errors import NotFound
from storage.local_time import local
from storage.messages import Message
from storage.people import Person

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
HERE = "/utskick/okanda"


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Everything there is to decide about, longest wait first."""
    rows = [_row(ask, message, person) for message, person in _listed(ask)]
    return requests.page(ask, "okanda.html", title="Gick de iväg?", rows=rows)


@routes.post(HERE + "/{code}/skickat")
def count_as_sent(ask: Writing, code: str) -> Response:
    """It counts as sent."""
    return _decide(ask, code, lambda message: unsettled.count_as_sent(
        ask.session, message, ask.who.staff, now=ask.now
    ))  # fmt: skip


@routes.post(HERE + "/{code}/inte")
def give_up(ask: Writing, code: str) -> Response:
    """It counts as failed, and is not sent again."""
    return _decide(ask, code, lambda message: unsettled.give_up(ask.session, message, ask.who.staff, now=ask.now))


@routes.get(HERE + "/{code}/igen")
def warn(ask: Reading, code: str) -> Response:
    """What sending again may lead to, and the button that does it."""
    found = _find(ask, code)
    if found is None:
        return go(HERE, done="redan")
    return requests.page(ask, "okanda_igen.html", title="Skicka igen?", row=_row(ask, *found))


@routes.post(HERE + "/{code}/igen")
def send_again(ask: Writing, code: str) -> Response:
    """Into the queue once more, and through the gate."""
    rules = ask.house.sender.rules
    return _decide(ask, code, lambda message: unsettled.send_again(
        ask.session, message, ask.who.staff, rules, now=ask.now
    ), done="skickat")  # fmt: skip


def _decide(ask: Ask, code: str, decide: Callable[[Message], bool], *, done: str = "sparat") -> Response:
    found = _find(ask, code)
    return go(HERE, done=done if found is not None and decide(found[0]) else "redan")


def _listed(ask: Ask) -> list[tuple[Message, Person | None]]:
    ask.needs("inbox")
    found = unsettled.listed(ask.session, ask.who.office_ids, now=ask.now)
    return [(message, person) for message, person in found if waiting.may_know_of(ask.who, person)]


def _find(ask: Ask, code: str) -> tuple[Message, Person | None] | None:
    """The text one may decide about; None when somebody has. Raises NotFound for what never was a text's code."""
    if not code.isalnum():
        raise NotFound
    return next(((message, person) for message, person in _listed(ask) if message.code == code), None)


def _row(ask: Ask, message: Message, person: Person | None) -> Data:
    campaign = storage.campaigns.get(ask.session, message.campaign_id) if message.campaign_id is not None else None
    hidden = person is not None and person.protected
    known = person is not None and not hidden
    return {
        "code": message.code,
        "name": person.name if person is not None and known else "En person" if hidden else "Nummer utan person",
        "href": f"/register/{person.code}" if person is not None and known else "",
        "what": campaign.name if campaign is not None else in_words.KINDS[message.kind],
        "at": local(message.claimed_at or message.state_at),
        "why": message.reason,
        "again": unsettled.may_send_again(ask.session, message),
    }
