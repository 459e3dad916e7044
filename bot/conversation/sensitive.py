"""The meanings where care comes before everything: crisis, stop, wrong number, somebody else, own data, a tough
time.
"""

from datetime import timedelta

import storage.audit
import storage.conversations
import storage.messages
import storage.signups
import storage.tasks
from bot.conversation import gathering_texts, languages, replies
from bot.conversation.turn import Turn
from outreach import acute, alerts, consent, gatherings, help_lines, linking, numbers
from storage.local_time import age, local_date
from storage.meetings import Slot
from storage.tasks import Task

INVITATIONS_PAUSED = timedelta(days=30)


def number_answered(turn: Turn) -> None:
    """Whoever answers as the person confirms that the number is theirs."""
    if turn.tie is not None:
        numbers.answered(turn.session, turn.tie, now=turn.now)


def crisis(turn: Turn) -> None:
    """Danger to life: help lines at once, everything automatic held, the one on duty told. Once; then only humans."""
    if turn.conversation.state != "urgent":
        turn.say_text(_crisis_text(turn), _crisis_code(turn), kind="crisis")
    acute.begin(turn.session, turn.conversation, office_id=turn.office.id, now=turn.now)
    if "opt_out" in turn.reading.also:
        consent.stop(turn.session, turn.conversation, how="text", now=turn.now)


def _crisis_code(turn: Turn) -> str:
    if turn.reading.kind == "violence":
        return "CRISIS-V"
    if turn.person is None or turn.person.birth_date is None:
        return "CRISIS-X"
    return "CRISIS-U18" if age(turn.person.birth_date, local_date(turn.now)) < 18 else "CRISIS-18"


def _crisis_text(turn: Turn) -> str:
    # Only whoever is really told at once may be promised.
    told = next((one.staff.first_name for one in alerts.reachable(turn.session, turn.now)), "")
    values = turn.values(namn=told) if told else turn.values()
    code = _crisis_code(turn)
    return replies.crisis(
        code, turn.lang, values, somebody_on_duty=bool(told),
        numbers=help_lines.changed_numbers(turn.session), own=turn.own(code),
    )  # fmt: skip


def opt_out(turn: Turn) -> None:
    """Stop: nothing more in this channel, one confirmation, at any hour. A second stop gets no second confirmation, nor
    does one that the provider has confirmed.
    """
    slot, why = _stays_booked(turn)
    how = "provider" if turn.provider_did else "text"
    if not consent.stop(turn.session, turn.conversation, how=how, now=turn.now):
        return
    if slot is not None:
        turn.wait_for_human(why)
    if turn.provider_did:
        return
    if slot is None:
        turn.say("STOP-OK", kind="stop_confirmation")
    else:
        turn.say("STOP-OK-B", kind="stop_confirmation", **turn.meeting_values(slot))


def _stays_booked(turn: Turn) -> tuple[Slot | None, str]:
    """The time that stands although nothing more is said of it: a meeting of one's own, else a place at a dialog
    meeting. Whoever only stands in line has none; a place that is offered them goes to the next by itself.
    """
    booked = turn.booking()
    if booked is not None:
        return booked[1], "stopp, men har en bokad tid"
    standing = storage.signups.standing(turn.session, turn.conversation.id, after=turn.now)
    place = next((slot for signup, slot in standing if signup.state == "signed_up"), None)
    return place, "stopp, men är anmäld till en träff"


def opt_in(turn: Turn) -> None:
    """START: the person wants texts again. The provider's own word of welcome is enough where it has given one."""
    consent.start(turn.session, turn.conversation, now=turn.now)
    if turn.conversation.held_by_id is not None or turn.conversation.state == "human":
        turn.wait_for_human("vill ha sms igen")
        return
    if not turn.provider_did:
        turn.say("START-OK")
    turn.ask("START-OK")


def wrong_number(turn: Turn) -> None:
    """Somebody else has this number: apologise once, strike it for the person, look for another."""
    # After an acute state the talk may stand elsewhere although a stop holds.
    if turn.conversation.state != "stopped" and not consent.is_stopped(turn.session, turn.conversation):
        turn.say("WRONG-OK", kind="stop_confirmation")
    storage.messages.hold_back(turn.session, turn.conversation.id, acute.HELD, reason="wrong_person", now=turn.now)
    gatherings.leave_all(turn.session, turn.conversation, gathering_texts.write, now=turn.now)
    turn.settle()
    turn.move_to("wrong_number")
    turn.conversation.waiting_since = None
    if turn.booking() is not None:
        # The seat is kept for somebody we can no longer reach: a human decides.
        turn.wait_for_human("fel nummer, men har en bokad tid")
    _forget_address(turn, why="fel nummer")


def _forget_address(turn: Turn, *, why: str) -> None:
    if turn.person is not None:
        linking.forget(turn.session, turn.person, turn.conversation, why=why, now=turn.now)


def third_party(turn: Turn) -> None:
    """A parent, a partner, a friend answers: nothing about whom we look for, or why; a human reads it."""
    turn.say("THIRD")
    if turn.person is not None:
        numbers.mark_other_answers(turn.session, turn.person.id, turn.conversation.address, now=turn.now)
    turn.hand_over("annan svarar")


def my_data(turn: Turn) -> None:
    """Asks about own data, or wants it gone: a task with a deadline; RADERA strikes the number at once."""
    turn.say("DATA")
    _task(turn, "my_data", "frågar om sina uppgifter")
    if turn.person is not None:
        turn.person.paused_until = turn.now + INVITATIONS_PAUSED
        if turn.reading.kind == "delete":
            _forget_address(turn, why="bad om radering")
    turn.hand_over("frågar om sina uppgifter")


def struggling(turn: Turn) -> None:
    """A tough time without acute danger: thanks, a number to call, and a human today; it never becomes a status
    field.
    """
    numbers = help_lines.changed_numbers(turn.session)
    text = replies.render("HURT", turn.lang, turn.values(), numbers=numbers, own=turn.own("HURT"))
    turn.say_text(text, "HURT")
    turn.hand_over(storage.conversations.TOUGH_WHY)


def abuse(turn: Turn) -> None:
    """The first insult gets a way out; a second gets silence. Human eyes in both cases."""
    said = storage.messages.has_said(turn.session, turn.conversation.id, "ABUSE-1")
    if not said:
        turn.say("ABUSE-1")
    turn.wait_for_human("arg eller ledsen")


def other_language(turn: Turn) -> None:
    """English at once; any other language is asked about, then a human and an interpreter take over."""
    if turn.reading.kind == "english":
        turn.conversation.lang = "en"
        turn.say("WHO" if "who" in turn.reading.also else "HI")
        return
    languages.ask(turn)


def _task(turn: Turn, kind: str, why: str) -> None:
    person_id = turn.person.id if turn.person else None
    task = Task(kind=kind, person_id=person_id, conversation_id=turn.conversation.id, office_id=turn.office.id, why=why,
                created_at=turn.now)  # fmt: skip
    storage.tasks.ensure(turn.session, task)
