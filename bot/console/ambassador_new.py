"""Nytt möte on the phone: copied from the last one, looked at as a page and as an sms, and published, or sent to
somebody for their okej (ux §4.13). Nothing is kept before that: what was typed goes along from page to page.
"""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

import storage.gatherings
import storage.offices
import storage.settings
from bot.console import ambassador_frame as frame
from bot.console import ambassador_share, gathering_form, typed_times
from bot.conversation import gathering_texts
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import ambassadors, campaign_texts, gathering_plans, languages
from outreach.errors import BadInput
from outreach.gathering_plans import Plan
from storage.local_time import local
from storage.meetings import Slot
from storage.offices import Office

routes = APIRouter(include_in_schema=False)
HERE = "/a/nytt"
# What an ambassador decides; the rest goes on as it was last time.
FIELDS = ("titel", "dag", "fran", "till", "plats", "platser", "amne")
OLDEST = 5


@routes.get(HERE)
def page(ask: Reading, kopiera: str = "") -> Response:
    """The form, empty or filled with a meeting of one's own a week later."""
    frame.mine(ask)
    if not kopiera:
        return _form(ask, gathering_form.USUAL, "")
    old = frame.own(ask, kopiera)
    return _form(ask, gathering_form.typed(gathering_plans.copy_of(ask.session, old, ask.now)), kopiera)


@routes.post(HERE)
def send(ask: Writing, form: Written) -> Response:
    """Look at it first, go back and change it, or announce it."""
    frame.mine(ask)
    if form.get("gor") == "andra":
        return _form(ask, form, form.get("kopiera", ""))
    office = gathering_form.office_of(ask, form.get("kontor", ""))
    try:
        plan = _plan(ask, office, form)
        gathering_plans.check(ask.session, office.id, plan, ask.now)
        if form.get("gor") == "publicera":
            return _announce(ask, office, plan, form.get("nyckel", ""))
    except BadInput as error:
        return _form(ask, form, form.get("kopiera", ""), error)
    return _preview(ask, office, plan, form)


def _plan(ask: Ask, office: Office, form: Mapping[str, str]) -> Plan:
    """What was typed, on top of what is copied, led by oneself and with one's supervisor to reach."""
    base = gathering_form.USUAL
    if form.get("kopiera"):
        old = frame.own(ask, form["kopiera"])
        base = gathering_form.typed(gathering_plans.copy_of(ask.session, old, ask.now))
    chosen = {name: value for name, value in form.items() if name in FIELDS}
    spoken = {name: value for name, value in form.items() if name.startswith("sprak_")}
    # When to decide follows the new day: the day before.
    kept = {name: value for name, value in base.items() if not name.startswith(("sprak_", "beslut"))}
    plan = gathering_form.read(ask, office, {**kept, **chosen, **spoken})
    leads = ambassadors.supervisor(ask.session, ask.who.staff)
    reachable = plan.reachable_id or (leads.id if leads is not None else None)
    return replace(plan, leader_id=ask.who.staff.id, reachable_id=reachable)


def _announce(ask: Ask, office: Office, plan: Plan, key: str) -> Response:
    made: list[Slot] = []

    def act() -> None:
        slot = gathering_plans.make(ask.session, office.id, plan, ask.who.staff, now=ask.now)
        made.append(slot)
        if _wants_okay(ask):
            gathering_plans.ask(ask.session, slot, ask.who.staff, now=ask.now)
            return
        gathering_plans.publish(ask.session, slot, ask.who.staff, now=ask.now)
        ambassador_share.make_links(ask.session, slot, now=ask.now)

    frame.once(ask, key, act)
    return go(frame.address(made[0]), done="fragat_mote" if _wants_okay(ask) else "publicerat") if made else go("/a")


def _wants_okay(ask: Ask) -> bool:
    return bool(storage.settings.read(ask.session, gathering_plans.WANTS_OKAY, default=False))


def _form(ask: Ask, form: Mapping[str, str], copied: str, error: BadInput | None = None) -> Response:
    office = gathering_form.office_of(ask, form.get("kontor", ""))
    shown = gathering_form.shown(ask, office, form, error)
    listed = [name for name in (form.get("plats", ""), *shown["places"]) if name]
    last = [slot for slot in frame.meetings(ask) if slot.called_off_at is None]
    data = {
        **shown, "places": list(dict.fromkeys(listed)), "copied": copied,
        "form": {**form, **{name: _clock(form.get(name, "")) for name in ("fran", "till")}},
        "last": [{**row, "href": f"{HERE}?kopiera={row['code']}"} for row in frame.cards(ask, last[::-1][:OLDEST])],
    }  # fmt: skip
    return frame.page(
        ask, "a_nytt.html", title="Nytt möte", a=data, status_code=422 if error is not None else 200
    )  # fmt: skip


def _clock(written: str) -> str:
    """As a phone's field for hours wants it: 09:00."""
    try:
        return f"{typed_times.read_clock(written):%H:%M}"
    except BadInput:
        return written


def _preview(ask: Ask, office: Office, plan: Plan, form: Mapping[str, str]) -> Response:
    shown = Slot(office_id=office.id, place=plan.place, starts_at=plan.starts_at, ends_at=plan.ends_at)
    values = {
        **campaign_texts.office_values(office), "amne": plan.topic,
        **gathering_texts.meeting_values(shown, ask.who.staff.first_name, "sv"),
    }  # fmt: skip
    leads = ambassadors.supervisor(ask.session, ask.who.staff)
    busy = storage.gatherings.busy_places(ask.session, plan.place, plan.starts_at, plan.ends_at, besides=0)
    data = {
        "plan": plan, "at": local(plan.starts_at), "ends": local(plan.ends_at), "leader": ask.who.staff.first_name,
        "languages": [languages.in_swedish(lang) for lang in plan.languages], "unit": office.sender_name,
        "sms": gathering_texts.said(ask.session, "INV-3", "sv", values), "sender": office.sender_name,
        "busy": bool(busy),
        "okay": (leads.first_name if leads is not None else "personalen") if _wants_okay(ask) else "",
        "kept": {name: value for name, value in form.items()
                 if name in (*FIELDS, "kopiera", "kontor") or name.startswith("sprak_")},
    }  # fmt: skip
    return frame.page(ask, "a_nytt_visa.html", title="Så ser det ut", back="", a=data)
