"""A number books the time that stood beside it in the latest text on the telephone, or no time at all (ux §5.4 row 13).

The witness reads only what stands on the telephones: it knows nothing of contexts, holds and slots.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from conftest import TUESDAY, Shelf, StillClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from talks import Town, Youth

from bot.settings import Settings
from bot.wiring import build
from storage.messages import Message

_NUMBERED = re.compile(r"(\d)\) (\w{3,4} \d{1,2} \w{3} kl\. \d{1,2}\.\d{2})")
_SHORT = {"måndag": "mån", "tisdag": "tis", "onsdag": "ons", "torsdag": "tors", "fredag": "fre"}
_BOOKED = re.compile(r"Du träffar \w+ (\w+) (\d+) (\w{3})\w* (kl\. \d+\.\d\d)")
_HOLDS = timedelta(hours=72)

YOUTHS = ("05", "06", "07")
EVENTS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(YOUTHS),
              st.sampled_from(("ja", "1", "2", "3", "tvåan", "den sista", "andra tider", "byt tid", "avboka", "boka",
                               "tors 10", "ons em", "imorgon 14", "nej", "inte fredag", "kl 10", "4"))),
    st.tuples(st.just("passes"), st.sampled_from((0.1, 3, 23, 50, 80)), st.just("")),
)  # fmt: skip


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(events=st.lists(EVENTS, min_size=4, max_size=25))
def test_a_number_never_books_another_time_than_it_stood_beside(
    shelf: Shelf, events: list[tuple[str, str | float, str]]
) -> None:
    clock = StillClock(TUESDAY)
    database = shelf.take("numbers")
    town = Town(build(Settings(database_url=database.url, secret_key=SecretStr("numbers")), clock=clock,
                      database=database), clock)  # fmt: skip
    phones = {mobile: Phone(town.youth(f"Ungdom{mobile}", mobile)) for mobile in YOUTHS}
    for what, which, words in events:
        if what == "passes":
            clock.forward(hours=float(which))
            town.run()
        else:
            phones[str(which)].says(words, clock)
        booked = [phone.youth.booked for phone in phones.values() if phone.youth.booked]
        assert len(booked) == len(set(booked))


class Phone:
    """A telephone, and what can be known by looking at it."""

    def __init__(self, youth: Youth) -> None:
        self.youth = youth
        self._numbers: dict[str, str] = {}
        self._offered_at: datetime | None = None

    def says(self, words: str, clock: StillClock) -> None:
        """Write, and look whether what was booked is what the number stood beside."""
        # What has come since by itself (a repeat of the offer) is on the telephone too.
        self._look(self.youth.new_texts())
        numbers, offered_at, before = self._numbers, self._offered_at, self.youth.booked
        self.youth.writes(words)
        clock.forward(seconds=26)
        self.youth.town.run()
        came = self.youth.new_texts()
        self._look(came)
        for booked in filter(None, (_BOOKED.search(text.text) for text in came)):
            said = f"{_SHORT[booked[1]]} {booked[2]} {booked[3]} {booked[4]}"
            if words in numbers and self.youth.booked != before:
                assert offered_at is not None
                assert (said, clock.now() - offered_at <= _HOLDS) == (numbers[words], True)
            elif words.isdigit():
                assert self.youth.booked == before, f"{words} booked {said}, which stood nowhere"

    def _look(self, texts: Sequence[Message]) -> None:
        for text in texts:
            if numbers := dict(_NUMBERED.findall(text.text)):
                self._numbers, self._offered_at = numbers, text.sent_at
            elif "1) " in text.text or "Menar du" in text.text:
                # Another question has come: the numbers of the one before mean nothing any more.
                self._numbers = {}
