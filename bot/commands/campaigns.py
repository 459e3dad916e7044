"""Commands on campaigns: create, launch, status, run."""

from argparse import Namespace
from datetime import timedelta
from typing import Any

import storage.campaigns
import storage.meetings
from bot.commands.draining import drain
from bot.commands.house import opened
from bot.commands.output import say
from bot.wiring import House
from outreach import campaigns
from outreach.errors import BadInput, Conflict
from scheduler import time_travel
from storage.campaigns import Campaign
from storage.database import Session
from storage.meetings import Slot

# A campaign that is run from a script goes on as long as its next text is near: through its pace, and a first retry.
PATIENCE = timedelta(minutes=1)
# The question that an invitation to a dialog meeting asks, in whatever words.
INVITATION = "INV-3"


def create(arguments: Namespace) -> int:
    """A draft, or a scheduled campaign with --at."""
    with opened() as house:
        campaign = _create(house, arguments)
    say(arguments, {"campaign": campaign.code, "state": campaign.state}, f"Utskicket {campaign.name} är sparat.")
    return 0


def _create(house: House, arguments: Namespace) -> Campaign:
    now = house.now()
    with house.database.write() as session:
        if storage.campaigns.by_name(session, arguments.name) is not None:
            raise Conflict("Det finns redan ett utskick med det namnet. Välj ett annat.")
        slot = _meeting(session, arguments.meeting) if arguments.meeting else None
        campaign = campaigns.create(
            session,
            Campaign(name=arguments.name, audience=arguments.audience, text_sv=arguments.text, created_at=now,
                     slot_id=slot.id if slot else None, text_code=INVITATION if slot else ""),
            now=now,
        )  # fmt: skip
        if arguments.at:
            at = time_travel.parse_moment(arguments.at, now)
            campaigns.schedule(session, campaign, house.sender.rules, at, now=now, staff_id=None)
        return campaign


def _meeting(session: Session, code: str) -> Slot:
    slot = storage.meetings.slot_by_short_code(session, code)
    if slot is None:
        raise BadInput("Det finns inget dialogmöte med den koden.")
    return slot


def launch(arguments: Namespace) -> int:
    """Start a campaign; a second launch changes nothing and says so."""
    with opened() as house, house.database.write() as session:
        campaign = _named(session, arguments.name)
        started = campaigns.launch(session, campaign, house.sender.rules, now=house.now(), regret=house.regret)
        told = {"started": started, **_told(session, campaign)}
    say(
        arguments,
        told,
        "Utskicket är startat." if started else "Utskicket var redan startat; inget mer har lagts i kö.",
    )
    return 0


def status(arguments: Namespace) -> int:
    """What has become of everybody in a campaign."""
    with opened() as house, house.database.read() as session:
        told = _told(session, _named(session, arguments.name))
    say(arguments, told, _in_words(told))
    return 0


def run(arguments: Namespace) -> int:
    """Create, launch and, with --drain, send until nothing of it is due. There is nobody at a script who could
    regret.
    """
    with opened() as house:
        campaign = _create(house, arguments)
        if not arguments.at:
            with house.database.write() as session:
                campaign = _named(session, arguments.name)
                campaigns.launch(session, campaign, house.sender.rules, now=house.now(), regret=timedelta())
        if arguments.drain:
            drain(house, patience=PATIENCE)
        with house.database.read() as session:
            told = _told(session, _named(session, arguments.name))
    say(arguments, told, _in_words(told))
    return 0


def _named(session: Session, name: str) -> Campaign:
    found = storage.campaigns.by_name(session, name) or storage.campaigns.by_code(session, name)
    if found is None:
        raise BadInput("Det finns inget utskick med det namnet.")
    return found


def _told(session: Session, campaign: Campaign) -> dict[str, Any]:
    results = campaigns.results(session, campaign)
    names = (
        "audience", "sent", "delivered", "waiting", "withheld", "failed", "unknown", "expired", "taken_back",
        "answered", "booked", "answers", "withheld_reasons",
    )  # fmt: skip
    return {
        "campaign": campaign.code, "name": campaign.name, "state": campaign.state, "why": campaign.state_why,
        **{name: getattr(results, name) for name in names},
    }  # fmt: skip


def _in_words(told: dict[str, Any]) -> str:
    return (
        f"{told['name']}: {told['audience']} personer i urvalet. "
        f"{told['sent']} skickade ({told['delivered']} levererade), "
        f"{told['waiting']} väntar, {told['withheld']} fick inget sms (av dem {told['taken_back']} tillbakadragna), "
        f"{told['failed']} gick inte fram, {told['unknown']} okända, {told['expired']} hann inte. "
        f"{told['why']}"
    ).rstrip()
