"""Whatever happens to a campaign, everybody in it is told of once: sent, waiting, withheld, failed, unknown or
expired.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import anyio
import pytest
from builders import a_staff
from campaign_town import NOW, RULES, a_campaign, a_person, a_trial, number
from fake_phone import FakeChannel, passing, permanent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import storage.campaigns
import storage.conversations
import storage.messages
import storage.people
from outreach import campaign_rest, campaigns, consent, global_pause, receipts, unsettled
from outreach.campaigns import Results
from outreach.channels import Accepted, Receipt, SendError
from outreach.errors import BadInput, Conflict
from scheduler import reconcile, sending, watching
from scheduler.sending import Sender
from storage.campaign_queue import GONE
from storage.campaigns import Campaign
from storage.database import Database, Session
from storage.vault import Vault

KINDS_OF_PEOPLE: tuple[dict[str, object], ...] = (
    {}, {"protected": True}, {"has_number": False}, {"kind": "landline"}, {"standing": "dead"}, {"born": None},
)  # fmt: skip
OUTCOMES: dict[str, Callable[[], Exception | Accepted]] = {
    "no number": permanent,
    "our fault": lambda: SendError("Kontot är spärrat.", permanent=True, meaning="operator"),
    "later": passing,
    "lost": lambda: sending.SendUnknown("Svaret kom bort."),
}
ACTIONS = (
    "send", "send", "a minute", "an hour", "a day", "pause", "resume", "stop", "regret", "all pause", "all go on",
    "somebody stops", "somebody is protected", "acute", "evening", "watch", "decide: sent", "decide: not",
    "decide: again", "phone off", "phone off", "arrived", "a week", "choose",
)  # fmt: skip


NEWS = {
    "phone off": Receipt(state="undelivered", at=NOW, error="30003", sentence="Avstängd.", meaning="phone_off"),
    "arrived": Receipt(state="delivered", at=NOW),
}


class Story:
    """A campaign, the people in it and what happens to them, one thing after another."""

    def __init__(
        self, database: Database, people: list[int], outcomes: list[str], per_day: int, *, pilot: bool = False
    ) -> None:
        self.database, self.now, self.phone = database, NOW, FakeChannel()
        with database.write() as session:
            self.staff = a_staff(session)
            for which, kind in enumerate(people):
                a_person(session, which, **KINDS_OF_PEOPLE[kind])
            campaign = a_campaign(session, per_day=per_day)
            if pilot:
                a_trial(session, campaign, "Hej igen! {enhet}. Vill du ses? STOPP=inga fler.", split="pilot")
            campaigns.launch(session, campaign, RULES, now=NOW, regret=timedelta(seconds=60))
            self.campaign_id, self.audience = campaign.id, len(people)
        for which, outcome in enumerate(outcomes):
            if outcome in OUTCOMES:
                self.phone.then(number(which), OUTCOMES[outcome]())

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Campaign]]:
        """One transaction."""
        with self.database.write() as session:
            yield session, storage.campaigns.get(session, self.campaign_id)

    def happens(self, action: str, whose: int) -> None:
        """One thing."""
        if action == "send":
            return self._send()
        length = {
            "a minute": timedelta(minutes=1),
            "an hour": timedelta(hours=1),
            "a day": timedelta(days=1),
            "a week": timedelta(days=7),
        }
        if action in length:
            self.now += length[action]
            return None
        with self.writing() as (session, campaign):
            if action.startswith("decide"):
                self._decide(session, action)
            elif action == "choose":
                self._choose(session, campaign)
            elif action in NEWS:
                self._tell(session, NEWS[action], whose)
            elif action in ("somebody stops", "somebody is protected", "acute"):
                self._change(session, action, whose)
            else:
                self._steer(session, campaign, action)
        return None

    def _send(self) -> None:
        clock = SimpleNamespace(now=lambda: self.now)
        sender = Sender(database=self.database, clock=clock, channels={"sms": self.phone}, rules=RULES)
        anyio.run(sending.drain, sender)
        with self.database.write() as session:
            reconcile.finish_campaigns(session, self.now)

    def _steer(self, session: Session, campaign: Campaign, action: str) -> None:
        now, rules = self.now, RULES
        {
            "pause": lambda: campaigns.pause(session, campaign, why="", now=now),
            "resume": lambda: campaigns.resume(session, campaign, rules, now=now),
            "stop": lambda: campaigns.stop(session, campaign, now=now),
            "regret": lambda: campaigns.regret(session, campaign, now=now),
            "all pause": lambda: global_pause.turn_on(session, why="", now=now),
            "all go on": lambda: global_pause.turn_off(session, rules, now=now),
            "evening": lambda: watching.ask_at_evening(session, rules, now),
            "watch": lambda: watching.watch_campaigns(session, now),
        }[action]()

    def _choose(self, session: Session, campaign: Campaign) -> None:
        """Too early, or with nobody waiting, it is refused, and changes nothing."""
        with suppress(BadInput):
            campaign_rest.choose(session, campaign, "B", RULES, now=self.now, staff_id=self.staff.id)

    def _change(self, session: Session, action: str, whose: int) -> None:
        conversation = storage.conversations.of_person(session, whose)
        if action == "somebody is protected":
            storage.people.get(session, whose).protected = True
        elif conversation is not None and action == "acute":
            conversation.state = "urgent"
        elif conversation is not None:
            consent.stop(session, conversation, how="text", now=self.now)

    def _tell(self, session: Session, news: Receipt, whose: int) -> None:
        texts = [text for text in storage.messages.of_person(session, whose) if text.state in GONE]
        for text in texts[-1:]:
            receipts.record(session, replace(news, code=text.code), now=self.now)

    def _decide(self, session: Session, action: str) -> None:
        offices = [storage.people.get(session, 1).office_id or 0]
        found = unsettled.listed(session, offices, now=self.now)
        if not found:
            return
        message, now = found[0][0], self.now
        try:
            {
                "decide: sent": lambda: unsettled.count_as_sent(session, message, self.staff, now=now),
                "decide: not": lambda: unsettled.give_up(session, message, self.staff, now=now),
                "decide: again": lambda: unsettled.send_again(session, message, self.staff, RULES, now=now),
            }[action]()
        except Conflict:
            assert storage.campaigns.get(session, self.campaign_id).state == "stopped"

    def results(self) -> Results:
        """How it stands."""
        with self.database.read() as session:
            return campaigns.results(session, storage.campaigns.get(session, self.campaign_id))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fresh database files, one an example."""
    return tmp_path_factory.mktemp("counts")


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=st.lists(st.integers(0, len(KINDS_OF_PEOPLE) - 1), min_size=1, max_size=12),
    outcomes=st.lists(st.sampled_from(["fine", "fine", *OUTCOMES]), max_size=12),
    per_day=st.sampled_from([0, 3]),
    pilot=st.booleans(),
    actions=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(1, 12)), max_size=14),
)
def test_everybody_is_told_of_once_whatever_happens(
    files: Path, empty_database_file: bytes, people: list[int], outcomes: list[str], per_day: int,
    pilot: bool, actions: list[tuple[str, int]],
) -> None:  # fmt: skip
    path = files / "counts.db"
    for old in files.glob("counts.db*"):
        old.unlink()
    path.write_bytes(empty_database_file)
    database = Database(f"sqlite:///{path}", Vault("test"))
    try:
        story = Story(database, people, outcomes, per_day, pilot=pilot)
        for action, whose in [("send", 1), *actions, ("send", 1)]:
            story.happens(action, min(whose, len(people)))

            results = story.results()
            assert results.adds_up, (action, results)
            assert results.audience == len(people)
            assert sum(results.withheld_reasons.values()) == results.withheld
            assert results.taken_back <= results.withheld
        _nobody_got_it_twice_unasked(story, actions)
    finally:
        database.close()


def _nobody_got_it_twice_unasked(story: Story, actions: list[tuple[str, int]]) -> None:
    again = sum(action == "decide: again" for action, _ in actions)
    with story.database.read() as session:
        texts = storage.messages.of_campaign(session, story.campaign_id)
    again += sum(text.again_of_id is not None for text in texts)
    assert sum(len(texts) - 1 for texts in story.phone.texts_to.values()) <= again


def test_a_day_in_the_life_of_a_campaign(database: Database) -> None:
    story = Story(database, [0] * 8 + [1, 2], ["no number", "lost", "later"], 5)
    results = story.results()
    assert (results.waiting, results.withheld, results.audience) == (8, 2, 10)

    for action, whose in (("a minute", 1), ("somebody stops", 8), ("send", 1)):
        story.happens(action, whose)
    results = story.results()
    assert results.sent + results.failed + results.unknown + results.waiting + results.withheld == 10

    # What a night has cut is asked about, and goes when somebody says so.
    for action in (*("a day", "evening", "resume", "send") * 2, "an hour", "send", "decide: sent"):
        story.happens(action, 1)
    results = story.results()
    assert (results.waiting, results.unknown, results.expired) == (0, 0, 0)
    assert results.sent + results.failed + results.withheld == 10
