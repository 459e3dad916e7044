"""How a person stands, on their page: paused, closed, opened again, told of; who knows them (ux §2, §4.6)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import Response

import storage.sharing
from bot.console import opening, person, typed_times
from bot.requests import Ask, Writing, go
from outreach import acquaintance, consent, sharing, standing
from outreach.errors import BadInput, NotAllowed, NotFound
from storage.local_time import local_date
from storage.people import Person
from storage.sharing import SharingCard

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
HERE = "/register/{code}"


def _ahead(ask: Ask, typed: str) -> date | None:
    try:
        return typed_times.read_day(typed, local_date(ask.now))
    except BadInput:
        return None


@routes.post(HERE + "/paus")
def pause(ask: Writing, code: str, till: Text = "", pausskal: Text = "") -> Response:
    """Rest until a day, for one of a few reasons."""
    somebody = opening.enter(ask, code)
    until = _ahead(ask, till)
    return person.saved(
        ask, somebody,
        lambda: standing.pause(ask.session, somebody, ask.who.staff, until=until, why=pausskal, now=ask.now),
        field="till", form={"till": till, "pausskal": pausskal},
    )  # fmt: skip


@routes.post(HERE + "/paus/slut")
def resume(ask: Writing, code: str) -> Response:
    """Rest no longer."""
    somebody = opening.enter(ask, code)
    return person.saved(ask, somebody, lambda: standing.resume(ask.session, somebody, ask.who.staff, now=ask.now))


@routes.post(HERE + "/avsluta")
def close(ask: Writing, code: str, avslutsskal: Text = "") -> Response:
    """Close, with a reason."""
    somebody = opening.enter(ask, code)
    return person.saved(
        ask, somebody,
        lambda: standing.close(ask.session, somebody, ask.who.staff, why=avslutsskal, now=ask.now),
        field="avslutsskal", form={"avslutsskal": avslutsskal},
    )  # fmt: skip


@routes.post(HERE + "/oppna")
def reopen(ask: Writing, code: str) -> Response:
    """Open again."""
    somebody = opening.enter(ask, code)
    return person.saved(ask, somebody, lambda: standing.reopen(ask.session, somebody, ask.who.staff, now=ask.now))


@routes.post(HERE + "/brevstopp")
def no_letters(ask: Writing, code: str) -> Response:
    """The person wants no letters and no cards."""
    somebody = opening.enter(ask, code)
    new = consent.no_letters(ask.session, somebody, ask.who.staff, now=ask.now)
    return go(f"/register/{code}", done="sparat" if new else "redan")


@routes.post(HERE + "/brevstopp/hav")
def letters_again(ask: Writing, code: str) -> Response:
    """Letters and cards are welcome after all."""
    somebody = opening.enter(ask, code)
    ended = consent.letters_again(ask.session, somebody, ask.who.staff, now=ask.now)
    return go(f"/register/{code}", done="sparat" if ended else "redan")


@routes.post(HERE + "/kanner")
def know(ask: Writing, code: str, sakert: Text = "") -> Response:
    """One knows the person: the page closes to oneself at once."""
    somebody = opening.enter(ask, code)
    if not sakert:
        error = BadInput("Kryssa i att du känner personen. Sedan stängs sidan för dig.")
        return person.show(ask, somebody, error=error, field="sakert")
    acquaintance.know(ask.session, somebody, ask.who.staff, now=ask.now)
    return go("/register", done="kanner")


@routes.post(HERE + "/kanner/{staff_id}/hav")
def lift(ask: Writing, code: str, staff_id: Annotated[int, Path(ge=0, le=2**31)]) -> Response:
    """The head opens the page to a colleague again."""
    somebody = opening.enter(ask, code)
    if not ask.who.may("approve", somebody.office_id):
        raise NotAllowed("Bara en chef kan häva det. " + opening.whom_to_ask(ask, somebody))
    row = storage.sharing.get(ask.session, staff_id, somebody.id)
    if row is None:
        raise NotFound
    return person.saved(ask, somebody, lambda: acquaintance.lift(ask.session, row, ask.who.staff, now=ask.now))


@routes.post(HERE + "/delning")
def write_card(ask: Writing, code: str, beratta: Text = "", mottagare: Text = "", gallertill: Text = "") -> Response:
    """A sharing card, for the person to read."""
    somebody = opening.enter(ask, code)
    until = _ahead(ask, gallertill)
    field = "beratta" if not beratta.strip() else "mottagare" if not mottagare.strip() else "gallertill"
    return person.saved(
        ask, somebody,
        lambda: sharing.write(ask.session, somebody, ask.who.staff, text=beratta, told_to=mottagare, until=until,
                              now=ask.now),
        field=field, form={"beratta": beratta, "mottagare": mottagare, "gallertill": gallertill},
    )  # fmt: skip


@routes.post(HERE + "/delning/{card_code}/ja")
def permit(ask: Writing, code: str, card_code: str, hur: Text = "") -> Response:
    """The person has read it and said yes."""
    somebody, card = _card(ask, code, card_code)
    return person.saved(ask, somebody, lambda: sharing.permit(ask.session, card, ask.who.staff, how=hur, now=ask.now))


@routes.post(HERE + "/delning/{card_code}/berattat")
def told(ask: Writing, code: str, card_code: str) -> Response:
    """It has been told, word for word."""
    somebody, card = _card(ask, code, card_code)
    return person.saved(ask, somebody, lambda: sharing.tell(ask.session, card, ask.who.staff, now=ask.now))


@routes.post(HERE + "/delning/{card_code}/ta-tillbaka")
def withdraw(ask: Writing, code: str, card_code: str) -> Response:
    """The person has taken their yes back, or it was written by mistake."""
    somebody, card = _card(ask, code, card_code)
    return person.saved(ask, somebody, lambda: sharing.withdraw(ask.session, card, ask.who.staff, now=ask.now))


def _card(ask: Ask, code: str, card_code: str) -> tuple[Person, SharingCard]:
    somebody = opening.enter(ask, code)
    card = storage.sharing.card_by_code(ask.session, card_code)
    if card is None or card.person_id != somebody.id:
        raise NotFound("Kortet finns inte kvar på personen.")
    return somebody, card
