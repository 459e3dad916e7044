"""What is done with a dialog meeting on its page: announced, shared, called off, written to, attended, and what came of
it noted (ux §4.12).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.conversations
import storage.people
import storage.signups
from bot import requests, shown
from bot.console import composer, gathering_page
from bot.console.gatherings import HERE, find, office_of_meeting
from bot.conversation import gathering_texts, known_names, unasked
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import gate, gathering_changes, gathering_news, gathering_plans, gatherings, needs, prices, share_links
from outreach.errors import BadInput, Conflict, NotFound
from outreach.gate import Facts
from scheduler import own_talk
from storage.local_time import local
from storage.meetings import Slot
from storage.signups import Signup

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
MARKS = {"kom": "came", "kom_inte": "no_show"}


@routes.post(HERE + "/{code}/publicera")
def publish(ask: Writing, code: str) -> Response:
    """Announce a draft."""
    slot = find(ask, code)
    gathering_plans.publish(ask.session, slot, ask.who.staff, now=ask.now)
    return go(f"{HERE}/{code}", done="publicerat")


@routes.post(HERE + "/{code}/lank")
def link(ask: Writing, code: str, plats: Text = "") -> Response:
    """A link for one more place."""
    slot = find(ask, code)
    try:
        share_links.link(ask.session, slot, plats, now=ask.now)
    except BadInput as error:
        return gathering_page.show(ask, slot, error=error.sentence, field="plats")
    return go(f"{HERE}/{code}#dela")


@routes.post(HERE + "/{code}/kor")
def run_anyway(ask: Writing, code: str) -> Response:
    """It runs with those who have signed up."""
    slot = find(ask, code)
    gathering_changes.run_anyway(ask.session, slot, ask.who.staff, now=ask.now)
    return go(f"{HERE}/{code}", done="sparat")


@routes.get(HERE + "/{code}/stallin")
def ask_to_call_off(ask: Reading, code: str) -> Response:
    """How many are told, and what they are offered instead."""
    slot = find(ask, code)
    following = gathering_news.next_meeting(ask.session, slot, now=ask.now)
    signups = storage.signups.of_slot(ask.session, slot.id, storage.signups.STANDING)
    told = [one for one in signups if gathering_news.listener(ask.session, one) is not None]
    data = {
        "href": f"{HERE}/{code}",
        "when": _when(slot),
        "told": len(told),
        "silent": len(signups) - len(told),
        "next": _when(following) if following is not None else "",
    }
    crumbs = [{"label": "Dialogmöten", "href": HERE}, {"label": "Dialogmötet", "href": f"{HERE}/{code}"}]
    return requests.page(ask, "dialogmote_stallin.html", title="Ställ in dialogmötet", c=data, frame={"crumbs": crumbs})


@routes.post(HERE + "/{code}/stallin")
def call_off(ask: Writing, code: str) -> Response:
    """Call it off: everybody is told, with the next meeting."""
    slot = find(ask, code)
    if not gatherings.is_ahead(slot, ask.now):
        raise Conflict("Mötet är redan inställt eller har börjat.")
    gatherings.call_off(ask.session, slot, gathering_texts.write, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}/{code}", done="installt_dialog")


def _when(slot: Slot) -> str:
    return f"{shown.date_text(slot.starts_at)} kl. {shown.time_text(slot.starts_at)}, {slot.place}"


@routes.post(HERE + "/{code}/skriv")
def write(ask: Writing, code: str, text: Text = "", gor: Text = "visa") -> Response:
    """Words to everybody: first as they will look, then sent."""
    slot = find(ask, code)
    try:
        found = gathering_changes.remarks(ask.session, office_of_meeting(ask, slot), text, ask.who.staff)
    except BadInput as error:
        return gathering_page.show(ask, slot, error=error.sentence, field="text", typed={"text": text})
    if gor != "skicka":
        preview = _preview(ask, slot, text) | {"findings": [(one.words, one.why) for one in found]}
        return gathering_page.show(ask, slot, typed={"text": text}, preview=preview)
    many = gathering_changes.write_to_all(ask.session, slot, text, ask.who.staff, now=ask.now)
    return go(f"{HERE}/{code}", done="skickat_alla" if many else "redan")


def _preview(ask: Ask, slot: Slot, text: str) -> Data:
    verdict = gate.judge(Facts(kind="reminder", channel="sms", address="+46"), ask.house.sender.rules, ask.now)
    later = local(verdict.until) if verdict.until is not None else None
    return {
        "counted": composer.counted(text, prices.sms(ask.session)),
        "when": f"{shown.relative_day(later, ask.now)} kl. {shown.time_text(later)}" if later is not None else "nu",
        "sms": {"look": "sms", "from_name": office_of_meeting(ask, slot).sender_name, "text": text},
    }


# -------------------------------------------------------------------------------------------------- who came


@routes.post(HERE + "/{code}/anmald/{signup_code}/narvaro")
def attendance(ask: Writing, code: str, signup_code: str, utfall: Text = "") -> Response:
    """Kom or Kom inte: one press, and pressed again the other way."""
    slot = find(ask, code)
    if utfall not in MARKS:
        raise BadInput("Välj Kom eller Kom inte.")
    signup = _signup(ask, slot, signup_code)
    gatherings.attend(ask.session, signup, MARKS[utfall], now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}/{code}#anmalda")


@routes.post(HERE + "/{code}/anmald/{signup_code}/eget")
def own_talk_instead(ask: Writing, code: str, signup_code: str) -> Response:
    """Times to somebody who wants a talk of their own."""
    signup = _signup(ask, find(ask, code), signup_code)
    person = storage.people.get(ask.session, signup.person_id) if signup.person_id is not None else None
    if person is None or signup.conversation_id is None or not ask.who.may_see(person):
        raise Conflict("Personen finns inte i registret. Svara i samtalet i stället.")
    talk = storage.conversations.get(ask.session, signup.conversation_id)
    reason = own_talk.offer(ask.session, talk, person, ask.house.sender.rules, unasked.write, ask.now)
    return go(f"{HERE}/{code}#anmalda", done="ring_eget" if reason else "tider_eget")


def _signup(ask: Ask, slot: Slot, code: str) -> Signup:
    signup = storage.signups.by_code(ask.session, code)
    if signup is None or signup.slot_id != slot.id:
        raise NotFound("Anmälan finns inte kvar. Läs om sidan.")
    return signup


@routes.post(HERE + "/{code}/antal")
def count_only(ask: Writing, code: str, antal: Text = "") -> Response:
    """How many came, without names; empty goes back to names."""
    slot = find(ask, code)
    came = whole(antal.strip()) if antal.strip() else None
    try:
        if came is None and antal.strip():
            raise BadInput("Skriv hur många som kom, med siffror.")
        gathering_changes.count_only(ask.session, slot, came, ask.who.staff, now=ask.now)
    except BadInput as error:
        return gathering_page.show(ask, slot, error=error.sentence, field="antal", typed={"antal": antal})
    return go(f"{HERE}/{code}#efter", done="sparat")


@routes.post(HERE + "/{code}/dropin")
def drop_in(ask: Writing, code: str, gor: Text = "plus") -> Response:
    """One more, or one fewer, who came without having signed up."""
    gathering_changes.drop_in(ask.session, find(ask, code), -1 if gor == "minus" else 1, now=ask.now)
    return go(f"{HERE}/{code}#efter")


@routes.post(HERE + "/{code}/behov")
def need(ask: Writing, code: str, behov: Text = "", gor: Text = "plus") -> Response:
    """One more, or one fewer, needed this."""
    needs.count(ask.session, find(ask, code), behov, -1 if gor == "minus" else 1, now=ask.now)
    return go(f"{HERE}/{code}#behov")


@routes.post(HERE + "/{code}/svar")
def answers(ask: Writing, code: str, form: Written) -> Response:
    """Three short answers, without names."""
    slot = find(ask, code)
    said = {question: form.get(question, "") for question in needs.QUESTIONS}
    try:
        with ask.session.begin_nested():
            names = known_names.names().always
            needs.answer(ask.session, slot, said, ask.who.staff, names=names, now=ask.now)
    except BadInput as error:
        return gathering_page.show(ask, slot, error=error.sentence, field=next(iter(said)), typed=said)
    return go(f"{HERE}/{code}#behov", done="sparat")


@routes.post(HERE + "/{code}/klart")
def close(ask: Writing, code: str) -> Response:
    """Attendance and needs are done."""
    gathering_changes.close(ask.session, find(ask, code), ask.who.staff, now=ask.now)
    return go(f"{HERE}/{code}", done="avslutat")
