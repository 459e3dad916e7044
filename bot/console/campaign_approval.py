"""Four eyes: the page where somebody else reads all of a campaign and says yes, or what to change (ux §4.8)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.approvals
import storage.staff
from bot import requests
from bot.console import approval_words, campaign_draft, campaign_steps, campaign_words
from bot.requests import Ask, Reading, Writing, go
from outreach import approvals
from outreach.errors import BadInput, NotAllowed
from storage.approvals import ASKED, Approval
from storage.campaigns import Campaign

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]


@routes.get("/utskick/{code}/godkann")
def page(ask: Reading, code: str) -> Response:
    """All that the maker's last step shows, to read."""
    campaign = _find(ask, code)
    row = storage.approvals.latest(ask.session, campaign.id)
    if row is None or campaign.state != "draft":
        return go(f"/utskick/{code}", done="redan")
    return _page(ask, campaign, row)


@routes.post("/utskick/{code}/godkann")
def approve(ask: Writing, code: str, sett: Text = "") -> Response:
    """Yes, to exactly what was shown."""
    campaign = _find(ask, code)
    rules = ask.house.sender.rules
    gets = len(campaign_draft.work_out(ask, campaign).planned.sending)
    done = approvals.approve(ask.session, campaign, ask.who.staff, rules, seen=sett, people=gets, now=ask.now)
    return go("/idag", done="godkant" if done else "redan")


@routes.post("/utskick/{code}/skicka-tillbaka")
def send_back(ask: Writing, code: str, sett: Text = "", rad: Text = "") -> Response:
    """Not yet, and what to change."""
    campaign = _find(ask, code)
    try:
        done = approvals.send_back(ask.session, campaign, ask.who.staff, rad, seen=sett, now=ask.now)
    except BadInput as error:
        row = storage.approvals.latest(ask.session, campaign.id)
        return _page(ask, campaign, row, error.sentence) if row is not None else go("/idag")
    return go("/idag", done="sparat" if done else "redan")


def _find(ask: Ask, code: str) -> Campaign:
    campaign = campaign_draft.visible(ask, code)
    if not approvals.may_answer(ask.session, campaign, ask.who.staff, now=ask.now):
        raise NotAllowed("Någon annan än den som gör utskicket, och som är chef för det, behöver godkänna det.")
    return campaign


def _page(ask: Ask, campaign: Campaign, row: Approval, error: str = "") -> Response:
    draft = campaign_draft.work_out(ask, campaign)
    answerer = storage.staff.find(ask.session, campaign.answered_by_id)
    state = draft.approval.state
    data = {
        **campaign_steps.check(draft),
        "code": campaign.code, "answers": answerer.name if answerer is not None else "", "mark": row.mark,
        "open": state == ASKED, "said": approval_words.said(ask, row, state),
        "texts": [
            (text, lang, words.letter if len(draft.versions) > 1 else "")
            for words in draft.versions for text, lang in ((words.sv, "sv"), (words.en, "en")) if text
        ],
        "blockers": [one.sentence for one in draft.blockers],
        "cap": campaign.budget_kr, "errors": [{"field": "rad", "text": error}] if error else [],
    }  # fmt: skip
    return requests.page(
        ask, "utskick_godkann.html", title="Godkänn utskick", c=data, status_code=422 if error else 200,
        frame={"status": f"{campaign.name} · {campaign_words.audience(campaign)}"},
    )  # fmt: skip
