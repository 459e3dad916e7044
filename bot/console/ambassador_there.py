"""Vilka kommer and Efter mötet on the phone: who came, by first name; who dropped in; what they needed, in numbers; and
three short answers without names (ux §4.13). Every press has a key of its own, so that one that was kept on the phone
and sent twice counts once.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.gatherings
import storage.signups
from bot.console import ambassador_frame as frame
from bot.conversation import known_names
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import ambassadors, gathering_changes, gathering_word, gatherings, needs
from outreach.errors import BadInput
from storage.meetings import Slot

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
STEPS = {"1": 1, "-1": -1}
LISTED = ("signed_up", "came", "no_show")


@routes.get("/a/mote/{code}/vilka")
def who_comes(ask: Reading, code: str) -> Response:
    """First names, +1, and nothing else."""
    slot = frame.own(ask, code)
    signups = storage.signups.of_slot(ask.session, slot.id, LISTED)
    names = ambassadors.names(ask.session, signups)
    data = {
        "m": frame.cards(ask, [slot])[0], "begun": ask.now >= slot.starts_at and slot.called_off_at is None,
        "rows": [{"code": one.code, "name": names[one.code], "more": one.companions, "came": one.state == "came"}
                 for one in signups],
        "came": sum(one.companions + 1 for one in signups if one.state == "came"),
        "drop_ins": gatherings.terms(ask.session, slot).drop_ins, "tells": gathering_word.is_open(slot, ask.now),
    }  # fmt: skip
    return frame.page(ask, "a_vilka.html", title="Vilka kommer", back=frame.address(slot), a=data)


@routes.post("/a/mote/{code}/kom")
def came(ask: Writing, code: str, anmalan: Text = "", angra: Text = "", nyckel: Text = "") -> Response:
    """One press: they came, or that was a mistake."""
    slot = frame.own(ask, code)
    signup = ambassadors.own_signup(ask.session, slot, anmalan)
    by = ask.who.staff.id

    def act() -> None:
        if angra:
            gatherings.unmark(ask.session, signup, now=ask.now, staff_id=by)
        else:
            gatherings.attend(ask.session, signup, "came", now=ask.now, staff_id=by)

    frame.once(ask, nyckel, act)
    return go(frame.address(slot, "vilka"))


@routes.post("/a/mote/{code}/dropin")
def dropped_in(ask: Writing, code: str, antal: Text = "1", nyckel: Text = "") -> Response:
    """One more, or one fewer, who had not signed up."""
    slot = frame.own(ask, code)
    frame.once(ask, nyckel, lambda: gathering_changes.drop_in(ask.session, slot, _step(antal), now=ask.now))
    return go(frame.address(slot, "vilka"))


@routes.get("/a/mote/{code}/efter")
def afterwards(ask: Reading, code: str) -> Response:
    """What came of it."""
    return _afterwards(ask, frame.own(ask, code), {})


@routes.post("/a/mote/{code}/behov")
def need(ask: Writing, code: str, behov: Text = "", antal: Text = "1", nyckel: Text = "") -> Response:
    """One more, or one fewer, needed this."""
    slot = frame.own(ask, code)
    frame.once(ask, nyckel, lambda: needs.count(ask.session, slot, behov, _step(antal), now=ask.now))
    return go(frame.address(slot, "efter"))


@routes.post("/a/mote/{code}/efter")
def answer(ask: Writing, code: str, form: Written) -> Response:
    """The three answers; then on to the hours, which are filled in."""
    slot = frame.own(ask, code)
    said = {question: form[question] for question in needs.QUESTIONS if question in form}
    try:
        frame.once(ask, form.get("nyckel", ""), lambda: needs.answer(
            ask.session, slot, said, ask.who.staff, names=known_names.names().always, now=ask.now
        ))  # fmt: skip
    except BadInput as error:
        return _afterwards(ask, slot, said, error.sentence)
    return go(f"/a/timmar?mote={slot.code}", done="sparat")


def _step(written: str) -> int:
    if written not in STEPS:
        raise BadInput("Räkna en i taget.")
    return STEPS[written]


def _afterwards(ask: Ask, slot: Slot, typed: dict[str, str], error: str = "") -> Response:
    row = gatherings.terms(ask.session, slot)
    counted = storage.gatherings.needs(ask.session, [slot.id])
    data = {
        "m": frame.cards(ask, [slot])[0], "begun": ask.now >= slot.starts_at and slot.called_off_at is None,
        "needs": [{"code": code, "label": label, "many": counted.get(code, 0)} for code, label in needs.NEEDS.items()],
        "questions": [{"name": name, "label": label, "value": typed.get(name, getattr(row, name))}
                      for name, label in needs.QUESTIONS.items()],
        "error": error, "longest": needs.LONGEST,
    }  # fmt: skip
    return frame.page(
        ask, "a_efter.html", title="Efter mötet", back=frame.address(slot), a=data, status_code=422 if error else 200
    )  # fmt: skip
