"""What can be done when a campaign has had its answers: remind once, ring, take out a file (ux §4.9)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.register
from bot import requests, shown
from bot.console import campaign_build, campaign_draft, campaign_people, register_bulk, register_many
from bot.console.campaign_draft import address
from bot.requests import Ask, Reading, Writing, go
from outreach import campaign_answers, campaign_results_file, campaigns, export, many_at_once
from outreach.errors import BadInput, Conflict
from storage.campaigns import Campaign, Line
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Data = dict[str, Any]


def offered(ask: Ask, campaign: Campaign) -> Data:
    """What the page of a campaign offers; nothing as long as texts wait."""
    if campaign.state not in ("done", "stopped") or campaign.launched_at is None:
        return {}
    made = campaign_answers.reminder(ask.session, campaign)
    people = 0
    if campaign_answers.may_be_reminded(ask.session, campaign, now=ask.now):
        people = storage.register.count(ask.session, campaign_people.silent(ask, campaign), now=ask.now)
    return {
        "remind": _remind(people),
        "silent_href": campaign_people.link(campaign, "utan_svar"),
        "reminder": {"name": made.name, "href": f"/utskick/{made.code}"} if made is not None else None,
        "ring": ask.who.may("register"),
        "export_href": f"/utskick/{campaign.code}/exportera",
    }  # fmt: skip


def _remind(people: int) -> str:
    if not people:
        return ""
    return "Påminn den som inte svarat" if people == 1 else f"Påminn de {shown.number(people)} som inte svarat"


@routes.post("/utskick/{code}/paminn")
def remind(ask: Writing, code: str) -> Response:
    """Make a draft to exactly those who have not answered; the gate judges each of them as in every campaign."""
    campaign = campaign_draft.mine(ask, code)
    made = campaign_answers.reminder(ask.session, campaign)
    if made is not None:
        return go(f"/utskick/{made.code}", done="redan")
    if not campaign_answers.may_be_reminded(ask.session, campaign, now=ask.now):
        raise Conflict("Det går att påminna en gång, tidigast en vecka efter det sista sms:et.")
    draft = campaign_build.reminder(ask, campaign)
    campaigns.sketch(ask.session, draft, now=ask.now)
    campaign_answers.note_reminder(ask.session, campaign, draft, now=ask.now)
    return go(address("mottagare", draft))


@routes.post("/utskick/{code}/ringpass")
def ring(ask: Writing, code: str) -> Response:
    """Put those who have not answered and may be rung on the list of calls; the answer offers to take it back."""
    campaign = campaign_draft.visible(ask, code)
    ask.needs("register")
    wanted = replace(campaign_people.silent(ask, campaign), reader_id=ask.who.staff.id)
    ids = storage.register.ids(ask.session, wanted, now=ask.now)
    some = many_at_once.may_be_rung(ask.session, ids, now=ask.now)
    done = many_at_once.put_in_call_pass(ask.session, some, ask.who.staff, now=ask.now)
    back = campaign.name, f"/utskick/{code}", "Till utskicket"
    return register_many.told(ask, "ringpass", done, "", asked_for=len(ids), back=back)


@routes.get("/utskick/{code}/exportera")
def purpose(ask: Reading, code: str) -> Response:
    """Ask what the file is for, before it is made."""
    return _ask_purpose(ask, campaign_draft.visible(ask, code))


def _ask_purpose(ask: Ask, campaign: Campaign, error: str = "") -> Response:
    data = {
        "count": len(_people(ask, campaign)), "error": error, "action": f"/utskick/{campaign.code}/exportera",
        "back": f"/utskick/{campaign.code}", "campaign": campaign.name,
    }  # fmt: skip
    status = 422 if error else 200
    return requests.page(ask, "utskick_exportera.html", title="Exportera utskicket", status_code=status, export=data)


@routes.post("/utskick/{code}/exportera")
def make_file(ask: Writing, code: str, syfte: Text = "", format: Text = "xlsx") -> Response:
    """The file; who made it, how many people and what for is logged."""
    campaign = campaign_draft.visible(ask, code)
    people = _people(ask, campaign)
    ending = "csv" if format == "csv" else "xlsx"
    rows = [
        campaign_results_file.row(person, line, *campaign_people.what(line), now=ask.now) for person, line in people
    ]
    try:
        export.log(
            ask.session, ending, len(rows), now=ask.now, purpose=syfte, staff_id=ask.who.staff.id,
            what="campaign", campaign=campaign.code,
        )  # fmt: skip
    except BadInput as error:
        return _ask_purpose(ask, campaign, error.sentence)
    content = campaign_results_file.content(campaign, rows, ending, now=ask.now, purpose=syfte)
    return register_bulk.as_file(content, ending, campaign_results_file.filename(ending, now=ask.now))


def _people(ask: Ask, campaign: Campaign) -> Sequence[tuple[Person, Line]]:
    """Everybody in the campaign who may be named to whoever asks, by name."""
    return campaign_people.named(ask, campaign, "alla")
