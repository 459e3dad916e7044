"""What a person is offered and what comes of it: offers, enrolments, contracts, outcomes (ux §4.6)."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import Response

import storage.offers
import storage.partners
import storage.tasks
from bot.console import opening, person
from bot.requests import Ask, Writing
from outreach import contact, encouragement, offers, partners
from outreach.errors import NotFound
from outreach.lists import dates
from storage.local_time import local_date
from storage.offers import EducationContract, Enrolment, Offer
from storage.people import Person
from storage.tasks import Outcome

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Number = Annotated[int, Path(ge=0, le=2**31)]
HERE = "/register/{code}"


def _day(ask: Ask, typed: str) -> date | None:
    return dates.read_date(typed, local_date(ask.now))


@routes.post(HERE + "/erbjudande")
def offer(ask: Writing, code: str, insats: Text = "", insatsdatum: Text = "") -> Response:
    """A measure was offered, on a day."""
    somebody = opening.enter(ask, code)
    measure = storage.offers.measure_by_code(ask.session, insats)
    day = _day(ask, insatsdatum)
    return person.saved(
        ask, somebody,
        lambda: offers.offer(ask.session, somebody, measure, ask.who.staff, on=day, now=ask.now),
        field="insatsdatum", form={"insats": insats, "insatsdatum": insatsdatum},
    )  # fmt: skip


@routes.post(HERE + "/erbjudande/{offer_code}/svar")
def answer(ask: Writing, code: str, offer_code: str, svar: Text = "") -> Response:
    """The person said yes or no."""
    somebody, made = _offer(ask, code, offer_code)
    return person.saved(
        ask, somebody, lambda: offers.answer(ask.session, made, ask.who.staff, said=svar, now=ask.now)
    )  # fmt: skip


@routes.post(HERE + "/erbjudande/{offer_code}/angra")
def undo_offer(ask: Writing, code: str, offer_code: str) -> Response:
    """Take the answer back; pressed again, the offer."""
    somebody, made = _offer(ask, code, offer_code)
    return person.saved(ask, somebody, lambda: offers.withdraw(ask.session, made, ask.who.staff, now=ask.now))


@routes.post(HERE + "/inskrivning")
def enrol(ask: Writing, code: str, system: Text = "", inskrivetdatum: Text = "") -> Response:
    """Enrolled in another system."""
    somebody = opening.enter(ask, code)
    day = _day(ask, inskrivetdatum)
    return person.saved(
        ask, somebody,
        lambda: offers.enrol(ask.session, somebody, ask.who.staff, system=system, on=day, now=ask.now),
        field="inskrivetdatum" if system.strip() else "system",
        form={"system": system, "inskrivetdatum": inskrivetdatum},
    )  # fmt: skip


@routes.post(HERE + "/inskrivning/{row_code}/slut")
def end_enrolment(ask: Writing, code: str, row_code: str, slut: Text = "") -> Response:
    """Enrolled there no longer."""
    return _end(ask, code, slut, lambda: storage.offers.enrolment_by_code(ask.session, row_code))


@routes.post(HERE + "/kontrakt")
def contract(ask: Writing, code: str, kontraktdatum: Text = "", kontraktslut: Text = "") -> Response:
    """An education contract was signed."""
    somebody = opening.enter(ask, code)
    day, ends = _day(ask, kontraktdatum), _day(ask, kontraktslut)
    return person.saved(
        ask, somebody,
        lambda: offers.sign_contract(ask.session, somebody, ask.who.staff, on=day, ends=ends, now=ask.now),
        field="kontraktdatum", form={"kontraktdatum": kontraktdatum, "kontraktslut": kontraktslut},
    )  # fmt: skip


@routes.post(HERE + "/kontrakt/{row_code}/slut")
def end_contract(ask: Writing, code: str, row_code: str, slut: Text = "") -> Response:
    """The contract is over."""
    return _end(ask, code, slut, lambda: storage.offers.contract_by_code(ask.session, row_code))


@routes.post(HERE + "/utfall")
def outcome(ask: Writing, code: str, utfall: Text = "", datum: Text = "") -> Response:
    """What the person does now."""
    somebody = opening.enter(ask, code)
    day = _day(ask, datum)
    return person.saved(
        ask, somebody,
        lambda: contact.outcome(ask.session, somebody, ask.who.staff, kind=utfall, on=offers.been(day, ask.now),
                                now=ask.now),
        field="datum", form={"utfall": utfall, "datum": datum},
    )  # fmt: skip


@routes.post(HERE + "/utfall/{outcome_id}/bekrafta")
def confirm_outcome(ask: Writing, code: str, outcome_id: Number) -> Response:
    """Vouch for what the service read in a text."""
    somebody, proposed = _outcome(ask, code, outcome_id)
    return person.saved(ask, somebody, lambda: contact.confirm(ask.session, proposed, ask.who.staff, now=ask.now))


@routes.post(HERE + "/utfall/{outcome_id}/bort")
def dismiss_outcome(ask: Writing, code: str, outcome_id: Number) -> Response:
    """What the service read was not so, or it was noted by mistake."""
    somebody, noted = _outcome(ask, code, outcome_id)
    return person.saved(ask, somebody, lambda: contact.dismiss(ask.session, noted, ask.who.staff, now=ask.now))


@routes.post(HERE + "/hanvisning")
def refer(
    ask: Writing, code: str, partner: Text = "", riktning: Text = "", hanvisadatum: Text = "", grund: Text = ""
) -> Response:
    """Through whom the person came, or went on."""
    somebody = opening.enter(ask, code)
    chosen, day = storage.partners.by_code(ask.session, partner), _day(ask, hanvisadatum)
    return person.saved(
        ask, somebody,
        lambda: partners.refer(ask.session, somebody, chosen, ask.who.staff, to_us=riktning != "till", on=day,
                               ground=grund, now=ask.now),
        field="hanvisadatum",
        form={"partner": partner, "riktning": riktning, "hanvisadatum": hanvisadatum, "grund": grund},
    )  # fmt: skip


@routes.post(HERE + "/hanvisning/{row_code}/bort")
def undo_referral(ask: Writing, code: str, row_code: str) -> Response:
    """It was noted by mistake."""
    somebody = opening.enter(ask, code)
    row = storage.partners.referral_by_code(ask.session, row_code)
    if row is None or row.person_id != somebody.id:
        raise NotFound("Hänvisningen finns inte kvar på personen.")
    return person.saved(ask, somebody, lambda: partners.take_back(ask.session, row, ask.who.staff, now=ask.now))


@routes.post(HERE + "/pepp")
def encourage(ask: Writing, code: str, ja: Text = "") -> Response:
    """The person has said yes to a few encouraging texts after a study start, or wants no more of them."""
    somebody = opening.enter(ask, code)
    if ja == "nej":
        return person.saved(ask, somebody, lambda: encouragement.end(ask.session, somebody, ask.who.staff, now=ask.now))
    return person.saved(ask, somebody, lambda: encouragement.begin(ask.session, somebody, ask.who.staff, now=ask.now))


def _offer(ask: Ask, code: str, offer_code: str) -> tuple[Person, Offer]:
    somebody = opening.enter(ask, code)
    made = storage.offers.by_code(ask.session, offer_code)
    if made is None or made.person_id != somebody.id:
        raise NotFound("Erbjudandet finns inte kvar på personen.")
    return somebody, made


def _outcome(ask: Ask, code: str, outcome_id: int) -> tuple[Person, Outcome]:
    somebody = opening.enter(ask, code)
    noted = storage.tasks.outcome(ask.session, outcome_id)
    if noted is None or noted.person_id != somebody.id:
        raise NotFound("Utfallet finns inte kvar på personen.")
    return somebody, noted


def _end(ask: Ask, code: str, typed: str, find: Callable[[], Enrolment | EducationContract | None]) -> Response:
    somebody, row = opening.enter(ask, code), find()
    if row is None or row.person_id != somebody.id:
        raise NotFound("Det finns inte kvar på personen.")
    day = _day(ask, typed)
    return person.saved(
        ask, somebody, lambda: offers.end(ask.session, row, ask.who.staff, on=day, why="", now=ask.now),
        field="slut", form={"slut": typed},
    )  # fmt: skip
