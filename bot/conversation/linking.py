"""Telegram in the dialogue: the link asked for by SMS, the chat that opens it, the first name that must be confirmed
before the two are tied (ux §5.8).
"""

import storage.conversations
import storage.offices
from bot.conversation.turn import Turn
from outreach import consent, linking, phone_numbers
from outreach.errors import BadInput
from storage.people import Person

# "Är du Leila?" answered with any of these: the chat is somebody else's.
_NOT_ME = ("no", "wrong_number", "third_party")
# These are acted on whatever was asked, and whether or not Telegram is on.
_FIRST = ("crisis", "opt_out")


def is_off(turn: Turn) -> bool:
    """Whether somebody writes on Telegram to an office that has not turned it on: then only humans answer."""
    return turn.conversation.channel == linking.TELEGRAM and not linking.is_on(turn.session, turn.office.id)


def offer(turn: Turn) -> bool:
    """TG-LINK to somebody we know who asks by SMS. False where Telegram is off, or not for this person."""
    if turn.conversation.channel == linking.TELEGRAM:
        turn.say("TG")
        return True
    if turn.person is None:
        return False
    code = linking.new_code(turn.session, turn.person, turn.conversation.address, now=turn.now)
    if code is None:
        return False
    turn.say("TG-LINK", bot=linking.bot_name(turn.session), kod=code)
    return True


def hears(turn: Turn) -> bool:
    """Whether the text was about the chat itself (Start, a link, the question of the name, a number), and is done.

    Danger and stop are none of these, nor is anything said in an acute state.
    """
    conversation = turn.conversation
    if conversation.channel != linking.TELEGRAM or conversation.state == "urgent" or turn.reading.intent in _FIRST:
        return False
    conversation.last_inbound_at = turn.now
    if is_off(turn):
        turn.wait_for_human("Telegram är avstängt för kontoret")
    elif turn.link:
        _opened(turn)
    elif turn.text == linking.START:
        _start(turn)
    else:
        return _names(turn) or _gives_number(turn)
    return True


def _opened(turn: Turn) -> None:
    if turn.asked == "TG-NAME" and turn.context.get("mark") == turn.link:
        # Start was pressed twice: the question of the name stands on the screen.
        return
    known = turn.person
    person = linking.use_code(turn.session, turn.link, turn.conversation.address, now=turn.now)
    if person is None:
        _start(turn, too_old=True)
    elif known is None:
        _ask_name(turn, person)
    elif known.id == person.id:
        _start(turn)
    else:
        # Two people at one chat: who they are is not for a machine to settle.
        linking.refuse(turn.session, person, why="chatten är någon annans", now=turn.now)
        turn.say("HUMAN")
        turn.hand_over("öppnade en länk som gjordes för någon annan")


def _ask_name(turn: Turn, person: Person) -> None:
    talk = storage.conversations.of_person(turn.session, person.id)
    turn.conversation.lang = talk.lang if talk is not None else turn.conversation.lang
    consent.start(turn.session, turn.conversation, now=turn.now)
    turn.say("TG-NAME", fornamn=person.first_name)
    turn.ask("TG-NAME", mark=turn.link)


def _start(turn: Turn, *, too_old: bool = False) -> None:
    """Start, without a link or with one that holds no longer: a welcome, and the end of a stop where one stood."""
    began = consent.start(turn.session, turn.conversation, now=turn.now)
    if turn.conversation.held_by_id is not None or turn.conversation.state == "human":
        turn.wait_for_human("öppnade chatten igen")
    elif too_old:
        turn.say_text(f"{turn.render('TG')}\n\n{turn.render('TG-OLD')}", "TG-OLD")
    elif began:
        turn.say("START-OK")
        turn.ask("START-OK")
    else:
        turn.say("TG")


def _names(turn: Turn) -> bool:
    if turn.person is not None or turn.asked != "TG-NAME":
        return False
    person = linking.opened_for(turn.session, turn.context["mark"], turn.conversation.address, now=turn.now)
    says_name = person is not None and turn.text.strip(" .!").casefold() == person.first_name.casefold()
    if turn.reading.intent == "yes" or says_name:
        _is_me(turn, person)
    elif turn.reading.intent in _NOT_ME:
        _is_not_me(turn, person)
    else:
        return False
    return True


def _is_me(turn: Turn, person: Person | None) -> None:
    turn.settle()
    talk = linking.tie(turn.session, person, turn.conversation, now=turn.now) if person is not None else None
    if person is None or talk is None:
        _start(turn, too_old=True)
        return
    turn.conversation, turn.person = talk, person
    if person.office_id is not None:
        turn.office = storage.offices.get(turn.session, person.office_id)
    turn.say("TG")


def _is_not_me(turn: Turn, person: Person | None) -> None:
    turn.settle()
    if person is not None:
        linking.refuse(turn.session, person, why="sade nej till namnet", now=turn.now)
    turn.say("TG")
    turn.wait_for_human("sade nej till namnet i länken")


def _gives_number(turn: Turn) -> bool:
    """A telephone number from an anonymous chat: for a human to look at, never a tie by itself (ux §5.5)."""
    if turn.person is not None or not _is_number(turn.text):
        return False
    turn.say("HUMAN")
    turn.hand_over("har gett sitt nummer")
    return True


def _is_number(text: str) -> bool:
    try:
        return bool(phone_numbers.normalise(text))
    except BadInput:
        return False
