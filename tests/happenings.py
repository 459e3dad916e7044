"""What can happen in a long story: to people, to campaigns, at the provider, to the clock."""

from collections.abc import Callable
from datetime import UTC, timedelta

import campaign_town
from long_story import WORDS, Story, ids
from witness import STOCKHOLM, Tie, say

import storage.campaigns
import storage.conversations
import storage.numbers
import storage.people
import storage.queue
from bot.conversation import replies
from outreach import campaigns, contact, delivery, global_pause, numbers, receipts, takeover, unsettled
from outreach.channels import Receipt, SendError, SendUnknown
from outreach.errors import Conflict
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.database import Session

Happening = Callable[[Story, int, int], None]

SEVERAL = (
    ("ja", "Stopp!"), ("Stopp!", "START"), ("ja", "2"), ("jag vill dö", "Stopp!"), ("Stopp!", "Stopp!"),
    ("fel nummer", "Stopp!"), ("START", "Stopp!"), ("Stopp!", "jag vill dö"), ("Stopp!", "fel nummer"), ("2", "avboka"),
)  # fmt: skip
LENGTHS = {
    "a minute": timedelta(minutes=1, seconds=1), "an hour": timedelta(hours=1), "five hours": timedelta(hours=5),
    "a day": timedelta(days=1), "three days": timedelta(days=3), "a week": timedelta(days=7),
    "nine days": timedelta(days=9), "a month": timedelta(days=33),
}  # fmt: skip
OUTCOMES: tuple[Callable[[], Exception], ...] = (
    lambda: SendError("Numret finns inte.", permanent=True, meaning="number_dead"),
    lambda: SendError("Leverantören svarar inte.", permanent=False),
    lambda: SendUnknown("Svaret kom bort."),
    lambda: SendError("Kontot är spärrat.", permanent=True, meaning="operator"),
    lambda: SendError("Har sagt stopp.", permanent=True, meaning="opted_out"),
)


def happens(story: Story, event: str, who: int, how: int) -> None:
    """One thing; whatever the witness then has to say ends the story."""
    who = sorted(story.addresses)[who % len(story.addresses)]
    whom = "" if event in (*LENGTHS, *NOBODYS) else f" · {story.witness.people[who].name}"
    story.told.append(f"{say(story.now)} {event}{whom} ({how})")
    if event in LENGTHS:
        story.passes(LENGTHS[event], machine_on=how < 7)
    elif event in WORDS:
        story.says(who, how, event)
    elif event == "several":
        story.told[-1] += f" {SEVERAL[how % len(SEVERAL)]}"
        story.says(who, how, *SEVERAL[how % len(SEVERAL)])
    else:
        EVENTS[event](story, who, how)
    assert not story.witness.faults, "\n".join(["", *story.told, "", *story.witness.faults])


# ------------------------------------------------------------------------------------------- campaigns and steps


def launch(story: Story, _who: int, how: int) -> None:
    """A campaign, with a minute to regret it."""
    with story.database.write() as session:
        campaign = _campaign(story, session, how)
        campaigns.launch(session, campaign, story.rules, now=story.now, regret=story.house.regret)


def schedule(story: Story, _who: int, how: int) -> None:
    """A campaign for later."""
    at = story.now + timedelta(hours=(1, 5, 15, 24, 70)[how % 5])
    with story.database.write() as session:
        campaigns.schedule(session, _campaign(story, session, how), story.rules, at, now=story.now, staff_id=None)


def _campaign(story: Story, session: Session, how: int) -> Campaign:
    office = campaign_town.an_office(session, "Unga Syd").id if how == 9 else None
    campaign = Campaign(
        name=f"Utskick {next(ids)}", audience="alla", office_id=office, created_at=story.now,
        per_day=2 if how in (3, 4) else 0, text_sv=replies.template("INV-1", "sv"),
    )  # fmt: skip
    campaigns.create(session, campaign, now=story.now)
    story.witness.campaigns[campaign.id] = "running"
    if office:
        story.witness.offices[campaign.id] = office
    return campaign


def _steer(action: str) -> Happening:
    def steer(story: Story, _who: int, how: int) -> None:
        known = sorted(story.witness.campaigns)
        if not known:
            return
        with story.database.write() as session:
            campaign, now = storage.campaigns.get(session, known[-1 - how % len(known)]), story.now
            done, state = {
                "pause": lambda: (campaigns.pause(session, campaign, why="", now=now), "paused"),
                "resume": lambda: (campaigns.resume(session, campaign, story.rules, now=now), "running"),
                "stop": lambda: (campaigns.stop(session, campaign, now=now), "stopped"),
                "regret": lambda: (campaigns.regret(session, campaign, now=now), "stopped"),
            }[action]()
            if done:
                story.witness.campaigns[campaign.id] = state

    return steer


def step(story: Story, who: int, how: int) -> None:
    """A step of the ladder, a nudge or a follow-up is put in the queue, whoever it is."""
    with story.database.write() as session:
        talk = storage.conversations.of_person(session, who) or storage.conversations.keep(
            session, Conversation(person_id=who, address=story.addresses[who][0], state_at=story.now)
        )
        kind, before = ("ladder", "nudge", "follow_up")[how % 3], story.now + timedelta(days=4)
        delivery.queue(session, talk, "Hej! Vill du?", kind=kind, send_before=before, now=story.now)
    if how % 2:
        story.runs()


def all_pause(story: Story, _who: int, _how: int) -> None:
    """All sending is paused."""
    with story.database.write() as session:
        global_pause.turn_on(session, why="prov", now=story.now)
    story.witness.all_paused = True


def all_go_on(story: Story, _who: int, _how: int) -> None:
    """All sending goes on."""
    with story.database.write() as session:
        global_pause.turn_off(session, story.rules, now=story.now)
    story.witness.all_paused = False
    story.runs()


# --------------------------------------------------------------------------------------------------- people


def _changes(field: str, change: Callable[[Story], object]) -> Happening:
    def happen(story: Story, who: int, _how: int) -> None:
        value = change(story)
        names = {"protected": "protected", "closed": "closed_at", "rests_until": "paused_until"}
        with story.database.write() as session:
            setattr(storage.people.get(session, who), names[field], value)
        setattr(story.witness.people[who], field, value if field == "rests_until" else True)

    return happen


def dies(story: Story, who: int, _how: int) -> None:
    """Staff note that somebody has died."""
    with story.database.write() as session:
        person, today = storage.people.get(session, who), story.now.astimezone(STOCKHOLM).date()
        contact.outcome(session, person, story.staff, kind="deceased", on=today, now=story.now)
        # Whoever was closed before stays closed for the reason that was given then.
        story.witness.people[who].dead |= True


def leaves(story: Story, who: int, _how: int) -> None:
    """Somebody belongs to no programme from today on."""
    last = story.now.astimezone(STOCKHOLM).date() - timedelta(days=1)
    with story.database.write() as session:
        for member in storage.people.memberships(session, who):
            member.valid_to = last
            storage.people.add_membership(session, member)
    story.witness.people[who].programmes = dict.fromkeys(story.witness.people[who].programmes, last)


def gets_number(story: Story, who: int, _how: int) -> None:
    """A further number is found."""
    address = next(story.free)
    with story.database.write() as session:
        numbers.add(session, storage.people.get(session, who), address, source="sök", found_by="", now=story.now)
    story.witness.ties.append(Tie(who, address))
    story.addresses[who].append(address)


def shares(story: Story, who: int, how: int) -> None:
    """Somebody else turns out to have the same number."""
    other, address = sorted(story.addresses)[how % len(story.addresses)], story.addresses[who][-1]
    if any((tie.person, tie.address) == (other, address) for tie in story.witness.ties):
        return
    with story.database.write() as session:
        story.ties(session, storage.people.get(session, other), address)


def struck(story: Story, who: int, how: int) -> None:
    """Staff strike a number."""
    address = story.addresses[who][how % len(story.addresses[who])]
    with story.database.write() as session:
        story.struck(session, storage.people.get(session, who), address)


# --------------------------------------------------------------------------------------------------- staff


def take_over(story: Story, who: int, how: int) -> None:
    """A human has it, and may write at once."""
    with story.database.write() as session:
        try:
            takeover.begin(session, storage.people.get(session, who), story.staff, now=story.now)
        except Conflict:
            return
    story.witness.people[who].held = True
    if how % 2:
        staff_write(story, who, how)


def staff_write(story: Story, who: int, how: int) -> None:
    """Staff write, where they may."""
    with story.database.write() as session:
        talk = storage.conversations.of_person(session, who)
        if talk is None:
            return
        try:
            takeover.write(session, talk, story.staff, f"Hej, det är Samira. {next(ids)}", now=story.now)
        except Conflict:
            return
    if how % 3:
        story.runs()


def let_go(story: Story, who: int, how: int) -> None:
    """The human gives the talk back, or calls it done."""
    with story.database.write() as session:
        talk = storage.conversations.of_person(session, who)
        if talk is None:
            return
        try:
            if how < 7:
                takeover.give_back(session, talk, story.staff, step=takeover.STEPS[how % 3], now=story.now)
            else:
                takeover.done(session, talk, story.staff, now=story.now)
        except Conflict:
            return
    story.witness.people[who].held = story.witness.people[who].acute = False


def spoken_stop(story: Story, who: int, _how: int) -> None:
    """Staff note a stop that was said aloud."""
    with story.database.write() as session:
        contact.spoken_stop(session, storage.people.get(session, who), story.staff, now=story.now)
        talk = storage.conversations.of_person(session, who)
    assert talk is not None
    story.witness.stops(talk.address, who, confirmed=False)


# ------------------------------------------------------------------------------------------------ the provider


def provider_stop(story: Story, who: int, how: int) -> None:
    """The provider has blocked a number, and said so to its owner."""
    address = story.addresses[who][how % len(story.addresses[who])]
    story.writes(address, "STOP", "stop")
    story.witness.hears(address, "provider_stop")
    story.runs()


def fault(story: Story, who: int, how: int) -> None:
    """The next text to somebody fails."""
    story.network.next.setdefault(story.addresses[who][0], []).append(OUTCOMES[how % len(OUTCOMES)]())


def receipt(story: Story, who: int, how: int) -> None:
    """News of a text that was handed over, however late, and twice."""
    gone = [one for one in story.witness.handed if not one.refused]
    if not gone:
        return
    one = gone[-1 - who % len(gone)]
    state, meaning = (
        ("delivered", ""), ("delivered", ""), ("undelivered", "number_dead"), ("undelivered", "opted_out"),
        ("failed", "number_dead"), ("failed", "opted_out"), ("undelivered", ""), ("sent", ""),
    )[how % 8]  # fmt: skip
    story.told[-1] += f" {state} {meaning} of {one.message.kind} to {one.message.address}"
    for _ in range(1 + how % 2):
        with story.database.write() as session:
            receipts.record(session, Receipt(state, story.now, one.message.code, meaning=meaning), now=story.now)
    story.witness.told(one, state, meaning)


def sender_dies(story: Story, _who: int, how: int) -> None:
    """Another process begins what is due, and dies before or after it was handed over."""
    with story.database.write() as session:
        due = storage.queue.due(session, now=story.now, most=2)
        storage.queue.begin(session, [text.id for text in due], "fake", now=story.now)
    seen = len(story.witness.faults)
    for text in due if how % 2 else ():
        story.witness.sees(text.code, refused=False).rank = 2
    # It was begun here without asking the gate: only what comes of it is of interest.
    del story.witness.faults[seen:]


def decide(story: Story, _who: int, how: int) -> None:
    """Staff decide about a text whose fate nobody knows."""
    with story.database.write() as session:
        offices = [person.office for person in story.witness.people.values()]
        found = unsettled.listed(session, offices, now=story.now)
        if not found:
            return
        message = found[0][0]
        try:
            if how % 3 == 0:
                unsettled.count_as_sent(session, message, story.staff, now=story.now)
            elif how % 3 == 1:
                unsettled.give_up(session, message, story.staff, now=story.now)
            else:
                unsettled.send_again(session, message, story.staff, story.rules, now=story.now)
                story.witness.may_repeat.add(message.code)
        except Conflict:
            return
    for one in story.witness.handed:
        if one.message.code == message.code:
            one.counts, one.rank = how % 3 == 0, max(one.rank, (3, 4, 0)[how % 3])


# --------------------------------------------------------------------------------------------------- the clock


def _until(hour: int, minute: int) -> Happening:
    def pass_time(story: Story, _who: int, how: int) -> None:
        here = story.now.astimezone(STOCKHOLM)
        then = here.replace(hour=hour, minute=minute, second=50)
        then = (then if then > here else then + timedelta(days=1)).astimezone(UTC)
        story.passes(then - story.now, machine_on=how < 7)

    return pass_time


EVENTS: dict[str, Happening] = {
    "a campaign": launch, "a campaign for later": schedule, "pause": _steer("pause"), "resume": _steer("resume"),
    "stop": _steer("stop"), "regret": _steer("regret"), "a step is due": step, "all pause": all_pause,
    "all go on": all_go_on, "is protected": _changes("protected", lambda _story: True),
    "is closed": _changes("closed", lambda story: story.now),
    "rests": _changes("rests_until", lambda story: story.now + timedelta(days=5)), "dies": dies, "leaves": leaves,
    "gets a number": gets_number, "shares a number": shares, "number struck": struck, "taken over": take_over,
    "staff write": staff_write, "let go": let_go, "spoken stop": spoken_stop, "provider stop": provider_stop,
    "fault": fault, "receipt": receipt, "sender dies": sender_dies, "decide": decide, "until 9.59": _until(9, 59),
    "until 18.58": _until(18, 58), "until 16.58": _until(16, 58), "until 7.58": _until(7, 58),
}  # fmt: skip
NOBODYS = (
    "a campaign", "a campaign for later", "pause", "resume", "stop", "regret", "all pause", "all go on", "receipt",
    "sender dies", "decide", "until 9.59", "until 18.58", "until 16.58", "until 7.58",
)  # fmt: skip
