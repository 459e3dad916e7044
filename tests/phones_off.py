"""Telephones that are off: texts that leave, and the news that they did not arrive."""

from datetime import timedelta

from campaign_town import NOW, a_person, a_talk, a_text
from post_room import drain, start_campaign, texts

from outreach import receipts
from outreach.channels import Receipt
from scheduler.sending import Sender
from storage.messages import Message

THE_DAY_AFTER = NOW + timedelta(days=1)
OFF = {"error": "30003", "sentence": "Telefonen är avstängd eller utan täckning.", "meaning": "phone_off"}


def told(sender: Sender, text: Message, news: str, **fields: str) -> None:
    """The provider says what became of a text."""
    with sender.database.write() as session:
        now = sender.clock.now()
        receipts.record(session, Receipt(state=news, at=now, code=text.code, **fields), now=now)


def is_off(sender: Sender, text: Message) -> None:
    told(sender, text, "undelivered", **OFF)


def told_off(sender: Sender, **fields: object) -> str:
    """A campaign to one person, whose telephone is off."""
    code = start_campaign(sender, **fields)
    drain(sender)
    is_off(sender, texts(sender)[0])
    return code


def a_letter(sender: Sender, kind: str, **fields: object) -> Message:
    """A text of a kind to somebody in the register, that leaves now."""
    with sender.database.write() as session:
        person = a_person(session)
        talk = a_talk(session, person, "booked" if kind == "reminder" else "invited", now=NOW - timedelta(hours=1))
        a_text(session, kind=kind, person_id=person.id, conversation_id=talk.id, **fields)
    drain(sender)
    return texts(sender)[0]
