"""The contact ladder's own logic, without tables: who belongs on it, which step comes next, and when (ux §4.10)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from outreach import quiet_hours
from storage.ladders import Known
from storage.local_time import STOCKHOLM, local, local_date

# kind, days from the first, on. Steps of one kind are tries of that kind; a rest's days are how long it lasts.
DEFAULT: Sequence[tuple[str, int, bool]] = (
    ("ring", 0, True), ("ring", 2, True), ("sms", 3, True), ("reminder", 10, True), ("chat", 14, True),
    ("guardian_call", 18, False), ("postcard", 21, True), ("other_way", 28, True), ("home_visit", 35, False),
    ("rest", 90, True),
)  # fmt: skip
# What each step, and each stop between the steps, is called on screen.
IN_WORDS = {
    "ring": "Ring", "sms": "Sms", "reminder": "Påminnelse", "chat": "Chatt", "postcard": "Vykort",
    "other_way": "Annan väg", "guardian_call": "Ring vårdnadshavare", "home_visit": "Hembesök", "rest": "Vila",
    "find_number": "Leta nummer", "closing_card": "Avslutningskort",
}  # fmt: skip
# Why somebody is not on the ladder. The first kind comes back by itself when the reason is gone; the second does so
# only when what ended it has changed.
LEFT = ("paused", "ahead", "with_human", "reached")
ENDED = ("merged", "closed", "protected", "no_office", "programme", "stopped")
WHY_IN_WORDS = {
    "paused": "vilar till ett datum", "ahead": "har en tid framför sig", "with_human": "en människa har samtalet",
    "reached": "nådd", "closed": "avslutad", "protected": "skyddade personuppgifter", "no_office": "saknar kontor",
    "merged": "sammanslagen med en annan", "programme": "hör inte till någon målgrupp",
    "stopped": "har sagt stopp till sms",
}  # fmt: skip

# Somebody who has answered and then been silent for as long as a rest lasts comes back.
SILENT_FOR = timedelta(days=90)
# A number is looked for so many times, or for so long; then the postcard's turn has come.
LOOK_UPS, LOOKS_FOR = 3, timedelta(days=14)
# So long a card waits for somebody to find an address, and a step for the reminder that is to leave.
WAITS_FOR_ADDRESS, WAITS_FOR_REMINDER = timedelta(days=14), timedelta(days=4)
# From so long before the birthday on it is high time for a last card.
SOON = timedelta(days=60)
# A text that tells of a call leaves so long before it.
CALL_AFTER = timedelta(minutes=30)
# So long a text step waits for what is in its way to pass.
WAITS_TO_TEXT = timedelta(days=14)
OF_AGE = 18
NEEDS_NUMBER = ("ring", "sms", "reminder", "chat")
BY_NUMBER = ("ring", "sms", "reminder")
# A new number is worth a new round to whoever stands here without having been reached.
WITHOUT_NUMBER = ("postcard", "other_way", "rest")
AFTER_TEXTS = ("chat", "guardian_call", "home_visit", *WITHOUT_NUMBER)
# Talks that stay with their own rules, however silent they are.
STAYS = ("met", "follow_up", "occupied", "ended", "signed_up", "waiting_list", "human", "urgent")
# Talks that say that the person has been in contact, whatever else is known.
IN_TOUCH = (*STAYS, "offered", "time_proposed", "booked", "confirmed", "cancelled", "no_show", "declined")

BANDS = {"morning": time(8), "afternoon": time(12), "evening": time(16)}
BANDS_IN_WORDS = {"morning": "förmiddag", "afternoon": "eftermiddag", "evening": "kväll"}
SENDING_BEGINS = time(10)
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an office's ladder; `attempt` counts the tries of its kind from one."""

    position: int
    kind: str
    attempt: int
    after_days: int


def number_steps(rows: Iterable[tuple[int, str, int]]) -> list[Step]:
    """Steps that are on, in order, as (position, kind, days): each is given its try."""
    tries: dict[str, int] = {}
    found = []
    for position, kind, after_days in rows:
        tries[kind] = tries.get(kind, 0) + 1
        found.append(Step(position, kind, tries[kind], after_days))
    return found


# ------------------------------------------------------------------------------------------------ who belongs there


def why_not(one: Known, now: datetime, *, in_programme: bool) -> str:
    """Why a person is not to be on the ladder just now; empty when they are. The one truth that jobs, pages and hooks
    go by: what has happened since they came on to it counts, what was before does not.
    """
    if one.is_merged or one.closed_at is not None:
        return "merged" if one.is_merged else "closed"
    if one.protected:
        return "protected"
    if one.office_id is None:
        return "no_office"
    if not in_programme:
        return "programme"
    if one.paused_until is not None and one.paused_until > now:
        return "paused"
    return "stopped" if _has_stopped(one) else _in_contact(one, now)


def _has_stopped(one: Known) -> bool:
    if one.stopped_at is not None and one.stopped_at >= _since(one):
        return True
    return one.talk_state == "stopped" and _is_later(one.talk_state_at, _since(one))


def _in_contact(one: Known, now: datetime) -> str:
    if one.ahead:
        return "ahead"
    if one.held_by_id is not None or one.waiting_since is not None or one.talk_state in ("human", "urgent"):
        return "with_human"
    contact = last_contact(one)
    return "reached" if contact is not None and contact >= _since(one) and not _is_over(one, contact, now) else ""


def last_contact(one: Known) -> datetime | None:
    """When the person was last in contact with us, as far as the tables know."""
    moments = [one.talked_at]
    if one.talk_state != "wrong_number":
        # Who said that the number was wrong was somebody else.
        moments.append(one.last_inbound_at)
    if one.talk_state in IN_TOUCH:
        moments.append(one.talk_state_at)
    return max((moment for moment in moments if moment is not None), default=None)


def in_contact_since(one: Known) -> bool:
    """Whether there has been contact since the person came on to the ladder."""
    contact = last_contact(one)
    return contact is not None and contact >= _since(one)


def _is_over(one: Known, contact: datetime, now: datetime) -> bool:
    """The talk has given the person back, a rest that was agreed is over, or it has been silent for very long."""
    if one.talk_state == "ladder" and _is_later(one.talk_state_at, contact):
        return True
    if one.paused_until is not None and contact <= one.paused_until <= now:
        return True
    return contact <= now - SILENT_FOR and one.talk_state not in STAYS


def _since(one: Known) -> datetime:
    # Who has never been on the ladder has no beginning: all that is known of them counts.
    return one.began_at if one.round and one.began_at is not None else _NEVER


def _is_later(moment: datetime | None, than: datetime) -> bool:
    return moment is not None and moment >= than


# --------------------------------------------------------------------------------------------------- what comes next


def next_step(steps: Sequence[Step], done: Collection[tuple[str, int]], position: int, *, kinds: Sequence[str] = ()
              ) -> Step | None:  # fmt: skip
    """The first step from a position on that has not been taken in this round; of these kinds, where any are given."""
    return next(
        (step for step in steps if step.position >= position and (step.kind, step.attempt) not in done
         and (not kinds or step.kind in kinds)),
        None,
    )  # fmt: skip


def passed_over(steps: Sequence[Step], done: Collection[tuple[str, int]], position: int) -> list[Step]:
    """The steps that cannot be taken without a number."""
    return [
        step
        for step in steps
        if step.kind in NEEDS_NUMBER and step.position >= position and (step.kind, step.attempt) not in done
    ]


def due_at(steps: Sequence[Step], last: tuple[str, int], step: Step, done_at: datetime, tried: str = "") -> datetime:
    """When a step falls due that comes after the `last` one, which was taken at a moment: as many days later as the
    ladder has between them, and never on the same day. `tried` is the time of day that a second call avoids.
    """
    days = step.after_days if step.kind == "rest" else _gap(steps, last, step)
    day = working_day(local_date(done_at) + timedelta(days=days))
    return _at(day, _hour(step, tried))


def _gap(steps: Sequence[Step], last: tuple[str, int], step: Step) -> int:
    before = next((one.after_days for one in steps if (one.kind, one.attempt) == last and one.kind != "rest"), None)
    return max(1, step.after_days - before) if before is not None else 1


def _hour(step: Step, tried: str) -> time:
    if step.kind == "ring" and tried:
        return _other(tried)
    return SENDING_BEGINS if step.kind in ("sms", "reminder") else BANDS["morning"]


def working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not quiet_hours.is_working_day(day):
        day += timedelta(days=1)
    return day


def later(moment: datetime, days: int, now: datetime) -> datetime:
    """A day that has been moved by so many days, either way; what would have been due before now is due now."""
    if not days:
        return moment
    here = local(moment)
    return max(_at(working_day(here.date() + timedelta(days=days)), here.timetz().replace(tzinfo=None)), now)


def next_morning(now: datetime) -> datetime:
    """Eight o'clock on the next working day."""
    return _at(working_day(local_date(now) + timedelta(days=1)), BANDS["morning"])


def at_other_time(now: datetime) -> datetime:
    """The next working day, at another time of day."""
    return _at(working_day(local_date(now) + timedelta(days=1)), _other(band(now)))


def _other(tried: str) -> time:
    return BANDS["morning" if tried != "morning" else "afternoon"]


def next_sending(now: datetime) -> datetime:
    """When texts may leave on the next working day."""
    return _at(working_day(local_date(now) + timedelta(days=1)), SENDING_BEGINS)


def midnights(now: datetime) -> tuple[datetime, datetime]:
    """The midnight before and the one after."""
    today = local_date(now)
    return _at(today, time()), _at(today + timedelta(days=1), time())


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC)


# ---------------------------------------------------------------------------------------------------- times of day


def band(moment: datetime) -> str:
    """The time of day on the wall clock: morning before noon, afternoon until four, then evening."""
    hour = local(moment).hour
    return "morning" if hour < 12 else "afternoon" if hour < 16 else "evening"


def best_band(answered: Sequence[datetime], tried: Sequence[datetime]) -> str:
    """The time of day that promises most: the one at which the person last answered or wrote, else one that has not
    been tried, else the one that has been tried least; ties go to the afternoon first.
    """
    if answered:
        return band(max(answered))
    tries = [band(moment) for moment in tried]
    return min(("afternoon", "evening", "morning"), key=tries.count)
