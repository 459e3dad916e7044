"""The practice town: built by running the real thing, so everything in it must add up."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from fastapi.testclient import TestClient

import storage.audit
import storage.campaigns
import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.offices
import storage.people
import storage.settings
import storage.staff
import storage.tasks
from bot import demo, demo_town
from bot.app import create_app
from bot.console import phone_desk
from bot.settings import Settings
from bot.wiring import House, build
from outreach import campaigns, quiet_hours
from storage.database import Session
from storage.local_time import STOCKHOLM, age, local
from storage.staff import ROLES

# Tuesday 24 November 2026, 13.04 in Stockholm.
OPENS = datetime(2026, 11, 24, 13, 4, tzinfo=STOCKHOLM)
TODAY = OPENS.date()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, demo_town: bytes) -> House:
    """Björkstad as it stands when the demo opens."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    path.write_bytes(demo_town)
    return build(Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20))


@pytest.fixture
def session(town: House) -> Iterator[Session]:
    """What the town holds."""
    with town.database.read() as session:
        yield session


def offices(session: Session) -> list[int]:
    """Ids of the offices."""
    return [office.id for office in storage.offices.all_offices(session)]


def test_the_clock_stands_where_the_demo_opens(town: House) -> None:
    assert timedelta() <= town.now() - OPENS < timedelta(minutes=5)


def test_two_offices_with_neutral_names_places_and_numbers(session: Session) -> None:
    found = storage.offices.all_offices(session)

    assert [office.name for office in found] == ["Unga Norr", "Unga Söder"]
    for office in found:
        assert (office.sender_name, office.municipality) == ("Unga Björkstad", "Björkstads kommun")
        assert (office.phone, office.switchboard) == ("08-465 004 11", "08-465 004 10")
        assert any(not place.sensitive for place in storage.offices.places(session, office.id))
    assert storage.offices.districts_of(session, found[0].id) == ["Hallen", "Norrby"]


def test_staff_of_every_role_and_somebody_on_duty(session: Session) -> None:
    for role in ROLES:
        assert storage.staff.with_role(session, role), role
    on_duty = storage.staff.find(session, storage.settings.read(session, "on_duty"))
    assert on_duty is not None
    assert on_duty.name == "Sara Lind"
    assert {line.number for line in storage.settings.help_lines(session)} >= {"112", "116 111", "90 390"}


def test_sixty_invented_people_of_the_right_age(session: Session) -> None:
    people = storage.people.everyone(session)

    assert len(people) == 60
    for person in people:
        assert person.birth_date is not None
        assert 16 <= age(person.birth_date, TODAY) < 30
        assert storage.people.current_memberships(session, [person.id], TODAY)
    assert sum(person.protected for person in people) == 1
    assert sum(person.language == "engelska" for person in people) == 1
    assert any(age(person.birth_date, TODAY) < 18 for person in people if person.birth_date)
    assert storage.people.all_guardians(session)


def test_only_numbers_kept_for_fiction(session: Session) -> None:
    numbers = {number.e164: number.kind for _, number in storage.numbers.everyones(session)}
    mobiles = {e164 for e164, kind in numbers.items() if kind == "mobile"}

    assert mobiles <= set(phone_desk.BLOCK)
    assert len(mobiles) >= 44
    fixed = ("+46846500", "+4631390", "+4640628", "+46980319")
    assert all(e164.startswith(fixed) for e164 in numbers.keys() - mobiles)


def test_one_campaign_is_finished_one_runs_and_one_is_a_draft(session: Session) -> None:
    states = {row.state: row for row in storage.campaigns.all_campaigns(session)}

    assert set(states) == {"done", "running", "draft"}
    running = campaigns.results(session, states["running"])
    assert running.sent + running.failed == states["running"].per_day
    assert running.waiting > 0
    waits = [row for row in storage.messages.of_campaign(session, states["running"].id) if row.state == "queued"]
    assert {local(row.send_after).strftime("%Y-%m-%d %H:%M") for row in waits} == {"2026-11-25 10:00"}


def test_every_campaign_adds_up(session: Session) -> None:
    for campaign in storage.campaigns.all_campaigns(session):
        assert campaigns.results(session, campaign).adds_up, campaign.name


def test_answers_of_all_sorts_have_come(session: Session) -> None:
    done = next(row for row in storage.campaigns.all_campaigns(session) if row.state == "done")
    results = campaigns.results(session, done)

    assert set(results.answers) >= {
        "yes", "no", "later", "opt_out", "wrong_number", "occupied", "question", "who", "struggling", "human",
        "third_party", "other_language",
    }  # fmt: skip
    assert "crisis" not in results.answers
    assert results.booked >= 5
    assert results.failed == 2


def test_nobody_protected_or_sharing_a_number_was_texted(session: Session) -> None:
    hidden = [person.id for person in storage.people.everyone(session) if person.protected]
    shared = [person for _, person in storage.numbers.people_at(session, "+46701740607")]

    assert len(shared) == 2
    for person_id in [*hidden, *(person.id for person in shared)]:
        assert storage.conversations.of_person(session, person_id) is None


def test_everything_we_started_left_in_allowed_hours(session: Session) -> None:
    for campaign in storage.campaigns.all_campaigns(session):
        for text in storage.messages.of_campaign(session, campaign.id):
            if text.sent_at is not None:
                assert quiet_hours.is_allowed(text.sent_at)


def test_replies_wait_for_a_human_and_some_since_yesterday(session: Session) -> None:
    waiting = storage.conversations.waiting(session)

    assert len(waiting) >= 5
    reasons = {talk.waiting_why for talk, _ in waiting}
    assert reasons >= {"tufft läge", "vill bli uppringd", "fråga utan svar", "annan svarar", "annat språk"}
    assert all(talk.state != "urgent" for talk, _ in waiting)


def test_meetings_today_and_tomorrow_and_one_yesterday_to_be_noted(session: Session) -> None:
    fortnight = timedelta(days=14)
    found = storage.meetings.bookings_between(session, offices(session), OPENS - fortnight, OPENS + fortnight)
    by_day = {local(slot.starts_at).date(): booking.state for booking, slot, _ in found}

    assert by_day[TODAY] in storage.meetings.OPEN
    assert by_day[TODAY + timedelta(days=1)] in storage.meetings.OPEN
    assert by_day[TODAY - timedelta(days=1)] == "confirmed"
    earlier = [booking.state for booking, slot, _ in found if local(slot.starts_at).date() < date(2026, 11, 23)]
    assert set(earlier) == {"came"}


def test_there_is_somebody_to_ring_and_numbers_to_find(session: Session) -> None:
    counts = storage.tasks.counts(session)

    assert counts["ring"] >= 6
    assert counts["find_number"] >= 8


def test_free_times_lie_ahead_for_both_offices(session: Session) -> None:
    for office_id in offices(session):
        assert storage.meetings.next_free(session, [office_id], now=OPENS) > 20


def test_leila_has_just_got_her_first_text_and_lies_first_on_the_desk(session: Session) -> None:
    sara = storage.staff.with_role(session, "samordnare")[0]
    (phone,) = phone_desk.phones(session, sara.id, may_pick=True)
    leila = phone_desk.owner(session, phone)

    assert leila is not None
    assert leila.first_name == "Leila"
    assert leila.birth_date is not None
    assert age(leila.birth_date, TODAY) == 18
    (text,) = storage.messages.of_address(session, "sms", phone.address)
    assert (text.text_code, text.state) == ("INV-1", "delivered")
    assert text.sent_at is not None
    assert timedelta() < OPENS - text.sent_at < timedelta(minutes=5)


def test_the_log_is_unbroken(session: Session) -> None:
    assert storage.audit.first_break(session) is None


def test_every_role_comes_in_by_its_button(town: House) -> None:
    with TestClient(create_app(town, keep_time=False), follow_redirects=False) as client:
        page = client.get("/logga-in").text
        assert "Prova som någon i Björkstad" in page
        for role in ROLES:
            answer = client.post("/logga-in/demo", data={"roll": role})
            assert answer.status_code == 303, role
            may_play = role != "lasare"
            assert (client.get("/telefonen").status_code == 200) == may_play


# --------------------------------------------------------------------------------------------- when it opens


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24 13:04", None),
        ("2026-11-24 10:05", None),
        ("2026-11-24 10:02", "2026-11-24 10:05"),
        ("2026-11-24 07:00", "2026-11-24 10:05"),
        ("2026-11-24 19:00", "2026-11-25 10:05"),
        ("2026-11-22 02:00", "2026-11-23 10:05"),
        ("2026-11-27 17:30", "2026-11-30 10:05"),
        ("2026-12-23 20:00", "2026-12-28 10:05"),
    ],
)
def test_the_demo_opens_when_texts_may_be_sent(now: str, opens: str | None) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=STOCKHOLM)

    found = demo.opening(moment)

    assert (f"{local(found):%Y-%m-%d %H:%M}" if found else None) == opens


def test_working_days_leave_out_weekends_and_holidays() -> None:
    assert demo_town.working_day(date(2026, 11, 23), -1) == date(2026, 11, 20)
    assert demo_town.working_day(date(2026, 12, 23), 1) == date(2026, 12, 28)
    assert demo_town.working_day(TODAY, 0) == TODAY


def test_an_earlier_demo_is_forgotten_and_practice_is_always_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("demo.db", "demo.db-wal", "demo.db-shm"):
        (tmp_path / name).write_text("old")
    built: list[House] = []

    async def build_town(house: House) -> None:
        built.append(house)

    monkeypatch.setattr(demo, "FILE", tmp_path / "demo.db")
    monkeypatch.setattr(demo, "build_town", build_town)

    house = anyio.run(demo.start, Settings(practice=False, secret_key="x" * 20))

    assert built == [house]
    assert house.settings.practice
    assert list(tmp_path.iterdir()) == []
