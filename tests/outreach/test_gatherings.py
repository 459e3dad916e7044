"""Who has a place at a dialog meeting and who waits for one, whatever happens in whatever order."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from builders import NOW, a_booking, a_person, a_slot, a_staff, a_talk
from hypothesis import given, settings
from hypothesis import strategies as st

import storage.conversations
import storage.meetings
import storage.messages
import storage.signups
from outreach import consent, gatherings
from outreach.errors import Conflict
from outreach.gathering_news import News, Written
from storage.conversations import Conversation
from storage.database import Database, Session
from storage.meetings import Slot
from storage.messages import Message
from storage.signups import Signup
from storage.vault import Vault

STARTS = NOW + timedelta(days=4)
YOUTHS = 6


def a_gathering(session: Session, *, seats: int = 1, at: datetime = STARTS) -> Slot:
    return a_slot(session, at, seats=seats, kind="dialog", staff=a_staff(session, "ambassador", name="Mohammed Ali"))


def a_listener(session: Session, ending: str = "05") -> Conversation:
    return a_talk(session, address=ending)


class Told:
    """Writes down what is told to whom."""

    def __init__(self) -> None:
        self.news: list[News] = []

    def __call__(self, _session: Session, news: News) -> Written:
        self.news.append(news)
        return Written(news.code, f"{news.code} {news.slot.id}")

    @property
    def codes(self) -> list[str]:
        return [news.code for news in self.news]


@pytest.fixture
def told() -> Told:
    return Told()


def in_line(session: Session, slot: Slot, count: int, *, first: int = 10) -> list[Signup]:
    """So many sign up, one after another."""
    made = [
        gatherings.sign_up(session, slot, a_listener(session, str(number)), source="code", now=NOW)
        for number in range(first, first + count)
    ]
    return [signup for signup in made if signup is not None]


# ------------------------------------------------------------------------------------------------- signing up


def test_signing_up_twice_takes_one_seat(session: Session) -> None:
    slot, talk = a_gathering(session, seats=2), a_listener(session)

    first = gatherings.sign_up(session, slot, talk, source="code", now=NOW)
    again = gatherings.sign_up(session, slot, talk, source="code", now=NOW)

    assert first is again
    assert storage.meetings.seats_left(session, slot.id) == 1


def test_nobody_signs_up_for_what_has_begun_or_is_off(session: Session, told: Told) -> None:
    slot, off = a_gathering(session), a_gathering(session, at=STARTS + timedelta(days=1))
    gatherings.call_off(session, off, told, now=NOW)

    assert gatherings.sign_up(session, slot, a_listener(session), source="code", now=STARTS) is None
    assert gatherings.sign_up(session, off, a_listener(session, "06"), source="code", now=NOW) is None


def test_a_booking_never_takes_a_seat_of_a_sign_up(session: Session) -> None:
    slot = a_gathering(session)
    in_line(session, slot, 1)

    assert storage.meetings.claim_seat(session, slot.id, a_person(session).id, now=NOW) is None
    assert storage.meetings.seats_left(session, slot.id) == 0


def test_a_sign_up_never_takes_the_seat_of_a_booking(session: Session) -> None:
    slot = a_gathering(session)
    a_booking(session, a_person(session), slot, at=NOW)

    assert [signup.state for signup in in_line(session, slot, 1)] == ["waiting"]


def test_companions_take_seats_of_their_own_and_no_more_than_there_are(session: Session) -> None:
    slot = a_gathering(session, seats=3)
    (signup,) = in_line(session, slot, 1)

    assert gatherings.bring(session, signup, 1, now=NOW) == 1
    assert gatherings.bring(session, signup, 4, now=NOW) == 1
    assert gatherings.bring(session, signup, 1, now=NOW) == 0
    assert (signup.companions, storage.meetings.seats_left(session, slot.id)) == (2, 0)


def test_nobody_fills_a_room_with_one_text(session: Session) -> None:
    (signup,) = in_line(session, a_gathering(session, seats=50), 1)

    assert gatherings.bring(session, signup, 40, now=NOW) == gatherings.MOST_COMPANIONS


# --------------------------------------------------------------------------------------------- the waiting list


def test_companions_places_go_to_as_many_in_line_in_order(session: Session, told: Told) -> None:
    slot = a_gathering(session, seats=2)
    (first,) = in_line(session, slot, 1)
    gatherings.bring(session, first, 1, now=NOW)
    waiting = in_line(session, slot, 3, first=20)

    gatherings.cancel(session, first, slot, told, now=NOW)

    assert [signup.state for signup in waiting] == ["offered", "offered", "waiting"]
    assert told.codes == ["SPOT", "SPOT"]


@pytest.mark.parametrize(
    ("before_start", "until"),
    [(timedelta(days=3), timedelta(days=2)), (timedelta(hours=20), timedelta(hours=3)),
     (timedelta(hours=4), timedelta(hours=3)), (timedelta(hours=3), timedelta()), (timedelta(minutes=5), timedelta())],
)  # fmt: skip
def test_an_offer_lasts_a_day_but_never_into_the_last_three_hours(
    session: Session, before_start: timedelta, until: timedelta
) -> None:
    slot = a_gathering(session)

    assert gatherings.offer_until(slot, STARTS - before_start) == STARTS - until


def test_a_place_is_kept_for_whom_it_is_offered_to(session: Session, told: Told) -> None:
    slot = a_gathering(session)
    first, second = in_line(session, slot, 2)
    gatherings.cancel(session, first, slot, told, now=NOW)

    late = gatherings.sign_up(session, slot, a_listener(session), source="code", now=NOW)

    assert (second.state, late and late.state) == ("offered", "waiting")
    assert gatherings.accept(session, second, slot, now=NOW + timedelta(hours=23))


def test_an_offer_passes_on_when_its_time_is_out_and_comes_back_to_nobody(session: Session, told: Told) -> None:
    slot = a_gathering(session)
    first, second, third = in_line(session, slot, 3)
    gatherings.cancel(session, first, slot, told, now=NOW)

    after = NOW + gatherings.OFFER_LASTS
    assert gatherings.pass_on_due(session, told, now=after - timedelta(seconds=1)) == 0
    assert gatherings.pass_on_due(session, told, now=after) == 2
    assert [row.state for row in (second, third)] == ["passed_on", "offered"]
    assert not gatherings.accept(session, second, slot, now=after)
    assert gatherings.pass_on_due(session, told, now=after + gatherings.OFFER_LASTS) == 1
    assert storage.meetings.seats_left(session, slot.id) == 1
    assert told.codes == ["SPOT", "SPOT"]


@pytest.mark.parametrize("why", ["withheld", "failed", "undelivered", "cancelled"])
def test_an_offer_that_never_arrived_goes_to_the_next(session: Session, told: Told, why: str) -> None:
    slot = a_gathering(session)
    first, second, third = in_line(session, slot, 3)
    gatherings.cancel(session, first, slot, told, now=NOW)
    text = _spot(session, second)
    text.state = why
    session.add(text)

    gatherings.pass_on_due(session, told, now=NOW + timedelta(minutes=1))

    assert [row.state for row in (second, third)] == ["passed_on", "offered"]


def _spot(session: Session, signup: Signup) -> Message:
    assert signup.conversation_id is not None
    (text,) = storage.messages.of_conversation(session, signup.conversation_id)
    return text


def test_whoever_has_said_stop_is_passed_over_and_keeps_the_place_in_line(session: Session, told: Told) -> None:
    slot = a_gathering(session)
    first, second, third = in_line(session, slot, 3)
    assert second.conversation_id is not None
    talk = storage.conversations.get(session, second.conversation_id)
    consent.stop(session, talk, how="text", now=NOW)

    gatherings.cancel(session, first, slot, told, now=NOW)
    assert [row.state for row in (second, third)] == ["waiting", "offered"]

    consent.start(session, talk, now=NOW)
    gatherings.cancel(session, third, slot, told, now=NOW)
    assert second.state == "offered"


def test_in_the_last_hours_everybody_is_told_once_and_the_first_yes_wins(session: Session, told: Told) -> None:
    slot, near = a_gathering(session), STARTS - timedelta(hours=2)
    first, *others = in_line(session, slot, 4)
    gatherings.cancel(session, first, slot, told, now=near)

    assert told.codes == ["SPOT"] * 3
    assert [gatherings.accept(session, row, slot, now=near) for row in reversed(others)] == [True, False, False]
    assert gatherings.pass_on_due(session, told, now=near) == 0
    assert told.codes == ["SPOT"] * 3


def test_after_the_start_nothing_is_offered_and_the_line_is_at_an_end(session: Session, told: Told) -> None:
    slot = a_gathering(session)
    first, second = in_line(session, slot, 2)

    gatherings.cancel(session, first, slot, told, now=STARTS)
    gatherings.pass_on_due(session, told, now=STARTS)

    assert (told.codes, second.state) == ([], "passed_on")
    assert gatherings.pass_on_due(session, told, now=STARTS) == 0


# ------------------------------------------------------------------------------------ calling off, and afterwards


def test_calling_off_tells_everybody_once_and_leaves_the_rest_to_humans(session: Session, told: Told) -> None:
    slot = a_gathering(session)
    later = a_gathering(session, at=STARTS + timedelta(days=7))
    first, second, third = in_line(session, slot, 3)
    assert third.conversation_id is not None
    silent = storage.conversations.get(session, third.conversation_id)
    consent.stop(session, silent, how="text", now=NOW)

    assert gatherings.call_off(session, slot, told, now=NOW) == 2
    assert gatherings.call_off(session, slot, told, now=NOW) == 0
    assert [(news.code, news.next_slot) for news in told.news] == [("DM-OFF", later)] * 2
    assert {row.state for row in (first, second, third)} == {"called_off"}
    assert silent.waiting_why == "anmäld till en inställd träff, kan inte få sms"


def test_nobody_has_come_before_the_start(session: Session) -> None:
    slot = a_gathering(session)
    first, second = in_line(session, slot, 2)

    with pytest.raises(Conflict):
        gatherings.attend(session, first, "came", now=STARTS - timedelta(seconds=1), staff_id=None)
    with pytest.raises(Conflict):
        gatherings.attend(session, second, "came", now=STARTS, staff_id=None)
    gatherings.attend(session, first, "came", now=STARTS, staff_id=None)
    assert first.state == "came"


# -------------------------------------------------------------------------------------------------- at once


def test_no_seat_is_promised_twice_when_all_sign_up_at_once(database: Database) -> None:
    # Each has an engine and a lock of its own, as two processes have.
    other = Database(database.url, database.vault)
    with database.write() as session:
        slot_id = a_gathering(session, seats=3).id
        talks = [a_listener(session, f"{10 + number}").id for number in range(8)]
    start = Barrier(len(talks))

    def come(index: int) -> str:
        start.wait()
        with (database, other)[index % 2].write() as session:
            slot, talk = storage.meetings.slot(session, slot_id), storage.conversations.get(session, talks[index])
            signup = gatherings.sign_up(session, slot, talk, source="code", now=NOW)
            assert signup is not None
            if index % 3 == 0:
                gatherings.bring(session, signup, 1, now=NOW)
            return signup.state

    with ThreadPoolExecutor(len(talks)) as pool:
        states = Counter(pool.map(come, range(len(talks))))
    with other.read() as session:
        people = sum(1 + row.companions for row in storage.signups.of_slot(session, slot_id, ("signed_up",)))
        assert storage.meetings.seats_left(session, slot_id) == 0
    other.close()
    assert people == 3
    assert states["waiting"] >= 5


# ---------------------------------------------------------------------------------------- whatever happens

EVENTS = ("come", "yes", "no", "cancel", "plus", "stop", "start", "an hour", "half a day", "pass on")


@settings(max_examples=60)
@given(
    seats=st.integers(1, 3),
    events=st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, YOUTHS - 1)), min_size=5, max_size=45),
)
def test_whatever_happens_seats_hold_the_line_keeps_its_order_and_nobody_is_told_twice(
    database_of_stories: Database, seats: int, events: list[tuple[str, int]]
) -> None:
    # What is read is thrown away: each story begins anew.
    with database_of_stories.read() as session:
        story = Story(session, seats)
        for event, who in events:
            story.happens(event, who)
            story.holds()


class Story:
    """Some youths, one meeting and a clock; after each event the promises are looked at."""

    def __init__(self, session: Session, seats: int) -> None:
        self.session, self.seats, self.now = session, seats, NOW
        self.slot = a_gathering(session, seats=seats)
        self.talks = [a_listener(session, f"{10 + number}") for number in range(YOUTHS)]
        self.stopped: set[int] = set()
        self.write = Told()

    def happens(self, event: str, who: int) -> None:
        """One thing, and what is told because of it."""
        if event in ("an hour", "half a day"):
            self.now += timedelta(hours=1 if event == "an hour" else 12)
            return
        line = self._line()
        before = self._spots()
        self._acts()[event](self.talks[who], self._signup(who))
        self._is_in_order(line, self._spots() - before)

    def _acts(self) -> dict[str, Callable[[Conversation, Signup | None], object]]:
        session, slot, now = self.session, self.slot, self.now
        return {
            "come": lambda talk, _: gatherings.sign_up(session, slot, talk, source="code", now=now),
            "yes": lambda _, signup: signup and gatherings.accept(session, signup, slot, now=now),
            "no": lambda _, signup: signup and gatherings.cancel(session, signup, slot, self.write, now=now),
            "cancel": lambda _, signup: signup and gatherings.cancel(session, signup, slot, self.write, now=now),
            "plus": lambda _, signup: signup and gatherings.bring(session, signup, 1, now=now),
            "stop": lambda talk, _: self._stop(talk),
            "start": lambda talk, _: self._start(talk),
            "pass on": lambda _talk, _signup: gatherings.pass_on_due(session, self.write, now=now),
        }

    def _stop(self, talk: Conversation) -> None:
        consent.stop(self.session, talk, how="text", now=self.now)
        self.stopped.add(talk.id)

    def _start(self, talk: Conversation) -> None:
        consent.start(self.session, talk, now=self.now)
        self.stopped.discard(talk.id)

    def _signup(self, who: int) -> Signup | None:
        return storage.signups.standing_for(self.session, self.slot.id, self.talks[who].id)

    def _line(self) -> list[int]:
        """Those who wait and can be told, in order."""
        waiting = storage.signups.of_slot(self.session, self.slot.id, ("waiting",))
        return [row.id for row in waiting if row.conversation_id not in self.stopped]

    def _spots(self) -> Counter[int]:
        """How many places each sign-up has been offered: one text for each, and none to somebody who has said stop."""
        offers = storage.signups.of_slot(self.session, self.slot.id)
        return Counter({row.id: 1 for row in offers if row.offered_at is not None})

    def _is_in_order(self, line: list[int], offered: Counter[int]) -> None:
        assert list(line[: len(offered)]) == [signup for signup in line if offered[signup]]
        assert not offered or self.now < self.slot.starts_at
        by_id = {row.id: row for row in storage.signups.of_slot(self.session, self.slot.id)}
        assert not {by_id[signup].conversation_id for signup in offered} & self.stopped

    def holds(self) -> None:
        """The promises."""
        rows = storage.signups.of_slot(self.session, self.slot.id)
        coming = sum(1 + row.companions for row in rows if row.state == "signed_up")
        near = self.now >= self.slot.starts_at - gatherings.FIRST_YES_WINS
        kept = sum(storage.meetings.seats_of_signup(self.session, row.id) for row in rows if row.state == "offered")
        assert coming + kept + storage.meetings.seats_left(self.session, self.slot.id) == self.seats
        assert near or kept == sum(row.state == "offered" for row in rows)
        assert len(self.write.news) == sum(row.offered_at is not None for row in rows)
        standing = Counter(row.conversation_id for row in rows if row.state in storage.signups.STANDING)
        assert max(standing.values(), default=0) <= 1


@pytest.fixture(scope="module")
def database_of_stories(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Iterator[Database]:
    """One database for many stories; each throws away what it has done."""
    path = tmp_path_factory.mktemp("stories") / "stories.db"
    path.write_bytes(empty_database_file)
    database = Database(f"sqlite:///{path}", Vault("test"))
    yield database
    database.close()
