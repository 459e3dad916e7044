"""Everything that is kept as a code has its Swedish word, so that no page ever shows the code or nothing at all."""

import re
from pathlib import Path

import pytest

import outreach
import storage.cards
import storage.conversations
import storage.ladders
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from bot.console import timeline
from outreach import contact, in_words, ladder_notes, ladder_rules

NOTED = {result for results in ladder_notes.RESULTS.values() for result in results} - {"passed"}
"""What staff can note at a step of the ladder; a step that is passed over leaves no try."""


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (NOTED, in_words.RESULTS),
        (contact.RESULTS, in_words.RESULTS),
        (NOTED | set(ladder_notes.THEN) | {"passed"}, ladder_notes.IN_WORDS),
        (storage.tasks.ATTEMPT_KINDS, in_words.ATTEMPTS),
        (ladder_notes.ATTEMPT.values(), in_words.ATTEMPTS),
        (storage.tasks.TASK_KINDS, in_words.TASKS),
        (storage.tasks.OUTCOME_KINDS, in_words.OUTCOMES),
        (storage.cards.CARD_KINDS, in_words.CARDS),
        (storage.ladders.PLACE_KINDS, in_words.STEPS),
        (storage.ladders.PLACE_KINDS, ladder_rules.IN_WORDS),
        ((*ladder_rules.LEFT, *ladder_rules.ENDED), ladder_rules.WHY_IN_WORDS),
        (storage.meetings.BOOKING_STATES, in_words.BOOKINGS),
        (storage.messages.KINDS, in_words.KINDS),
        (storage.conversations.STATES, in_words.STATES),
        (storage.numbers.STANDINGS, in_words.STANDINGS),
        (storage.numbers.KINDS, in_words.NUMBER_KINDS),
        (storage.numbers.OWNERS, in_words.OWNERS),
        (storage.people.PROGRAMMES, in_words.PROGRAMMES),
        (storage.numbers.STOP_CHANNELS, timeline.STOPPED),
        (storage.numbers.STOP_CHANNELS, timeline.STARTED),
    ],
)  # fmt: skip
def test_every_code_has_a_word(codes: set[str], words: dict[str, str]) -> None:
    assert [code for code in codes if not words.get(code)] == []


def test_every_change_that_is_kept_in_the_timeline_has_a_word() -> None:
    """Whatever fact a rule keeps with `amend` is named there as a plain word of code."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(outreach.__file__).parent.rglob("*.py"))
    facts = set(re.findall(r'amend\(session, \w+, staff, "(\w+)"', source))

    assert facts >= {"added", "closed", "paused"}
    assert facts <= in_words.AMENDED.keys()
