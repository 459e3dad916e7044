"""What providers say became of a text: in any order, doubled, early or about nothing of ours.

The order of states is total: sent < failed < undelivered < delivered. The telephone itself has said "delivered", so
that wins over an operator's doubt, whichever news comes first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import permutations

import pytest
from campaign_town import NOW, a_campaign, a_person, a_talk, a_text, number
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import storage.conversations
import storage.messages
import storage.numbers
import storage.queue
from outreach import receipts
from outreach.channels import Receipt
from storage.database import Database, Session
from storage.messages import Message


def receipt(state: str, code: str = "", **fields: str) -> Receipt:
    return Receipt(state=state, at=NOW, code=code or None, **fields)


def sent_text(session: Session, state: str = "sending") -> Message:
    person = a_person(session)
    talk = a_talk(session, person, "new")
    return a_text(
        session, kind="campaign", person_id=person.id, conversation_id=talk.id, text_code="INV-1", state=state,
        claimed_at=NOW, priority=5,
    )  # fmt: skip


def standing_of(session: Session, message: Message) -> str:
    assert message.person_id is not None
    return next(tie.standing for tie, _ in storage.numbers.of_person(session, message.person_id))


DEAD = {"sentence": "numret finns inte", "meaning": "number_dead"}
TOLD = {"sent": {}, "delivered": {}, "undelivered": DEAD, "failed": DEAD}
ENDS = [
    (("sent",), "sent", "unverified"),
    (("sent", "delivered"), "delivered", "works"),
    (("sent", "undelivered"), "undelivered", "dead"),
    (("sent", "failed"), "failed", "dead"),
    (("sent", "undelivered", "delivered"), "delivered", "works"),
    (("sent", "failed", "undelivered"), "undelivered", "dead"),
    (("sent", "sent", "delivered", "delivered"), "delivered", "works"),
    (("sent", "failed", "undelivered", "delivered"), "delivered", "works"),
]
ORDERS = [(order, state, standing) for news, state, standing in ENDS for order in sorted(set(permutations(news)))]


@pytest.mark.parametrize(("order", "state", "standing"), ORDERS)
def test_every_order_of_the_news_ends_in_the_same_state(
    session: Session, order: tuple[str, ...], state: str, standing: str
) -> None:
    message = sent_text(session)

    for news in order:
        receipts.record(session, receipt(news, message.code, **TOLD[news]), now=NOW)

    assert (message.state, standing_of(session, message)) == (state, standing)


@pytest.mark.parametrize("before", ["sending", "unknown", "sent"])
@pytest.mark.parametrize("news", ["sent", "delivered", "undelivered", "failed"])
def test_news_that_is_ahead_of_our_own_record_is_taken_in(session: Session, before: str, news: str) -> None:
    message = sent_text(session, before)

    assert receipts.record(session, receipt(news, message.code), now=NOW)
    assert message.state == news


@pytest.mark.parametrize("ours", ["withheld", "expired", "cancelled"])
def test_a_text_that_never_left_is_not_brought_to_life(session: Session, ours: str) -> None:
    message = sent_text(session, ours)

    receipts.record(session, receipt("delivered", message.code), now=NOW)

    assert message.state == ours


OFF = {"error": "30003", "sentence": "telefonen är av", "meaning": "phone_off"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(news=st.lists(st.sampled_from(["sent", "failed", "undelivered", "delivered"]), max_size=7))
def test_no_order_of_the_news_makes_more_than_one_second_try(database: Database, news: list[str]) -> None:
    with database.write() as session, undone(session):
        message = sent_text(session)

        for one in news:
            receipts.record(session, receipt(one, message.code, **(OFF if one == "undelivered" else {})), now=NOW)

        tries = [text for text in storage.messages.of_person(session, message.person_id or 0) if text.again_of_id]
        off_first = "undelivered" in news and "delivered" not in news[: news.index("undelivered")]
        waiting = "cancelled" if "delivered" in news else "queued"
        assert [text.state for text in tries] == ([waiting] if off_first else [])


@given(news=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["sent", "undelivered", "delivered"])), max_size=9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_of_both_tries_one_tells_how_it_went(database: Database, news: list[tuple[int, str]]) -> None:
    """The second has left when news of either comes, in any order, doubled or late."""
    with database.write() as session, undone(session):
        first = sent_text(session)
        campaign = a_campaign(session)
        campaign.state, first.campaign_id = "running", campaign.id
        receipts.record(session, receipt("undelivered", first.code, **OFF), now=NOW)
        second = storage.messages.of_person(session, first.person_id or 0)[1]
        storage.queue.begin(session, [second.id], "fake", now=NOW)
        session.refresh(second)

        for which, one in news:
            fields = OFF if one == "undelivered" else {}
            receipts.record(session, receipt(one, (first, second)[which].code, **fields), now=NOW)

        arrived = "delivered" in (first.state, second.state)
        assert len(storage.messages.of_person(session, first.person_id or 0)) == 2
        assert storage.messages.counts_of_campaign(session, campaign.id) == {
            "delivered" if arrived else second.state: 1
        }


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """What happens inside is forgotten, so that the next example begins with nothing."""
    try:
        yield
    finally:
        session.rollback()


def test_every_receipt_is_kept_and_doubled_ones_change_nothing(session: Session) -> None:
    message = sent_text(session)

    for news in ("delivered", "sent", "delivered"):
        receipts.record(session, receipt(news, message.code), now=NOW)

    assert [row.state for row in storage.messages.receipts(session, message.id)] == ["delivered", "sent", "delivered"]
    assert message.sent_at == NOW


def test_a_receipt_about_nothing_of_ours_is_harmless(session: Session) -> None:
    assert not receipts.record(session, receipt("delivered", "nosuchcode"), now=NOW)
    assert not receipts.record(session, receipt("delivered", provider_id="SM-nosuch"), now=NOW)
    assert not receipts.record(session, receipt("delivered"), now=NOW)
    assert storage.messages.counts(session) == {}


def test_a_text_is_found_by_the_providers_own_id_too(session: Session) -> None:
    message = sent_text(session)
    receipts.record(session, receipt("sent", message.code, provider_id="SM1"), now=NOW)

    assert receipts.record(session, receipt("delivered", provider_id="SM1"), now=NOW)
    assert message.state == "delivered"


def test_a_campaigns_question_is_open_when_only_a_receipt_told_that_it_left(session: Session) -> None:
    message = sent_text(session, "unknown")

    receipts.record(session, receipt("delivered", message.code), now=NOW)

    talk = storage.conversations.get(session, message.conversation_id or 0)
    assert (talk.state, talk.context["asked"]) == ("invited", "INV-1")


def test_a_quick_answer_is_not_forgotten_when_the_receipt_comes_late(session: Session) -> None:
    message = sent_text(session)
    talk = storage.conversations.get(session, message.conversation_id or 0)
    talk.last_inbound_at, talk.context = NOW, {"asked": "WHO"}

    receipts.record(session, receipt("delivered", message.code), now=NOW)

    assert talk.context == {"asked": "WHO"}


def test_a_stop_at_the_provider_is_a_stop_here(session: Session) -> None:
    message = sent_text(session)

    receipts.record(session, receipt("failed", message.code, meaning="opted_out"), now=NOW)

    assert storage.numbers.stops_at(session, "sms", [number(0)]) == {number(0)}
    assert storage.conversations.get(session, message.conversation_id or 0).state == "stopped"
