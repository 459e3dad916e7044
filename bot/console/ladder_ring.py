"""Ring: whose turn it is to be rung, and the ring pass with one card at a time (ux §4.10)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from bot import requests
from bot.console import ladder_call, ladder_card, ladder_desk, ladder_words, opening
from bot.console.ladder_call import Pressed
from bot.conversation import by_phone, unasked
from bot.requests import Ask, Reading, Writing, go
from outreach import ladder_lists, ladder_rules, ladder_undo, ring_pass
from outreach.errors import BadInput, Conflict
from outreach.ring_pass import Pass
from scheduler import ladder_texts
from storage.people import Person
from storage.tasks import TALKED

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = "/trappan/ring"
CARD = HERE + "/pass"
LISTED = 50


@routes.get("/trappan")
def first() -> RedirectResponse:
    """The ladder's first page."""
    return go(HERE)


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Whose turn it is, longest wait first."""
    ask.needs("register")
    turns = ladder_lists.due(ask.session, ask.office_ids, "ring", ask.now, limit=LISTED)
    pass_ = ring_pass.current(ask.session, ask.who.staff, ask.now)
    data = {
        "total": ladder_lists.count_due(ask.session, ask.office_ids, "ring", ask.now),
        "rows": [ladder_card.row(ask, turn) for turn in turns if ask.who.may_see(turn.person)],
        "progress": ladder_card.progress(ask, pass_) if pass_ is not None else None,
        "empty": _empty(ask),
    }
    return requests.page(ask, "trappan_ring.html", title="Ring", r=data)


@routes.post(HERE + "/start")
def start(ask: Writing) -> Response:
    """Start a ring pass, or go on with today's."""
    ask.needs("register")
    pass_ = ring_pass.begin(ask.session, ask.who.staff, ask.now)
    if not pass_.card:
        _next(ask, pass_)
    return go(CARD)


@routes.get(CARD)
def card(ask: Reading, sms: str = "") -> Response:
    """The card. Looking at it keeps it for some minutes, and is logged; only a press takes another one."""
    ask.needs("register")
    pass_ = _looked_at(ask)
    if pass_ is None:
        return go(HERE)
    ladder_call.tell_unconfirmed(ask, sms)
    return _show(ask, pass_)


@routes.get(CARD + "/lage")
def live(ask: Reading) -> Response:
    """Whether the person on the card is still to be rung, for live updating."""
    ask.needs("register")
    pass_ = ring_pass.current(ask.session, ask.who.staff, ask.now)
    return requests.fragment(ask, "_trappan_kort_lage.html", lage=_standing(ask, pass_))


@routes.post(CARD)
def outcome(ask: Writing, press: Pressed, person: Text = "", nyckel: Text = "", stanna: Text = "") -> Response:
    """What came of the call: one press. A press that comes twice counts once."""
    them = ladder_desk.enter(ask, person)
    pass_ = ring_pass.begin(ask.session, ask.who.staff, ask.now)
    if not ring_pass.is_new(pass_, nyckel):
        return go(CARD, done="redan")
    try:
        noted = ladder_call.note(ask, them, press)
    except (BadInput, Conflict) as error:
        return _show(ask, pass_, [{"field": "utfall", "text": error.sentence}], press.typed)
    if isinstance(noted, datetime):
        return _put_aside(ask, pass_, them, noted)
    reason = ladder_call.confirm(ask, them, noted)
    ring_pass.noted(
        ask.session, ask.who.staff, pass_, them, nyckel, answered=noted.result == TALKED, now=ask.now
    )  # fmt: skip
    if stanna != "ja":
        _next(ask, pass_)
    return go(f"{CARD}?sms={reason}" if reason else CARD)


@routes.post(CARD + "/nasta")
def skip(ask: Writing, person: Text = "") -> Response:
    """On to the next card, with nothing noted about this one; it comes back in a while."""
    ask.needs("register")
    pass_ = ring_pass.begin(ask.session, ask.who.staff, ask.now)
    shown = ring_pass.shown(ask.session, pass_)
    if shown is not None and shown.code == person and not pass_.stays:
        ring_pass.put_aside(pass_, shown, ask.now + ring_pass.PUT_ASIDE)
    _next(ask, pass_)
    return go(CARD)


@routes.post(CARD + "/angra")
def undo(ask: Writing) -> Response:
    """Take the last outcome back."""
    ask.needs("register")
    pass_ = ring_pass.begin(ask.session, ask.who.staff, ask.now)
    them = ring_pass.undo(ask.session, ask.who.staff, pass_, ask.now)
    gone = by_phone.has_left(ask.session, them, ask.who.staff, ask.now - ladder_undo.UNDO_WITHIN)
    return go(CARD, done="angrat_skickat" if gone else "angrat_utfall")


@routes.post(CARD + "/sms")
def announce(ask: Writing, person: Text = "") -> Response:
    """Tell by text that we ring in half an hour; the card comes back then."""
    them = ladder_desk.enter(ask, person)
    pass_ = ring_pass.begin(ask.session, ask.who.staff, ask.now)
    try:
        ladder_texts.announce_call(ask.session, them, ask.who.staff, ask.house.sender.rules, unasked.write, ask.now)
    except Conflict as error:
        return _show(ask, pass_, [{"field": "utfall", "text": error.sentence}])
    return _put_aside(ask, pass_, them, ask.now + ladder_rules.CALL_AFTER)


@routes.post(CARD + "/klar")
def finish(ask: Writing) -> RedirectResponse:
    """The pass is over."""
    ask.needs("register")
    ring_pass.end(ask.session, ask.who.staff)
    return go(HERE, done="ringpass_klart")


# ---------------------------------------------------------------------------------------------------- the next card


def _looked_at(ask: Ask) -> Pass | None:
    """Today's pass; its card stays its own for some more minutes."""
    staff = ask.who.staff
    pass_ = ring_pass.current(ask.session, staff, ask.now)
    if pass_ is None or not pass_.card:
        return pass_
    if not ring_pass.holds(pass_, ask.now):
        with ask.house.database.write() as session:
            pass_ = ring_pass.begin(session, staff, ask.now)
            ring_pass.hold_on(session, staff, pass_, ask.now)
    person = _shown(ask, pass_)
    if person is not None:
        opening.log_reading(ask, person)
    return pass_


def _next(ask: Ask, pass_: Pass) -> None:
    ring_pass.take_next(ask.session, ask.who.staff, pass_, ask.office_ids, ask.now, besides=ask.who.knows)


def _put_aside(ask: Ask, pass_: Pass, person: Person, until: datetime) -> Response:
    ring_pass.put_aside(pass_, person, until)
    _next(ask, pass_)
    return go(CARD, done="undan")


def _show(ask: Ask, pass_: Pass, errors: list[Data] | None = None, typed: dict[str, str] | None = None) -> Response:
    progress = ladder_card.progress(ask, pass_)
    data = {
        "progress": progress,
        "last": ladder_card.last_done(ask, pass_),
        "errors": errors or [],
        "typed": typed or {},
    }
    person, standing = _shown(ask, pass_), _standing(ask, pass_)
    card = ladder_card.card(ask, pass_, person, standing["gone"]) if person is not None and standing else None
    return requests.page(
        ask, "trappan_ringpass.html", title="Ringpass", status_code=422 if errors else 200, r=data,
        card=card, lage=standing, empty=_empty(ask), frame={"differs": progress["words"]},
    )  # fmt: skip


def _empty(ask: Ask) -> str:
    return ladder_words.next_turn(ladder_lists.next_turn(ask.session, ask.office_ids, "ring", ask.now), ask.now)


def _shown(ask: Ask, pass_: Pass | None) -> Person | None:
    person = ring_pass.shown(ask.session, pass_) if pass_ is not None else None
    if person is None or person.protected or not ask.who.may_see(person):
        return None
    return person


def _standing(ask: Ask, pass_: Pass | None) -> Data | None:
    person = _shown(ask, pass_)
    if pass_ is None or person is None:
        return None
    gone = ring_pass.why_gone(ask.session, ask.who.staff, pass_, person, ask.now)
    return {
        "id": person.code, "href": f"/register/{person.code}", "name": ladder_card.short_name(person), "gone": gone,
        "wrote": gone == ring_pass.HAS_WRITTEN,
    }  # fmt: skip
