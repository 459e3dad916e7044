"""Jobs look before they write: a tick with nothing due holds nobody up, and a look overlooks nothing."""

from datetime import datetime, timedelta

import anyio
import pytest
from builders import a_person, a_talk, a_text_in, a_text_out
from doubted_jobs import Doubted
from post_room import Clock

from bot.wiring import House
from outreach import delivery
from scheduler import jobs
from scheduler.jobs import WhenDue
from scheduler.sending import Sender
from storage.alerts import Alert
from storage.database import Database, Session


def test_a_round_with_nothing_due_waits_for_nobody_who_writes(house: House, now: datetime) -> None:
    with house.database.write() as session:
        leila = a_talk(session, a_person(session, mobile="05"))
        a_text_in(session, leila, "hej")
        a_text_out(session, leila, at=now + timedelta(hours=1))
    anyio.run(jobs.run_until_idle, house.jobs)
    elsewhere = Database(house.database.url, house.database.vault)

    with elsewhere.write() as session:
        a_person(session, "Bilal")
        assert anyio.run(jobs.run_until_idle, house.jobs) == 0

    elsewhere.close()


def test_what_falls_due_is_seen_in_the_next_round(house: House, clock: Clock) -> None:
    with house.database.write() as session:
        leila = a_talk(session, a_person(session, mobile="05"))
        delivery.queue(session, leila, "Hej!", kind="ladder", now=clock.now() + timedelta(hours=1))
    anyio.run(jobs.run_until_idle, house.jobs)
    assert anyio.run(jobs.run_until_idle, house.jobs) == 0

    clock.forward(hours=1)

    assert anyio.run(jobs.run_until_idle, house.jobs) > 0


def _changes_without_a_word(session: Session, now: datetime) -> int:
    session.add(Alert(conversation_id=a_talk(session, now=now).id, raised_at=now))
    return 0


@pytest.mark.parametrize("step", [lambda _session, _now: 1, _changes_without_a_word])
def test_a_job_that_overlooks_what_is_due_is_found_out(sender: Sender, step: jobs.Step) -> None:
    job = WhenDue(sender, lambda _session, _now: False, step)

    with pytest.raises(AssertionError, match="escalate overlooked"):
        anyio.run(Doubted("escalate", job))
