"""What was promised to a young person is kept by somebody, on the day."""

from datetime import datetime, timedelta

import builders

import storage.tasks
from scheduler import promises
from storage.database import Session


def test_an_offer_nobody_took_up_becomes_a_call_after_three_days(session: Session, now: datetime) -> None:
    person = builders.a_person(session, mobile="05")
    talk = builders.a_talk(session, person, state="offered", now=now)

    assert promises.keep_promises(session, now + timedelta(hours=71)) == 0
    assert promises.keep_promises(session, now + timedelta(hours=73)) == 1

    task = storage.tasks.open_task(session, "ring", person.id)
    assert task is not None
    assert task.why == "har inte valt någon tid"
    assert talk.state == "ladder"


def test_who_rests_is_heard_from_on_the_day_that_was_agreed(session: Session, now: datetime) -> None:
    person = builders.a_person(session, mobile="05", paused_until=now + timedelta(days=30))
    builders.a_talk(session, person, state="resting", now=now)

    assert promises.keep_promises(session, now + timedelta(days=29)) == 0
    assert promises.keep_promises(session, now + timedelta(days=30)) == 1
    assert promises.keep_promises(session, now + timedelta(days=31)) == 0

    assert person.paused_until is None
    assert storage.tasks.open_task(session, "ring", person.id) is not None
