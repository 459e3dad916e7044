"""What follows when staff say what a text meant (ux §4.3). The talk stands where it would have stood; nothing is
texted to the youth, who wrote perhaps hours ago: whoever presses sees the text and answers, or lets the automatic
service answer by a press of its own (`bot.conversation.corrected`). So does a cry for help: those on duty are told at
once, and a text of help lines would only come between.

What concerns safety (danger, stop, whose number it is) follows from any text; where the person stands follows from
their latest text alone. What was done is said by the codes of `in_words.SET_RIGHT`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.conversations
import storage.corrections
import storage.inbound
import storage.meetings
import storage.messages
import storage.numbers
import storage.tasks
from outreach import acute, alerts, consent, gate, gate_facts, gatherings, linking, numbers, quiet_hours
from outreach.gate import Facts, Rules
from outreach.gathering_news import Write
from storage.conversations import Conversation
from storage.database import Session
from storage.inbound import InboundText
from storage.local_time import local_date
from storage.numbers import Stop
from storage.people import Person
from storage.staff import Staff
from storage.tasks import Outcome, Task

RESTS, DECLINED_RESTS, INVITATIONS_PAUSED = timedelta(days=30), timedelta(days=182), timedelta(days=30)
PROPOSED_BY = "rättad tolkning"
# Meanings whose answer needs to know no more than the meaning.
ANSWERED = ("yes", "no", "later", "occupied", "who", "reschedule", "human", "struggling")
# Followed even where the person has written more since, and once more when a correction is taken back.
SAFETY = ("crisis", "opt_out", "wrong_number", "third_party")
# Where a text has put the person that was read so.
_STOOD = {"no": "declined", "later": "resting", "occupied": "occupied", "wrong_number": "wrong_number"}
_HAND_OVER = {
    "human": "vill ha en människa", "struggling": "tufft läge", "other_language": "annat språk",
}  # fmt: skip
_WAITS = {
    "abuse": "arg eller ledsen", "running_late": "blir sen", "cancel": "vill avboka", "reschedule": "vill byta tid",
    "choose_option": "valde en siffra", "day_time": "föreslår en tid", "who": "undrar vem vi är",
    "question": "fråga utan svar", "opt_in": "vill ha sms igen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A text whose reading is corrected, with those read together with it. `write` has the words of news to others: a
    place that is given back goes to the next in line.
    """

    session: Session
    conversation: Conversation
    person: Person | None
    together: Sequence[InboundText]
    staff: Staff
    write: Write
    now: datetime

    @property
    def text(self) -> InboundText:
        """The first of the texts; they were read at one moment, from one address."""
        return self.together[0]

    def is_latest(self) -> bool:
        """Whether the person has written nothing since."""
        latest = storage.inbound.latest(self.session, [self.conversation.id]).get(self.conversation.id)
        unread = storage.inbound.unread_from(self.session, self.text.channel, self.text.sender)
        return not unread and latest is not None and latest.id in {text.id for text in self.together}

    def booked(self) -> bool:
        """Whether the person has a meeting ahead."""
        return self.person is not None and (
            storage.meetings.open_booking(self.session, self.person.id, after=self.now) is not None
        )


def act(case: Case, before: str, meant: str, *, stops: Sequence[Stop] = ()) -> tuple[str, ...]:
    """Let a text that stood as `before` mean `meant`; `stops` are those to lift, where staff have said yes to that.

    1. what followed from `before` is taken back, 2. what follows from `meant` is done. Returns what was done.
    """
    done = _take_back(case, before, stops)
    is_as_read = meant == case.text.intent
    if meant not in SAFETY and not case.is_latest():
        return (*done, "back" if is_as_read else "older")
    if meant not in SAFETY and is_as_read:
        return (*done, "back")
    if meant not in ("crisis", "opt_out"):
        _remember(case)
    if case.conversation.state == _STOOD.get(before):
        # What the misreading has set, a rest too, is not kept beside what was meant.
        _stand(case, _reached(case))
        _rest(case, None)
    done = (*done, _EFFECTS.get(meant, _noted)(case) if meant in _EFFECTS else _for_humans(case, meant))
    _note_where(case)
    return done


def stops_of(
    session: Session, conversation: Conversation, text: InboundText, moments: Sequence[datetime]
) -> list[Stop]:  # fmt: skip
    """The stops that stand because of this very text; such as the person has asked for otherwise are none of them."""
    standing = storage.numbers.open_stops(session, text.channel, text.sender, conversation.person_id)
    return [one for one in standing if one.how == "text" and one.since in moments]


# ------------------------------------------------------------------------------------------------ taking back


def _take_back(case: Case, before: str, stops: Sequence[Stop]) -> tuple[str, ...]:
    conversation = case.conversation
    done: tuple[str, ...] = ()
    if before == "crisis" and conversation.state == "urgent" and not _another_cry(case):
        acute.end(case.session, conversation, case.staff, now=case.now)
        done = ("calm",)
    if before == "opt_out" and stops:
        consent.lift(case.session, conversation, stops, case.staff, now=case.now)
        done = ("lifted",)
    elif before == "opt_out" and consent.is_stopped(case.session, conversation):
        done = ("stays",)
    if before in ("wrong_number", "third_party") and case.person is not None and case.text.channel == "sms":
        numbers.restore(case.session, case.person, case.text.sender, now=case.now)
    step_back(case)
    return done


def _another_cry(case: Case) -> bool:
    mine = {text.id for text in case.together}
    others = [
        text
        for text in storage.inbound.of_conversation(case.session, case.conversation.id)
        if text.id not in mine and text.handled_at is not None and text.handled_at >= case.conversation.state_at
    ]
    corrected = storage.corrections.of_texts(case.session, [text.id for text in others])
    return any((corrected[text.id].meant if text.id in corrected else text.intent) == "crisis" for text in others)


def _remember(case: Case) -> None:
    """Keep how the talk stood, beside the open question: gone as soon as the talk goes on, since then there is nothing
    to go back to.
    """
    conversation, person = case.conversation, case.person
    paused = person.paused_until if person is not None else None
    conversation.context = {**conversation.context, "was": {
        "text": case.text.id, "state": conversation.state, "resume_state": conversation.resume_state,
        "waiting_since": conversation.waiting_since and conversation.waiting_since.isoformat(),
        "waiting_why": conversation.waiting_why, "paused_until": paused and paused.isoformat(),
        "context": conversation.context,
    }}  # fmt: skip


def _note_where(case: Case) -> None:
    conversation = case.conversation
    was = conversation.context.get("was")
    if was is not None:
        conversation.context = {**conversation.context, "was": {**was, "then": conversation.state}}
    storage.conversations.keep(case.session, conversation)


def can_step_back(case: Case) -> bool:
    """Whether the talk stands where the correction put it, and nothing has been written since."""
    was = case.conversation.context.get("was", {})
    same = was.get("text") == case.text.id and was.get("then") == case.conversation.state
    return same and case.is_latest()


def step_back(case: Case) -> bool:
    """Let the talk stand as it did before the correction; False where it has gone on since."""
    if not can_step_back(case):
        return False
    conversation, was = case.conversation, case.conversation.context["was"]
    conversation.state, conversation.state_at = was["state"], case.now
    conversation.resume_state, conversation.context = was["resume_state"], was["context"]
    conversation.waiting_since, conversation.waiting_why = _moment(was["waiting_since"]), was["waiting_why"]
    _rest(case, _moment(was["paused_until"]))
    if case.person is not None:
        storage.corrections.forget_proposed(case.session, case.person.id, PROPOSED_BY)
    storage.conversations.keep(case.session, conversation)
    return True


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


# ------------------------------------------------------------------------------------------------ what is done


def _crisis(case: Case) -> str:
    office_id = case.person.office_id if case.person is not None else None
    acute.begin(case.session, case.conversation, office_id=office_id, now=case.now)
    told = bool(alerts.reachable(case.session, case.now))
    # Whoever said so has read it; the one on duty has been told all the same.
    alerts.see(case.session, case.conversation, case.staff, how="corrected", now=case.now)
    return "alerted" if told else "unheard"


def _opt_out(case: Case) -> str:
    consent.stop(case.session, case.conversation, how="text", now=case.now, at=(case.text.channel, case.text.sender))
    return "stopped"


def _third_party(case: Case) -> str:
    if case.person is not None:
        numbers.mark_other_answers(case.session, case.person.id, case.text.sender, now=case.now)
    _hand_over(case, "annan svarar")
    return "others"


def _wrong_number(case: Case) -> str:
    session, conversation, person = case.session, case.conversation, case.person
    if conversation.address != case.text.sender:
        # The talk goes on elsewhere: only the number that the text came from is struck.
        if person is not None and case.text.channel == "sms":
            numbers.strike(session, person, case.text.sender, why="fel nummer", now=case.now)
        return "struck"
    storage.messages.hold_back(session, conversation.id, acute.HELD, reason="wrong_person", now=case.now)
    gatherings.leave_all(session, conversation, case.write, now=case.now)
    _stand(case, "wrong_number")
    conversation.context = {"was": conversation.context["was"]}
    if case.booked():
        _wait(case, "fel nummer, men har en bokad tid")
    elif conversation.state == "wrong_number":
        conversation.waiting_since, conversation.waiting_why = None, ""
    if person is None:
        return "let_be"
    linking.forget(session, person, conversation, why="fel nummer", now=case.now)
    return "struck_booked" if case.booked() else "struck"


def _my_data(case: Case) -> str:
    person = case.person
    storage.tasks.ensure(case.session, Task(
        kind="my_data", person_id=person.id if person else None, conversation_id=case.conversation.id,
        office_id=person.office_id if person else None, why="frågar om sina uppgifter", created_at=case.now,
    ))  # fmt: skip
    _rest(case, case.now + INVITATIONS_PAUSED)
    _hand_over(case, "frågar om sina uppgifter")
    return "data"


def _no(case: Case) -> str:
    if case.booked():
        return _keeps_booking(case, "vill inte, men har en bokad tid")
    _stand(case, "declined")
    _rest(case, case.now + DECLINED_RESTS)
    return "declined"


def _later(case: Case) -> str:
    if case.booked():
        return _keeps_booking(case, "vill vänta, men har en bokad tid")
    _stand(case, "resting")
    _rest(case, quiet_hours.next_allowed(case.now + RESTS))
    return "rests"


def _occupied(case: Case) -> str:
    if case.booked():
        return _keeps_booking(case, "jobbar eller pluggar, men har en bokad tid")
    _stand(case, "occupied")
    if case.person is None:
        return "noted"
    # Whether it is work or studies stands in the text: whoever confirms says which.
    storage.tasks.add_outcome(case.session, Outcome(
        person_id=case.person.id, kind="other_measure", on=local_date(case.now), source=PROPOSED_BY,
        proposed_at=case.now,
    ))  # fmt: skip
    return "proposed"


def _yes(case: Case) -> str:
    if not case.booked():
        _stand(case, "offered")
        _rest(case, None)
    _wait(case, "vill ses")
    return "wants"


def _noted(_case: Case) -> str:
    return "noted"


def _for_humans(case: Case, meant: str) -> str:
    if meant in _HAND_OVER:
        _hand_over(case, _HAND_OVER[meant])
    else:
        _wait(case, _WAITS[meant])
    return "waits"


def _keeps_booking(case: Case, why: str) -> str:
    _wait(case, why)
    return "booked"


_EFFECTS: Mapping[str, Callable[[Case], str]] = {
    "crisis": _crisis, "opt_out": _opt_out, "third_party": _third_party, "wrong_number": _wrong_number,
    "my_data": _my_data, "no": _no, "later": _later, "occupied": _occupied, "yes": _yes, "thanks": _noted,
    "greeting": _noted, "unknown": _noted,
}  # fmt: skip


def _stand(case: Case, state: str) -> None:
    """Where the person stands; a talk that waits for a human, or for START, finds its place when it goes on."""
    conversation = case.conversation
    if conversation.state in ("human", "stopped"):
        conversation.resume_state = state
    elif conversation.state != "urgent":
        conversation.state, conversation.state_at = state, case.now


def _reached(case: Case) -> str:
    if case.person is None:
        return "invited"
    booking = storage.meetings.open_booking(case.session, case.person.id, after=case.now)
    return booking.state if booking is not None else "invited"


def _rest(case: Case, until: datetime | None) -> None:
    if case.person is not None:
        case.person.paused_until = until
        case.session.add(case.person)


def _wait(case: Case, why: str) -> None:
    conversation = case.conversation
    conversation.waiting_since, conversation.waiting_why = conversation.waiting_since or case.now, why


def _hand_over(case: Case, why: str) -> None:
    conversation = case.conversation
    if conversation.state not in ("human", "urgent", "stopped"):
        conversation.resume_state = conversation.state
        conversation.state, conversation.state_at = "human", case.now
    _wait(case, why)


# ------------------------------------------------------------------------------------------ may it be answered


def may_be_answered(case: Case, meant: str, rules: Rules) -> bool:
    """Whether the automatic service may still give the answer it would have given: the text is the latest, nobody has
    written since, and the gate would let an answer leave.
    """
    conversation = case.conversation
    if meant not in ANSWERED or conversation.held_by_id is not None or not can_step_back(case):
        return False
    written = storage.messages.of_conversation(case.session, conversation.id)
    if any(text.kind == "staff" and text.created_at >= case.text.received_at for text in written):
        return False
    verdict = gate.judge(_facts(case), gate_facts.rules_now(case.session, rules), case.now)
    return verdict.sends


def _facts(case: Case) -> Facts:
    session, conversation, person = case.session, case.conversation, case.person
    facts = Facts("reply", conversation.channel, conversation.address, person_known=False)
    if person is not None:
        facts = gate_facts.of_people(session, {person.id: person}, kind="reply", now=case.now)[person.id]
        facts.channel, facts.address = conversation.channel, conversation.address
    facts.stopped, facts.state = consent.is_stopped(session, conversation), conversation.state
    return facts
