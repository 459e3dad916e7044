"""How it is with a campaign's approval by another, in words: for whoever made it, and on Idag (ux §4.8)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import storage.approvals
import storage.staff
from bot.console import campaign_words
from bot.console.campaign_draft import Draft, address
from bot.requests import Ask
from outreach import approvals
from outreach.lists.words import many
from storage.approvals import APPROVED, ASKED, SENT_BACK, Approval
from storage.campaigns import Campaign
from storage.local_time import local
from storage.staff import Staff

Data = dict[str, Any]
# So many are named; where there are more, anybody may be asked.
NAMED = 2


def told(draft: Draft) -> Data:
    """What the last step says, and what its button is; empty where one person may decide."""
    found = draft.approval
    if not found.needed:
        return {}
    data: Data = {"may_start": found.may_start, "waits": found.state == ASKED}
    if found.last is not None:
        data["said"] = said(draft.ask, found.last, found.state)
    if not found.may_start and found.state != ASKED:
        data |= _to_ask(draft)
    return data


def _to_ask(draft: Draft) -> Data:
    ask, campaign = draft.ask, draft.campaign
    who = approvals.who_can(ask.session, campaign, now=ask.now, asker_id=ask.who.staff.id)
    if who:
        return {"button": _button(who)}
    return {"nobody": approvals.why_nobody(ask.session, campaign, now=ask.now, asker_id=ask.who.staff.id)}


def _button(who: Sequence[Staff]) -> str:
    """Be Karin godkänna."""
    names = [one.first_name for one in who]
    return f"Be {' eller '.join(names) if len(names) <= NAMED else 'en chef'} godkänna"


def said(ask: Ask, row: Approval, state: str) -> Data:
    """The last question and its answer; `state` is "fallen" where it no longer holds."""
    asker, other = _name(ask, row.asked_by_id), _name(ask, row.answered_by_id)
    if row.state == SENT_BACK:
        return {"kind": "warn", "title": f"{other} skickade tillbaka utskicket", "text": row.line}
    if state == "fallen":
        if row.state != APPROVED:
            since = f"Utskicket har ändrats efter att {asker} bad om godkännande. Frågan behöver ställas igen."
            return {"kind": "warn", "title": "Frågan gäller inte längre", "text": since}
        since = f"Utskicket har ändrats efter att {other} godkände det, eller så är det mer än en vecka sedan."
        return {"kind": "warn", "title": "Godkännandet gäller inte längre", "text": since}
    if row.state == APPROVED:
        when = _when(row.answered_at or row.asked_at, ask.now)
        return {"kind": "ok", "title": f"Godkänt av {other} {when}", "text": _HOLDS}
    when = _when(row.asked_at, ask.now)
    return {"kind": "info", "title": "Väntar på godkännande", "text": f"{asker} bad om det {when}. {_HOLDS}"}


_HOLDS = "Det gäller utskicket precis som det är: den som ändrar något behöver be igen."


def _when(moment: datetime, now: datetime) -> str:
    return campaign_words.near(local(moment), now)


def _name(ask: Ask, staff_id: int | None) -> str:
    staff = storage.staff.find(ask.session, staff_id)
    return staff.name if staff is not None else "Någon"


def in_short(ask: Ask, campaign: Campaign) -> str:
    """A draft's approval in a word or two, for the list; empty where nothing has been asked that still holds."""
    row = storage.approvals.latest(ask.session, campaign.id)
    if row is None:
        return ""
    same = approvals.fits(ask.session, row, campaign, ask.house.sender.rules, now=ask.now)
    return _IN_SHORT[row.state] if same or row.state == SENT_BACK else ""


_IN_SHORT = {ASKED: "Väntar på godkännande", APPROVED: "Godkänt, inte startat", SENT_BACK: "Tillbakaskickat"}


def rows(ask: Ask) -> list[Data]:
    """The rows of Idag: what waits for one's own approval, and the answers to what one asked."""
    if not ask.who.may("campaigns"):
        return []
    found = approvals.waiting(ask.session, ask.who.staff, ask.house.sender.rules, now=ask.now)
    return [_row(ask, row, campaign) for row, campaign in found]


def _row(ask: Ask, row: Approval, campaign: Campaign) -> Data:
    asked = row.state == ASKED
    other = _name(ask, row.asked_by_id if asked else row.answered_by_id)
    words = {
        ASKED: f"{other} ber dig godkänna ett utskick till {many(row.people, 'person', 'personer')}.",
        APPROVED: f"{other} har godkänt utskicket. Det startar när någon trycker på Starta.",
        SENT_BACK: f"{other} skickade tillbaka: {row.line}",
    }
    return {
        "name": campaign.name, "words": words[row.state],
        "href": f"/utskick/{campaign.code}/godkann" if asked else address("kontroll", campaign),
        "at": local(row.asked_at if asked else row.answered_at or row.asked_at),
        "state": {ASKED: "needs", APPROVED: "done", SENT_BACK: "needs"}[row.state],
        "state_words": {ASKED: "Att godkänna", APPROVED: "Godkänt", SENT_BACK: "Tillbaka"}[row.state],
    }  # fmt: skip
