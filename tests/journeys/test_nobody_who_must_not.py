"""Over long stories made by chance, nobody gets a text who must not; judged by a witness who never asks the gate."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import anyio
import pytest
from doubted_jobs import doubted
from happenings import EVENTS, LENGTHS, happens
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from long_story import CAST, WORDS, Story, a_house
from witness import STOCKHOLM

import storage.campaigns
import storage.messages
from bot.wiring import House
from outreach import campaigns

# The days before a midsummer, a clock change, a Christmas, an Easter with a clock change, and an ordinary week.
STARTS = (
    "2026-11-24 13:04", "2026-06-17 18:30", "2026-10-22 15:40", "2026-12-22 11:00", "2027-03-24 16:30",
    "2027-06-22 10:30", "2026-11-27 16:40",
)  # fmt: skip
OFTEN = ("a campaign", "a campaign", "a step is due", "ja", "2", "Stopp!", "a minute", "a minute", "an hour", "a day")
THINGS = (*OFTEN, *EVENTS, *WORDS, *LENGTHS, "several", "several")


@pytest.fixture(scope="module")
def story_house(
    tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes, request: pytest.FixtureRequest
) -> Iterator[House]:
    """A house that stories move into, one after another; with --many no job in it is taken at its word."""
    path = tmp_path_factory.mktemp("stories") / "story.db"
    path.write_bytes(empty_database_file)
    house = a_house(path)
    yield replace(house, jobs=doubted(house.jobs)) if request.config.getoption("--many") else house
    anyio.run(house.close)


def tell(house: House, start: str, cast: list[str], things: list[tuple[str, int, int]]) -> Story:
    """A story from its beginning to its end."""
    story = Story(house, datetime.fromisoformat(start).replace(tzinfo=STOCKHOLM), cast)
    for event, who, how in [*things, ("a minute", 0, 0), ("five hours", 0, 0)]:
        happens(story, event, who, how)
    _adds_up(story)
    return story


def _adds_up(story: Story) -> None:
    gone = {one.message.code for one in story.witness.handed if not one.refused}
    with story.database.read() as session:
        for campaign_id in story.witness.campaigns:
            results = campaigns.results(session, storage.campaigns.get(session, campaign_id))
            assert results.adds_up, (story.told, results)
            assert sum(results.withheld_reasons.values()) == results.withheld
            texts = storage.messages.of_campaign(session, campaign_id)
            waits = {text.code for text in texts if text.state in ("queued", "withheld", "expired", "cancelled")}
            assert not waits & (gone - story.witness.may_repeat), (story.told, waits & gone)


# A story takes much longer than most examples; `--hypothesis-profile=long` tells hundreds.
@settings(max_examples=settings.default.max_examples // 5, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.sampled_from(STARTS),
    cast=st.lists(st.sampled_from(sorted(CAST)), min_size=2, max_size=5, unique=True),
    things=st.lists(st.tuples(st.sampled_from(THINGS), st.integers(0, 5), st.integers(0, 9)), min_size=4, max_size=25),
)
def test_nobody_gets_a_text_who_must_not(
    story_house: House, start: str, cast: list[str], things: list[tuple[str, int, int]]
) -> None:
    story = tell(story_house, start, cast, things)
    note("\n".join(story.told))


# What such stories have found, kept in their shortest words.
TUESDAY = STARTS[0]
PAIR = ["Alva", "Vide like the one before"]
FOUND = {
    "a dead person's telephone is answered by no machine": (TUESDAY, ["Ola dead"], [("byt tid", 0, 0)]),
    "somebody closed for another reason dies": (TUESDAY, ["Nea closed"], [("dies", 0, 0), ("byt tid", 0, 0)]),
    "a meeting is called off while its reminder waits": (
        TUESDAY, ["Alva"],
        [("ja", 0, 0), ("2", 0, 0), ("all pause", 0, 0), ("a day", 0, 0), ("avboka", 0, 0), ("all go on", 0, 0)],
    ),
    "two numbers of one person are due at the same moment": (
        "2026-11-24 08:00", ["Ylva two numbers"],
        [("a step is due", 0, 0), ("tack", 0, 1), ("a step is due", 0, 0), ("until 9.59", 0, 0), ("a minute", 0, 0)],
    ),
    "a stop in an acute state is not apologised to": (
        TUESDAY, ["Alva"], [("jag vill dö", 0, 0), ("Stopp!", 0, 0), ("let go", 0, 9), ("fel nummer", 0, 0)],
    ),
    "a spoken stop holds for every number, though one has stopped before": (
        TUESDAY, PAIR, [("Stopp!", 0, 0), ("spoken stop", 0, 0), ("gets a number", 0, 0), ("vem är du", 0, 1)],
    ),
    "somebody else's START is not one's own": (
        TUESDAY, PAIR, [("spoken stop", 0, 0), ("gets a number", 0, 0), ("START", 1, 0), ("vem är du", 0, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("start", "cast", "things"), FOUND.values(), ids=FOUND)
def test_what_stories_have_found(
    story_house: House, start: str, cast: list[str], things: list[tuple[str, int, int]]
) -> None:
    tell(story_house, start, cast, things)
