"""Two SMS providers: which carries a text, when the other takes over, and that no text is sent by both."""

from datetime import timedelta

import pytest
from campaign_town import RULES, a_text, number
from conftest import StillClock
from fake_phone import FakeChannel, passing, permanent

import storage.audit
import storage.messages
from bot.channels.readings import LATER, NOT_REACHED, OPERATOR, Reading
from bot.channels.sms_route import FAILURES, LATEST, READ_AGAIN, REST, WITHIN, Carrier, SmsRoute
from outreach import sms_choice
from outreach.channels import Channel, Lookup, Outgoing, SendError, SendUnknown
from outreach.errors import BadInput
from outreach.sms_choice import Choice
from scheduler import sending
from scheduler.sending import Sender
from storage.database import Database

pytestmark = pytest.mark.anyio

PROVIDERS = ("twilio", "46elks")
OURS = "+46766861004"
KEYS = Reading(OPERATOR, "Sms-leverantören godtar inte våra nycklar.", "").as_error("20003")
BUSY = Reading(LATER, "Sms-leverantören hinner inte med.", "").as_error("20429")
TOO_LONG = Reading(OPERATOR, "Texten är för lång.", "").as_error("21617")


class Town:
    """Two providers, one database, and as many processes as a test asks for."""

    def __init__(self, database: Database, clock: StillClock) -> None:
        self.database, self.clock = database, clock
        self.first, self.other = FakeChannel(), FakeChannel()
        self.first.provider, self.other.provider = PROVIDERS

    def process(self, *, alone: bool = False) -> SmsRoute:
        """The route as a newly started process has it."""
        carriers = [Carrier(self.first, OURS, frozenset({"20003"})), Carrier(self.other, "+46766861099", frozenset())]
        providers = PROVIDERS[:1] if alone else PROVIDERS

        def load() -> Choice:
            with self.database.read() as session:
                return sms_choice.read(session, providers)

        def change(before: Choice, after: Choice) -> bool:
            with self.database.write() as session:
                return sms_choice.change(session, before, after, providers, now=self.clock.now())

        return SmsRoute(carriers[: len(providers)], load=load, change=change, now=self.clock.now)

    def choose(self, wanted: str) -> Choice:
        """What a hand does, in some other process; the others read it a little later."""
        with self.database.write() as session:
            chosen = sms_choice.choose(session, wanted, PROVIDERS, now=self.clock.now(), actor="kommandoraden")
        self.clock.moment += READ_AGAIN
        return chosen

    def log(self) -> list[tuple[str, str, str]]:
        """The choices in the log, oldest first."""
        with self.database.read() as session:
            lines = [row for row in storage.audit.latest(session) if row.action == "sms_route"]
        return [(line.actor, line.detail["provider"], line.detail["by"]) for line in reversed(lines)]


@pytest.fixture
def town(database: Database, clock: StillClock) -> Town:
    return Town(database, clock)


async def send(route: SmsRoute, which: int = 0, provider: str = "") -> Exception | None:
    """One text to one of the numbers kept for fiction; what it met."""
    try:
        await route.send(Outgoing(code=f"c{which}", to=number(which), text="Hej", provider=provider))
    except (SendError, SendUnknown) as fault:
        return fault
    return None


async def meet(route: SmsRoute, phone: FakeChannel, fault: Exception, times: int) -> None:
    """So many texts to a provider that all meet the same fault."""
    for _ in range(times):
        phone.then(number(0), fault)
        assert await send(route, provider=phone.provider) is fault


async def fail_over(town: Town) -> SmsRoute:
    """A process in which the other provider has taken over."""
    route = town.process()
    await meet(route, town.first, SendUnknown(), FAILURES)
    assert route.provider == "46elks"
    return route


class TestWhoCarries:
    async def test_the_first_does_unless_the_row_says_otherwise(self, town: Town) -> None:
        route = town.process()

        for which, provider in enumerate(["", "twilio", "46elks", "gone"]):
            await send(route, which, provider)

        assert [text.to for text in town.first.sent] == [number(0), number(1), number(3)]
        assert [text.to for text in town.other.sent] == [number(2)]

    async def test_the_number_follows_the_provider(self, town: Town) -> None:
        route = town.process()
        before = route.number

        town.choose("46elks")

        assert (before, route.number) == (OURS, "+46766861099")

    async def test_the_provider_that_was_called_is_the_one_that_is_asked(self, town: Town) -> None:
        route = town.process()

        for provider in ("46elks", ""):
            await route.lookup(number(0), town.clock.now(), provider)

        assert (town.first.asked, town.other.asked) == ([number(0)], [number(0)])
        with pytest.raises(SendUnknown):
            await route.lookup(number(0), town.clock.now(), "gone")

    async def test_it_fills_the_port(self, town: Town) -> None:
        port: Channel = town.process()

        assert (port.name, isinstance(port, Lookup)) == ("sms", True)


class TestFailOver:
    @pytest.mark.parametrize("fault", [SendUnknown(), NOT_REACHED.as_error(None), KEYS])
    async def test_a_window_of_the_providers_own_faults_turns_to_the_other(self, town: Town, fault: Exception) -> None:
        route = town.process()

        await meet(route, town.first, fault, FAILURES - 1)
        before = route.provider
        await meet(route, town.first, fault, 1)

        assert (before, route.provider) == ("twilio", "46elks")
        assert town.log() == [("automaten", "46elks", "auto")]

    async def test_one_fault_turns_nothing(self, town: Town) -> None:
        route = town.process()

        await meet(route, town.first, SendUnknown(), 1)

        assert route.provider == "twilio"

    @pytest.mark.parametrize(
        "fault", [permanent(), permanent("opted_out"), passing(), BUSY, TOO_LONG, SendError("Sent.", permanent=False)]
    )
    async def test_faults_of_a_number_a_text_or_the_pace_turn_nothing(self, town: Town, fault: Exception) -> None:
        route = town.process()

        await meet(route, town.first, fault, 2 * LATEST)

        assert route.provider == "twilio"

    async def test_faults_that_are_few_among_many_turn_nothing(self, town: Town) -> None:
        route = town.process()

        for _ in range(LATEST):
            await meet(route, town.first, SendUnknown(), 1)
            await send(route, 1)
            await send(route, 2)

        assert route.provider == "twilio"

    async def test_faults_far_apart_turn_nothing(self, town: Town) -> None:
        route = town.process()

        for _ in range(2 * FAILURES):
            await meet(route, town.first, SendUnknown(), 1)
            town.clock.moment += WITHIN / 5

        assert route.provider == "twilio"

    async def test_the_other_ones_faults_never_turn_back(self, town: Town) -> None:
        route = await fail_over(town)

        await meet(route, town.other, SendUnknown(), 2 * LATEST)

        assert route.provider == "46elks"

    async def test_one_provider_alone_has_nobody_to_turn_to(self, town: Town) -> None:
        route = town.process(alone=True)

        await meet(route, town.first, SendUnknown(), LATEST)

        assert (route.providers, route.provider) == (("twilio",), "twilio")
        assert await route.look_again() == 0

    async def test_a_choice_that_cannot_be_kept_hides_no_text_that_was_taken(self, town: Town) -> None:
        def refuse(_before: Choice, _after: Choice) -> bool:
            raise OSError

        carriers = [Carrier(town.first, OURS, frozenset()), Carrier(town.other, OURS, frozenset())]
        route = SmsRoute(carriers, load=lambda: Choice("twilio"), change=refuse, now=town.clock.now)

        await meet(route, town.first, SendUnknown(), 2 * FAILURES)

        assert await send(route, 1) is None


class TestSendingLoop:
    """The real loop over two providers: what is refused goes the new way, what is unknown goes nowhere."""

    def queue(self, town: Town, count: int) -> None:
        with town.database.write() as session:
            for which in range(count):
                a_text(session, which)

    def sender(self, town: Town) -> Sender:
        return Sender(
            database=town.database, clock=town.clock, channels={"sms": town.process()}, rules=RULES, concurrency=1
        )

    def rows(self, town: Town) -> list[tuple[str, str]]:
        with town.database.read() as session:
            texts = [storage.messages.get(session, row) for row in range(1, 2 * FAILURES + 1)]
        return [(text.state, text.provider) for text in texts]

    async def test_refused_texts_leave_by_the_other_once_each(self, town: Town) -> None:
        for which in range(2 * FAILURES):
            town.first.then(number(which), NOT_REACHED.as_error(None))
        self.queue(town, 2 * FAILURES)
        sender = self.sender(town)

        await sending.drain(sender)
        town.clock.moment += timedelta(minutes=1)
        await sending.drain(sender)

        assert not town.first.sent
        assert {len(texts) for texts in town.other.texts_to.values()} == {1}
        assert self.rows(town) == 2 * FAILURES * [("sent", "46elks")]

    async def test_texts_whose_fate_is_unknown_are_never_sent_by_the_other(self, town: Town) -> None:
        for which in range(2 * FAILURES):
            town.first.lose_answer(number(which))
        self.queue(town, 2 * FAILURES)
        sender = self.sender(town)

        for _ in range(4):
            await sending.drain(sender)
            town.clock.moment += timedelta(hours=1)

        by_first, by_other = set(town.first.texts_to), set(town.other.texts_to)
        assert by_first.isdisjoint(by_other)
        assert len(town.first.sent) + len(town.other.sent) == 2 * FAILURES
        assert set(self.rows(town)) == {("unknown", "twilio"), ("sent", "46elks")}


class TestTurningBack:
    async def test_not_before_the_first_has_rested(self, town: Town) -> None:
        route = await fail_over(town)
        town.clock.moment += REST - timedelta(seconds=1)

        assert (await route.look_again(), route.provider, town.first.asked) == (0, "46elks", [])

    async def test_when_it_has_rested_and_answers_a_question_about_our_own_number(self, town: Town) -> None:
        route = await fail_over(town)
        town.clock.moment += REST

        turned = await route.look_again()

        assert (turned, route.provider, town.first.asked) == (1, "twilio", [OURS])
        assert town.log()[-1] == ("automaten", "twilio", "auto")
        assert await route.look_again() == 0

    async def test_while_it_is_silent_it_rests_again(self, town: Town) -> None:
        route, town.first.silent = await fail_over(town), True
        town.clock.moment += REST

        asked = [await route.look_again() for _ in range(3)]
        town.clock.moment += REST
        town.first.silent = False

        assert (asked, len(town.first.asked)) == ([0, 0, 0], 1)
        assert await route.look_again() == 1

    async def test_after_a_hand_has_turned_back_one_fault_turns_nothing(self, town: Town) -> None:
        route = await fail_over(town)

        town.choose("auto")
        await meet(route, town.first, SendUnknown(), FAILURES - 1)

        assert route.provider == "twilio"
        await meet(route, town.first, SendUnknown(), 1)
        assert route.provider == "46elks"


class TestByHand:
    async def test_a_hand_wins_over_faults_and_over_rest(self, town: Town) -> None:
        route = town.process()

        town.choose("twilio")
        await meet(route, town.first, SendUnknown(), LATEST)
        after_faults = route.provider
        town.choose("46elks")
        town.clock.moment += 2 * REST

        assert (after_faults, await route.look_again(), route.provider) == ("twilio", 0, "46elks")

    async def test_who_chose_what_stands_in_the_log_once(self, town: Town) -> None:
        for wanted in ("46elks", "46elks", "auto", "auto"):
            town.choose(wanted)

        assert town.log() == [("kommandoraden", "46elks", "hand"), ("kommandoraden", "twilio", "auto")]

    async def test_a_provider_that_is_not_set_up_cannot_be_chosen(self, town: Town) -> None:
        with town.database.write() as session, pytest.raises(BadInput, match="Det går att välja: twilio, auto"):
            sms_choice.choose(session, "46elks", ["twilio"], now=town.clock.now())


class TestProcesses:
    async def test_a_restart_keeps_the_choice(self, town: Town) -> None:
        before = (await fail_over(town)).choice()

        assert town.process().choice() == before

    async def test_two_processes_agree_after_a_few_seconds(self, town: Town) -> None:
        neighbour = town.process()
        assert neighbour.provider == "twilio"

        await fail_over(town)
        town.clock.moment += READ_AGAIN

        assert neighbour.provider == "46elks"

    async def test_two_that_turn_at_once_turn_once(self, town: Town) -> None:
        neighbour = town.process()
        assert neighbour.provider == "twilio"
        await meet(neighbour, town.first, SendUnknown(), FAILURES - 1)

        await fail_over(town)
        await meet(neighbour, town.first, SendUnknown(), 1)

        assert neighbour.provider == "46elks"
        assert len(town.log()) == 1

    async def test_other_settings_begin_anew_but_a_hand_is_kept(self, town: Town) -> None:
        await fail_over(town)
        with town.database.read() as session:
            automatic = sms_choice.read(session, ["46elks", "twilio"])

        town.choose("twilio")

        with town.database.read() as session:
            by_hand = sms_choice.read(session, ["46elks", "twilio"])
        assert automatic == Choice("46elks")
        assert (by_hand.provider, by_hand.by) == ("twilio", "hand")


class TestHealth:
    async def test_in_words(self, town: Town) -> None:
        route = town.process()

        said = [route.health()]
        await meet(route, town.first, SendUnknown(), 2)
        said.append(route.health())
        await meet(route, town.first, SendUnknown(), 2)
        town.clock.moment += timedelta(minutes=4)
        said.append(route.health())

        silent = "Sms-leverantören svarar inte sedan kl. 13.04. Vi försöker igen med sms som väntar."
        assert said == ["Fungerar.", "Fungerar.", silent]
        await send(route, 1)
        assert route.health() == "Fungerar."
