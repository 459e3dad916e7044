"""A provider that gives two texts the same id keeps none of them from being recorded."""

import anyio
from campaign_town import RULES, a_text, number
from conftest import StillClock
from fake_phone import FakeChannel

import storage.messages
from outreach import receipts
from outreach.channels import Accepted, Receipt
from scheduler import sending
from scheduler.sending import Sender
from storage.database import Database


def test_two_texts_with_one_id_are_both_recorded_and_found_by_our_own_code(
    database: Database, clock: StillClock
) -> None:
    phone = FakeChannel()
    for which in range(2):
        phone.then(number(which), Accepted(provider_id="SM-the-same"))
    sender = Sender(database=database, clock=clock, channels={"sms": phone}, rules=RULES)
    with database.write() as session:
        texts = [a_text(session, which) for which in range(2)]

    anyio.run(sending.drain, sender)
    with database.write() as session:
        for text in texts:
            told = Receipt(state="delivered", at=clock.now(), code=text.code, provider_id="SM-the-same")
            receipts.record(session, told, now=clock.now())

    with database.read() as session:
        kept = [storage.messages.get(session, text.id) for text in texts]
    assert [text.state for text in kept] == ["delivered", "delivered"]
    assert sorted(text.provider_id or "" for text in kept) == ["", "SM-the-same"]
