"""What was promised to a young person is kept by somebody, on the day."""

from datetime import datetime, timedelta

import builders

import storage.messages
import storage.tasks
from bot.conversation.unasked import write as say
from scheduler import promises
from storage.database import Session


def test_an_offer_nobody_took_up_becomes_a_call_after_three_days(session: Session, now: datetime) -> None:
    person = builders.a_person(session, mobile="05")
    talk = builders.a_talk(session, person, state="offered", now=now)

    assert promises.keep_promises(session, now + timedelta(hours=71), say) == 0
    assert promises.keep_promises(session, now + timedelta(hours=73), say) == 1

    task = storage.tasks.open_task(session, "ring", person.id)
    assert task is not None
    assert task.why == "har inte valt någon tid"
    assert talk.state == "ladder"


def test_who_rests_is_written_to_on_the_day_that_was_agreed(session: Session, now: datetime) -> None:
    person = builders.a_person(session, mobile="05", paused_until=now + timedelta(days=30))
    talk = builders.a_talk(session, person, state="resting", now=now)

    assert promises.keep_promises(session, now + timedelta(days=29), say) == 0
    assert promises.keep_promises(session, now + timedelta(days=30), say) == 1
    assert promises.keep_promises(session, now + timedelta(days=31), say) == 0

    assert person.paused_until is None
    assert [text.text_code for text in storage.messages.of_conversation(session, talk.id)] == ["NUDGE"]
    assert storage.tasks.open_task(session, "ring", person.id) is None
