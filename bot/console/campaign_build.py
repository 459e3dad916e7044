"""Building a campaign: four steps, each its own address, saved all the time; the last one starts it, once (ux §4.8)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

import storage.campaigns
import storage.staff
import storage.trials
from bot import requests, shown
from bot.console import campaign_draft, campaign_preview, campaign_saving, campaign_steps, campaign_words, presence
from bot.console.campaign_draft import STEPS, Draft, address
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import (
    approvals,
    audience,
    campaign_answers,
    campaign_check,
    campaign_versions,
    campaigns,
    phone_numbers,
    quiet_hours,
)  # fmt: skip
from outreach.errors import BadInput, NotFound
from storage.campaigns import Campaign
from storage.local_time import local

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


async def typed(request: Request) -> dict[str, str]:
    """Everything the form holds; which fields there are depends on the step."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(typed)]

# What a draft can begin from: code, name, what it is, and the selection that goes with it when none has been made.
STARTERS = (
    ("INV-1", "Första kontakten", "En mening om vilka ni är och en fråga som går att svara på med ett ord.", ""),
    ("INV-1B", "Öppen fråga", "Fråga vad personen vill hinna med i år. Ger färre svar men längre.", ""),
    ("NUDGE", "Påminn dem som inte svarat", "En gång, tidigast efter sju dagar, till dem som är inbjudna.", "inbjudna"),
)
_NEEDS_ANOTHER = "Någon annan behöver godkänna utskicket, precis som det är, innan det kan starta."
_NEXT = {"mottagare": "meddelande", "meddelande": "tid", "tid": "kontroll", "kontroll": "kontroll"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a step's form said: the fields, and which button was pressed."""

    fields: dict[str, str]
    pressed: str


def starters() -> list[dict[str, str]]:
    """The three cards."""
    return [{"code": code, "name": name, "what": what} for code, name, what, _ in STARTERS]


@routes.get("/utskick/nytt")
def choose(ask: Reading, urval: str = "") -> Response:
    """Three cards to begin from; the selection one comes with is kept."""
    ask.needs("campaigns")
    status = f"Mottagare: {urval}." if urval and not urval.startswith("Markerade ") else ""
    begin = {"starters": starters(), "audience": urval}
    return requests.page(ask, "utskick_nytt.html", title="Nytt utskick", u=begin, frame={"status": status})


@routes.post("/utskick/nytt")
def begin(ask: Writing, mall: Text = "INV-1", urval: Text = "", kopia: Text = "") -> Response:
    """Make a draft from a card, or from an earlier campaign."""
    ask.needs("campaigns")
    campaign = _copy(ask, kopia) if kopia else _new(ask, mall, urval)
    campaigns.sketch(ask.session, campaign, now=ask.now)
    if kopia:
        campaign_versions.copy(ask.session, campaign_draft.visible(ask, kopia), campaign)
    return go(address("meddelande" if campaign.audience else "mottagare", campaign))


def _new(ask: Ask, template: str, written: str) -> Campaign:
    known = next((starter for starter in STARTERS if starter[0] == template), None)
    if known is None:
        raise BadInput("Mallen finns inte. Välj en av dem som visas.")
    code, name, _, usual = known
    text_sv, text_en = campaign_steps.template_texts(ask.session, code)
    on = local(ask.now).date()
    return Campaign(
        name=f"{name} {on.day} {shown.MONTHS[on.month - 1]}", audience=written.strip() or usual, text_code=code,
        text_sv=text_sv, text_en=text_en, **_made_by(ask),
    )  # fmt: skip


def _copy(ask: Ask, code: str) -> Campaign:
    old = campaign_draft.visible(ask, code)
    return Campaign(
        name=f"{old.name} (kopia)", audience=old.audience, text_code=old.text_code, text_sv=old.text_sv,
        text_en=old.text_en, per_day=old.per_day, **_made_by(ask),
    )  # fmt: skip


def reminder(ask: Ask, about: Campaign) -> Campaign:
    """A draft that reminds those who have not answered another campaign, for the same office."""
    text_sv, text_en = campaign_steps.template_texts(ask.session, campaign_answers.REMINDER)
    return Campaign(
        name=f"Påminnelse: {about.name}", audience=campaign_answers.PHRASE + about.code,
        text_code=campaign_answers.REMINDER, text_sv=text_sv, text_en=text_en, per_day=about.per_day,
        **_made_by(ask) | {"office_id": about.office_id},
    )  # fmt: skip


def _made_by(ask: Ask) -> dict[str, Any]:
    office = ask.office
    answers = ask.who.staff.id if ask.who.may("inbox") else None
    return {
        "office_id": office.id if office else None, "answered_by_id": answers,
        "created_by_id": ask.who.staff.id, "created_at": ask.now,
    }  # fmt: skip


@routes.post("/utskick/nytt/kasta")
def throw_away(ask: Writing, u: str = "") -> Response:
    """Throw a draft away."""
    campaign = campaign_draft.mine(ask, u)
    storage.trials.forget_of_draft(ask.session, campaign.id)
    gone = storage.campaigns.forget_draft(ask.session, campaign)
    return go("/utskick?flik=utkast", done="avslutat" if gone else "redan")


@routes.get("/utskick/nytt/{step}")
def show(ask: Reading, step: str, u: str = "", nr: int = 1, version: str = "") -> Response:
    """One step of a draft."""
    campaign = _draft(ask, step, u)
    return _started(campaign) or _page(campaign_draft.work_out(ask, campaign, version), step, nr)


@routes.get("/utskick/nytt/{step}/del/{part}")
def live_part(ask: Reading, step: str, part: str, u: str = "", nr: int = 1) -> Response:
    """A part of a step alone, for live updating."""
    campaign = _draft(ask, step, u)
    draft = campaign_draft.work_out(ask, campaign)
    if part == "antal":
        return requests.fragment(ask, "_utskick_antal.html", u={"audience": campaign_steps.numbers(draft)})
    if part == "ordkoll":
        return requests.fragment(ask, "_utskick_ordkoll.html", w=campaign_steps.words(draft))
    if part == "forhandsvisning":
        preview = campaign_preview.preview(draft, step, nr)
        return requests.fragment(ask, "_utskick_forhandsvisning.html", preview=preview, u=None)
    raise NotFound


@routes.post("/utskick/nytt/{step}/spara")
def keep_typed(ask: Writing, fields: Fields, step: str, u: str = "") -> Response:
    """Save what is typed, every third second; what cannot be read yet is left for the button to complain of."""
    campaign = _draft(ask, step, u)
    if campaign.state == "draft":
        campaign_saving.save(ask, campaign, step, fields, typing=True)
        storage.campaigns.add(ask.session, campaign)
    return Response(status_code=204, headers={"X-Brygga-Tid": shown.time_text(ask.now)})


@routes.post("/utskick/nytt/{step}")
def save(ask: Writing, fields: Fields, step: str, u: str = "") -> Response:
    """Save a step, and do what the button says."""
    campaign = _draft(ask, step, u)
    if (gone := _started(campaign)) is not None:
        return gone
    new_words = fields.get("mall", "") not in ("", campaign.text_code)
    errors = campaign_saving.save(ask, campaign, step, fields, typing=False)
    storage.campaigns.add(ask.session, campaign)
    # Words that have just been put there are looked at before anything else.
    pressed = "uppdatera" if new_words else fields.get("gor", "uppdatera")
    return _pressed(ask, campaign, step, Choice(fields, pressed), errors)


def _draft(ask: Ask, step: str, code: str) -> Campaign:
    if step not in STEPS:
        raise NotFound
    return campaign_draft.mine(ask, code)


def _started(campaign: Campaign) -> RedirectResponse | None:
    return None if campaign.state == "draft" else go(f"/utskick/{campaign.code}", done="redan")


def _pressed(ask: Ask, campaign: Campaign, step: str, choice: Choice, errors: list[dict[str, str]]) -> Response:
    if choice.pressed == "vidare" and step == "mottagare" and not errors:
        errors = _about_audience(ask, campaign)
    version = choice.fields.get("version", "")
    if errors:
        return _page(campaign_draft.work_out(ask, campaign, version), step, 1, errors=errors, typed=choice.fields)
    if choice.pressed == "vidare":
        return go(address(_NEXT[step], campaign))
    if choice.pressed == "provkor":
        return go(address("provkorning", campaign))
    if choice.pressed == "test":
        return _test(ask, campaign, choice)
    if choice.pressed == "lyft":
        return _lift(ask, campaign, step, choice)
    if choice.pressed in ("starta", "be"):
        return _start(ask, campaign, choice)
    shown_next = campaign_saving.version_after(ask, campaign, version, choice.pressed)
    return go(address(step, campaign, **({"version": shown_next} if shown_next else {})))


def _about_audience(ask: Ask, campaign: Campaign) -> list[dict[str, str]]:
    try:
        audience.read(ask.session, campaign.audience)
    except BadInput as error:
        return [{"field": "urval", "text": error.sentence}]
    return []


def _test(ask: Ask, campaign: Campaign, choice: Choice) -> Response:
    staff = storage.staff.get(ask.session, ask.who.staff.id)
    number = choice.fields.get("min_mobil", "").strip()
    try:
        staff.phone = phone_numbers.normalise(number) if number else staff.phone
        storage.staff.add(ask.session, staff)
        office = ask.office or next(iter(ask.who.offices), None)
        campaigns.send_test(ask.session, campaign, staff, office, now=ask.now)
    except BadInput as error:
        return _complain(ask, campaign, "min_mobil" if number or not staff.phone else "", error.sentence)
    return go(address("kontroll", campaign), done="skickat")


def _lift(ask: Ask, campaign: Campaign, step: str, choice: Choice) -> Response:
    ask.needs("approve")
    campaign_draft.mine(ask, campaign.code)
    try:
        campaign_check.lift(
            ask.session, campaign, choice.fields.get("skal", ""), now=ask.now, staff_id=ask.who.staff.id
        )
    except BadInput as error:
        return _complain(ask, campaign, "skal", error.sentence, step=step)
    return go(address(step, campaign), done="sparat")


def _start(ask: Ask, campaign: Campaign, choice: Choice) -> Response:
    draft = campaign_draft.work_out(ask, campaign)
    errors = [{"field": one.field if one.step == "kontroll" else "", "text": one.sentence} for one in draft.blockers]
    seen, gets = choice.fields.get("antal", ""), len(draft.planned.sending)
    if (had_seen := whole(seen)) is not None and gets > had_seen:
        told = f"Antalet har ändrats från {seen} till {gets}. Kontrollera och starta igen."
        errors.append({"field": "", "text": told})
    if not errors and choice.pressed == "be":
        return _ask_approval(draft)
    if not errors and not draft.approval.may_start:
        errors = [{"field": "", "text": _NEEDS_ANOTHER}]
    if errors:
        return _page(draft, "kontroll", 1, errors=errors)
    if campaign.start_at is not None and campaign.start_at > ask.now:
        first = quiet_hours.next_allowed(campaign.start_at, rule=ask.house.sender.rules.allowed_hours)
        rules = ask.house.sender.rules
        campaigns.schedule(ask.session, campaign, rules, first, now=ask.now, staff_id=ask.who.staff.id)
        return go(f"/utskick/{campaign.code}")
    started = campaigns.launch(
        ask.session, campaign, ask.house.sender.rules, now=ask.now,
        regret=timedelta(seconds=ask.house.settings.regret_seconds), staff_id=ask.who.staff.id,
    )  # fmt: skip
    return go(f"/utskick/{campaign.code}", done="" if started else "redan")


def _ask_approval(draft: Draft) -> Response:
    ask, campaign = draft.ask, draft.campaign
    try:
        asked = approvals.ask(
            ask.session, campaign, len(draft.planned.sending), ask.house.sender.rules, ask.who.staff, now=ask.now
        )
    except BadInput as error:
        return _page(draft, "kontroll", 1, errors=[{"field": "", "text": error.sentence}])
    return go(address("kontroll", campaign), done="fragat" if asked else "redan")


def _complain(ask: Ask, campaign: Campaign, field: str, sentence: str, *, step: str = "kontroll") -> Response:
    draft = campaign_draft.work_out(ask, campaign)
    return _page(draft, step, 1, errors=[{"field": field, "text": sentence}])


def _page(
    draft: Draft, step: str, number: int, *, errors: list[dict[str, str]] | None = None,
    typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    built = campaign_steps.frame(draft, step, number, errors or [])
    built |= {"lost": any(one["field"] == campaign_saving.LOST for one in errors or [])}
    built |= {"typed": typed or {}, "error": {one["field"]: one["text"] for one in errors or [] if one["field"]}}
    return requests.page(
        draft.ask, "utskick_nytt.html", title=f"{STEPS[step]} – nytt utskick", status_code=422 if errors else 200,
        u=built, frame={"status": f"{draft.campaign.name} · {campaign_words.audience(draft.campaign)}"}
        | presence.here("utskick", draft.campaign.code),
    )  # fmt: skip
