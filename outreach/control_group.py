"""Who may be held back from a campaign, so that we learn what it does: only those who lose nothing by it (ADR 0021).

Nobody whom we have written to before, since a reminder would come of it; nobody whose step on the ladder a text is, or
becomes within the time they would be held back; nobody who soon grows out of our hands; and nobody from an invitation
to a meeting, which does not come back.
"""

from collections.abc import Sequence
from datetime import datetime

import storage.ladders
from outreach import campaign_versions, growing_up
from storage.campaigns import Campaign
from storage.database import Session
from storage.people import Person

# Steps of the ladder that are a text.
_TEXTS = ("sms", "reminder", "chat")


def who_may(session: Session, campaign: Campaign, strangers: Sequence[Person], *, now: datetime) -> frozenset[int]:
    """Who of these, none of whom has a talk with us, may be held back; nobody unless the campaign is to have a control
    group and can have one.
    """
    trial = campaign_versions.trial(session, campaign)
    if not trial.control or why_none(session, campaign):
        return frozenset()
    until = now + campaign_versions.FOLLOWED[trial.rule]
    places = storage.ladders.places(session, [person.id for person in strangers])
    in_turn = {
        place.person_id
        for place in places.values()
        if place.state == "on" and place.kind in _TEXTS and place.due_at <= until
    }
    soon_gone = {person.id for person in growing_up.turning(session, now)}
    return frozenset(person.id for person in strangers) - in_turn - soon_gone


def why_none(session: Session, campaign: Campaign) -> str:
    """Why a campaign cannot have a control group, in plain words; empty where it can."""
    if campaign.slot_id is not None:
        return "Ingen hålls tillbaka från en inbjudan till ett möte: den kommer inte igen."
    if campaign_versions.is_pilot(session, campaign):
        return "Med en pilot hålls ingen tillbaka: sms:en går på olika dagar och går inte att jämföra."
    return ""
