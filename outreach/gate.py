"""THE gate: may this text go to this address now? Every outgoing text of every kind passes here at the moment of
sending.

The answer is send, wait until, or withhold, always with a reason that is stored and shown. The rules are pure; what
they judge by is gathered in bulk by `outreach.gate_facts`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from outreach import quiet_hours
from storage.local_time import STOCKHOLM, age, local, local_date

# What each reason is called on screen.
REASONS = {
    "practice": "övningsläge",
    "global_pause": "alla utskick är pausade",
    "expired": "för sent, texten hade blivit inaktuell",
    "stopped": "har sagt stopp",
    "protected": "skyddade personuppgifter",
    "no_number": "saknar mobil",
    "landline": "fast telefon",
    "foreign_number": "utländskt nummer",
    "guardian_number": "numret är en vårdnadshavares",
    "number_dead": "numret fungerar inte",
    "wrong_person": "fel person på numret",
    "other_answers": "någon annan svarar på numret",
    "shared_number": "delat nummer",
    "age": "utanför åldern",
    "age_unknown": "födelsedatum saknas",
    "programme": "hör inte till någon målgrupp",
    "closed": "avslutad",
    "paused": "vilar till ett valt datum",
    "crisis": "akut läge, bara människor skriver",
    "human_has_it": "en människa har samtalet",
    "in_conversation": "samtal pågår",
    "booked": "redan bokad",
    "declined": "har tackat nej",
    "occupied": "jobbar eller pluggar",
    "frequency_cap": "har fått sms nyligen",
    "same_text": "har redan fått den här texten",
    "contacted_today": "har redan kontaktats i dag",
    "missing_value": "texten har en lucka som inte går att fylla",
    "campaign_paused": "utskicket är pausat",
    "campaign_stopped": "utskicket är stoppat",
    "quiet_hours": "väntar till nästa tillåtna tid",
    "cut_by_evening": "hann inte gå i tid, väntar på att någon väljer",
    "budget": "kostnadstaket är nått",
    "overtaken": "något nytt har hänt sedan första försöket",
    "control_group": "kontrollgrupp, lottad att inte få det här utskicket",
    "awaits_winner": "väntar på att ni väljer version efter piloten",
}

# Texts we start, as against answers, reminders of own bookings and what staff write.
STARTED = ("campaign", "ladder", "nudge", "follow_up")
UNANSWERED_IN_7_DAYS = 1
UNANSWERED_IN_90_DAYS = 3
MINIMUM_AGE = 16
# What leaves although all sending is paused: help in a crisis, the one confirmation of a stop, and what a human writes.
THROUGH_THE_PAUSE = ("crisis", "stop_confirmation", "staff")
# Conversations in these states are under way: a campaign would talk across them.
TALKING = ("offered", "time_proposed")
# Texts that say our own open question once more: they are the talk, and do not talk across it.
REPEATS = ("OFFER-AGAIN", "TIME-OK?")
# Encouragement after a study start, which the person has said yes to (domain S39).
ENCOURAGING = ("CHEER-1", "CHEER-2", "CHEER-3", "CHEER-4", "CHEER-5", "CHEER-6")


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation is set to."""

    allowed_hours: quiet_hours.Rule = "office"
    sms_per_second: float = 0
    frequency_cap: bool = True
    global_pause: bool = False
    practice: bool = True
    real_channels: frozenset[str] = frozenset()


@dataclass(slots=True)
class Facts:
    """All the gate knows about one text to one person at one address; filled in by those who gather it, then only
    read. `repeats` is true of a text that says our own open question once more, `encourages` of one that somebody who
    studies has said yes to, `contacted_today` of one that begins something with somebody whom staff have rung, met or
    sent a card today. `second_try` is true of a text whose first try found the telephone off, `overtaken` of one of
    those where something newer has happened. `parts_left` is what the budget still allows of SMS parts, this text's
    own included; None is no budget.
    """

    kind: str
    channel: str
    address: str
    send_before: datetime | None = None
    person_known: bool = True
    protected: bool = False
    birth_date: date | None = None
    programme_now: bool = False
    within_age: bool = False
    closed: bool = False
    deceased: bool = False
    paused_until: datetime | None = None
    number_kind: str = "mobile"
    standing: str = "unverified"
    shared: bool = False
    stopped: bool = False
    state: str = "new"
    held: bool = False
    booked: bool = False
    unanswered_7_days: int = 0
    unanswered_90_days: int = 0
    same_text: bool = False
    repeats: bool = False
    encourages: bool = False
    contacted_today: bool = False
    campaign_state: str = ""
    second_try: bool = False
    overtaken: bool = False
    parts: int = 1
    parts_left: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `until` is set when the text waits for an hour, and not when it waits for a person; `reason`
    is empty only when it may go.
    """

    action: Literal["send", "wait", "withhold", "expire"]
    reason: str = ""
    until: datetime | None = None

    @property
    def sends(self) -> bool:
        """Whether the text may go now."""
        return self.action == "send"


SEND = Verdict("send")
EXPIRE = Verdict("expire", "expired")
Rule = Callable[[Facts, Rules, datetime], str]


def judge(facts: Facts, rules: Rules, now: datetime) -> Verdict:
    """Say what happens to a text.

    1. a text whose time has passed expires, 2. any rule that forbids withholds it, 3. a pause makes it wait for whoever
    paused, 4. the hour makes it wait until the next allowed one, unless that is beyond its time: late is worse than
    never, 5. a budget that is spent makes it wait. A campaign's text never expires by itself: cut by the evening it
    waits until a person has said whether it shall still be sent (pitfalls 6); its second try does expire.
    """
    if not _asks(facts) and facts.send_before is not None and now >= facts.send_before:
        return EXPIRE
    reason = forbidden(facts, rules, now)
    if reason:
        return Verdict("withhold", reason)
    return _wait(facts, rules, now)


def forbidden(facts: Facts, rules: Rules, now: datetime) -> str:
    """The first reason why this text must never go as things stand; empty when there is none.

    This is also what a dry run lists, so that what is shown and what is done are the same rules.
    """
    return _first_reason(_RULES.get(facts.kind, _STARTED_RULES), facts, rules, now)


def _first_reason(of: tuple[Rule, ...], facts: Facts, rules: Rules, now: datetime) -> str:
    return next((reason for rule in of if (reason := rule(facts, rules, now))), "")


def _asks(facts: Facts) -> bool:
    """Whether a person is asked before it is sent on another day than it was planned for."""
    return facts.kind == "campaign" and not facts.second_try


def _practice(facts: Facts, rules: Rules, _now: datetime) -> str:
    return "practice" if rules.practice and facts.channel in rules.real_channels else ""


def _protection(facts: Facts, _rules: Rules, _now: datetime) -> str:
    return "protected" if facts.protected else ""


def _stop(facts: Facts, _rules: Rules, _now: datetime) -> str:
    return "stopped" if facts.stopped or facts.state == "stopped" else ""


def _number(facts: Facts, _rules: Rules, _now: datetime) -> str:
    if facts.channel != "sms":
        return ""
    if not facts.address:
        other = {"landline": "landline", "foreign": "foreign_number", "guardian": "guardian_number"}
        return other.get(facts.number_kind, "no_number")
    if facts.number_kind == "guardian":
        return "guardian_number"
    bad_standing = {"dead": "number_dead", "wrong_person": "wrong_person", "other_answers": "other_answers"}
    return bad_standing.get(facts.standing, "landline" if facts.number_kind == "landline" else "")


def _theirs_alone(facts: Facts, _rules: Rules, _now: datetime) -> str:
    # A number without kind has been taken off the person since the text was written.
    if facts.channel == "sms" and not facts.number_kind:
        return "no_number"
    return "shared_number" if facts.shared else ""


def _written_to(facts: Facts, _rules: Rules, _now: datetime) -> str:
    # Somebody we do not know writes from a number nobody in the register has: there is no tie to look at.
    if not facts.person_known:
        return ""
    return _theirs_alone(facts, _rules, _now)


def _old_enough(facts: Facts, _rules: Rules, now: datetime) -> str:
    if facts.birth_date is None:
        return ""
    return "age" if age(facts.birth_date, local_date(now)) < MINIMUM_AGE else ""


def _deceased(facts: Facts, _rules: Rules, _now: datetime) -> str:
    return "closed" if facts.deceased else ""


def _ended(facts: Facts, _rules: Rules, _now: datetime) -> str:
    return "closed" if facts.closed else ""


def _crisis(facts: Facts, _rules: Rules, _now: datetime) -> str:
    return "crisis" if facts.state == "urgent" else ""


def _human(facts: Facts, _rules: Rules, _now: datetime) -> str:
    return "human_has_it" if facts.held else ""


def _programme(facts: Facts, _rules: Rules, _now: datetime) -> str:
    if not facts.person_known or not facts.programme_now:
        return "programme"
    if facts.birth_date is None:
        return "age_unknown"
    return "" if facts.within_age else "age"


def _closed(facts: Facts, _rules: Rules, now: datetime) -> str:
    if facts.closed:
        return "closed"
    return "paused" if facts.paused_until is not None and facts.paused_until > now else ""


def _conversation(facts: Facts, _rules: Rules, _now: datetime) -> str:
    if facts.held or facts.state == "human":
        return "human_has_it"
    if facts.booked:
        return "booked"
    if facts.state == "declined" or facts.state == "occupied" and not facts.encourages:
        return facts.state
    return "in_conversation" if facts.state in TALKING and not facts.repeats else ""


def _campaign(facts: Facts, _rules: Rules, _now: datetime) -> str:
    if facts.campaign_state in ("stopped", "done"):
        return "campaign_stopped"
    if facts.kind == "campaign" and facts.contacted_today:
        # A campaign does not wait for one person; the others wait until tomorrow.
        return "contacted_today"
    return "same_text" if facts.same_text else ""


def _second_try(facts: Facts, rules: Rules, now: datetime) -> str:
    # It answers nobody who waits for it, whatever the first one did.
    if not facts.second_try or facts.overtaken:
        return "overtaken" if facts.overtaken else ""
    return _first_reason((_number, _theirs_alone, _ended, _old_enough, _crisis, _human), facts, rules, now)


def _cap(facts: Facts, rules: Rules, _now: datetime) -> str:
    if not rules.frequency_cap:
        return ""
    over = facts.unanswered_7_days >= UNANSWERED_IN_7_DAYS or facts.unanswered_90_days >= UNANSWERED_IN_90_DAYS
    return "frequency_cap" if over else ""


_RULES: Mapping[str, tuple[Rule, ...]] = {
    # Crisis help and the one confirmation of a stop answer the hand that wrote: nothing but practice holds them.
    "crisis": (_practice,),
    "stop_confirmation": (_practice,),
    "test": (_practice, _stop),
    "staff": (_practice, _protection, _stop, _deceased, _number, _written_to, _old_enough),
    "reply": (_practice, _protection, _stop, _deceased, _crisis, _human, _second_try),
    "notice": (_practice, _protection, _stop, _deceased, _crisis, _human),
    "reminder": (_practice, _protection, _stop, _ended, _number, _theirs_alone, _old_enough, _crisis, _second_try),
}
_STARTED_RULES: tuple[Rule, ...] = (
    _practice, _protection, _stop, _number, _theirs_alone, _closed, _programme, _crisis, _conversation, _campaign,
    _second_try, _cap,
)  # fmt: skip


def _wait(facts: Facts, rules: Rules, now: datetime) -> Verdict:
    if rules.global_pause and facts.kind not in THROUGH_THE_PAUSE:
        return Verdict("wait", "global_pause")
    if facts.kind in STARTED and facts.campaign_state == "paused":
        return Verdict("wait", "campaign_paused")
    allowed = _allowed_from(facts, rules, now)
    if facts.send_before is not None and allowed >= facts.send_before:
        return Verdict("wait", "cut_by_evening") if _asks(facts) else EXPIRE
    if allowed > now:
        waits_for_tomorrow = facts.contacted_today and facts.kind in STARTED
        return Verdict("wait", "contacted_today" if waits_for_tomorrow else "quiet_hours", allowed)
    if facts.kind in STARTED and facts.parts_left is not None and facts.parts > facts.parts_left:
        return Verdict("wait", "budget")
    return SEND


def _allowed_from(facts: Facts, rules: Rules, now: datetime) -> datetime:
    if facts.kind == "reminder" and rules.allowed_hours == "office" and not _is_day(now):
        return _next_day_begins(now)
    if facts.kind in STARTED:
        earliest = _next_midnight(now) if facts.contacted_today else now
        return quiet_hours.next_allowed(earliest, rule=rules.allowed_hours)
    return now


def _next_midnight(now: datetime) -> datetime:
    tomorrow = local_date(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=STOCKHOLM).astimezone(now.tzinfo)


def _is_day(now: datetime) -> bool:
    # Reminders are planned into 8-20 (ux §5.7); one that is late by a restart still keeps out of the night.
    return time(8) <= local(now).time() < time(20, 30)


def _next_day_begins(now: datetime) -> datetime:
    here = local(now)
    day = here.date() if here.time() < time(8) else here.date() + timedelta(days=1)
    return datetime.combine(day, time(8), tzinfo=STOCKHOLM).astimezone(now.tzinfo)
