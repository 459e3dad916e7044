"""One turn of a conversation: everything a handler needs, and the two things it can do: say something, and change
the state.
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import storage.campaigns
import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.offices
import storage.people
import storage.settings
import storage.staff
from bot.conversation import replies
from bot.conversation.understanding import Reading
from outreach import campaign_texts, delivery, meetings, own_texts, quiet_hours, spoken_time
from storage.campaigns import Invited
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Booking, Slot
from storage.messages import UNSENT, Said
from storage.numbers import PersonNumber
from storage.offices import Office
from storage.people import Person
from storage.staff import Staff

# A person who writes much gets answers, but no flood and no loop (ux §5.5).
REPLIES_AN_HOUR, REPLIES_A_DAY = 6, 12
ALWAYS_SAID = ("STOP-OK", "STOP-OK-B", "CRISIS-U18", "CRISIS-18", "CRISIS-X", "CRISIS-V", "WRONG-OK")
# A numbered question is answered by number for this long, then numbers mean nothing (ux §5.4 row 13).
QUESTION_HOLDS = timedelta(hours=72)


def restarted_key(conversation_id: int) -> str:
    """The setting that says when a practice phone's talk began anew."""
    return f"restarted-{conversation_id}"


@dataclass(slots=True)
class Turn:
    """What came in, from whom, and what it was read as. A turn gives at most one answer.

    `provider_did` is "stop" or "start" when the provider has done that, and confirmed it to the person, by itself.
    `link` is the mark of the link that a Telegram chat was opened by.
    """

    session: Session
    conversation: Conversation
    person: Person | None
    office: Office
    text: str
    reading: Reading
    now: datetime
    has_said: bool = False
    misses: int = 0
    provider_did: str = ""
    link: str = ""
    # What we know of the telephone number as the person's; None in a chat.
    tie: PersonNumber | None = None
    # The person's part in the campaign that this talk came of.
    invited_by: Invited | None = None
    _said: Sequence[Said] | None = None

    @property
    def context(self) -> dict[str, Any]:
        """The open question."""
        return self.conversation.context

    @property
    def asked(self) -> str:
        """The code of the question that is open, empty when none is or when it is too old to be answered by number."""
        asked_at = self.context.get("asked_at")
        if not asked_at or self.now - datetime.fromisoformat(asked_at) > QUESTION_HOLDS:
            return ""
        return str(self.context.get("asked", ""))

    def asked_before(self, moment: datetime) -> bool:
        """Whether the open question is no newer than this."""
        asked_at = self.context.get("asked_at")
        return asked_at is not None and datetime.fromisoformat(asked_at) <= moment

    @property
    def lang(self) -> str:
        """The language answers are given in."""
        return self.conversation.lang

    def move_to(self, state: str) -> None:
        """Change where the person stands."""
        if self.conversation.state != state:
            self.conversation.state, self.conversation.state_at = state, self.now

    def ask(self, code: str, **context: object) -> None:
        """Remember the question that is now open; it replaces the one before."""
        self.conversation.context = {"asked": code, "asked_at": self.now.isoformat(), **context}

    def settle(self) -> None:
        """No question is open any more."""
        self.conversation.context = {}

    def forget_misses(self) -> int:
        """How many texts in a row were not understood before this one; they count no more once one is."""
        misses = int(self.context.get("misses", 0))
        if misses:
            self.conversation.context = {key: value for key, value in self.context.items() if key != "misses"}
        return misses

    def say(self, code: str, *, kind: str = "reply", **values: object) -> None:
        """Answer with one of the texts of ux §5.6. Nothing is said twice in a row, and nothing beyond the limits."""
        self.say_text(self.render(code, **values), code, kind=kind)

    def render(self, code: str, **values: object) -> str:
        """One of the texts of ux §5.6, in the language of the talk, as the municipality words it."""
        return replies.render(code, self.lang, self.values(**values), own=self.own(code))

    def render_offer(self, code: str, count: int, **values: object) -> str:
        """As `render`, of a text that offers numbered times of which so many are free."""
        return replies.render_offer(code, self.lang, self.values(**values), count, self.own(code))

    def own(self, code: str) -> str:
        """The municipality's own wording of a text, empty where it has none."""
        return own_texts.of(self.session, code, replies.said_in(code, self.lang))

    def say_text(self, text: str, code: str, *, kind: str = "reply", times: Mapping[str, str] | None = None) -> None:
        """Answer with a finished text that goes by this code; `times` ({t1} ...) stand on its buttons."""
        if not self.conversation.introduced and kind == "reply":
            text = replies.automatic(text, self.lang)
        if self.has_said:
            return
        if not self._may_say(code, text):
            self.wait_for_human("automaten har sagt sitt")
            return
        self.conversation.introduced = self.conversation.introduced or kind == "reply"
        delivery.answer(
            self.session, self.conversation, text, kind=kind, text_code=code, now=self.now,
            buttons=self._buttons(code, times),
        )  # fmt: skip
        self.has_said = True

    def _buttons(self, code: str, times: Mapping[str, str] | None) -> Sequence[str]:
        if self.conversation.channel == "sms":
            return ()
        return replies.buttons(code, self.lang, self._open_times() if times is None else times)

    def _open_times(self) -> Mapping[str, str]:
        """The times of the open offer, as buttons and texts have them."""
        ids = self.context.get("options", []) if self.asked else []
        slots = storage.meetings.slots(self.session, ids)
        return {f"t{number}": replies.say_short(slot.starts_at, self.lang) for number, slot in enumerate(slots, 1)}

    def _may_say(self, code: str, text: str) -> bool:
        if code in ALWAYS_SAID:
            return True
        last = self.last
        if last is not None and last.text == text and not self._begun_since(last.created_at):
            return False
        return self.has_room()

    def has_room(self) -> bool:
        """Whether one more automatic answer is within the limits."""
        return self._has_room(timedelta(hours=1), REPLIES_AN_HOUR) and self._has_room(timedelta(days=1), REPLIES_A_DAY)

    def _has_room(self, length: timedelta, most: int) -> bool:
        since = self.now - length
        if self._answers_since(since) < most:
            return True
        began = self._began()
        return began is not None and self._answers_since(max(since, began)) < most

    def _answers_since(self, moment: datetime) -> int:
        return sum(one.kind == "reply" and one.created_at >= moment for one in self._heard)

    @property
    def last(self) -> Said | None:
        """The latest text they were given before this turn that has not been cancelled."""
        return next((one for one in self._heard if one.state not in UNSENT), None)

    def take_back(self, kind: str, *, reason: str) -> None:
        """Cancel what of this kind waits for them in the queue; it has not been said."""
        if any(one.state == "queued" for one in self._heard):
            storage.messages.hold_back(self.session, self.conversation.id, (kind,), reason=reason, now=self.now)
            self._said = None

    @property
    def _heard(self) -> Sequence[Said]:
        # Asked once a turn: what is said in the turn itself is `has_said`.
        if self._said is None:
            day = self.now - timedelta(days=1)
            self._said = storage.messages.said_to(self.session, self.conversation.id, day)
        return self._said

    def _begun_since(self, moment: datetime) -> bool:
        began = self._began()
        return began is not None and began >= moment

    def _began(self) -> datetime | None:
        # A practice phone that has been reset begins anew; asked for only where the past would keep us silent.
        written = storage.settings.read(self.session, restarted_key(self.conversation.id))
        return datetime.fromisoformat(written) if written else None

    def wake(self) -> None:
        """The person wants to meet: whatever rest was agreed is over."""
        if self.person is not None:
            self.person.paused_until = None

    def wait_for_human(self, why: str) -> None:
        """Somebody must read this; the wait is counted from the first text nobody has answered."""
        if self.conversation.waiting_since is None:
            self.conversation.waiting_since = self.now
        self.conversation.waiting_why = why

    def hand_over(self, why: str) -> None:
        """From now on a human answers; the automatic service comes back only when it is given the talk again."""
        if self.conversation.state not in ("human", "urgent"):
            self.conversation.resume_state = self.conversation.state
        self.move_to("human")
        self.wait_for_human(why)

    def values(self, **own: object) -> Mapping[str, object]:
        """What every text may name: the office, who answers, and when. A text's `own` values come before these."""
        opening = quiet_hours.weekdays(self.office.opens, self.office.closes)
        on_demand = replies.OnDemand({
            "namn": self._name, "plats": self._place,
            "svarstid": lambda: quiet_hours.answer_promise(
                self.now, opening, lang=spoken_time.known(self.lang)
            ),
            "svar_senast": lambda: spoken_time.say_in_figures(quiet_hours.answered_by(self.now, opening)),
            "kalla": lambda: replies.source(self._source(), self.lang),
        })  # fmt: skip
        return ChainMap(own, on_demand, campaign_texts.office_values(self.office))  # type: ignore[arg-type]

    def _name(self) -> str:
        answering = self.answering()
        return answering.first_name if answering else self.office.sender_name

    def answering(self) -> Staff | None:
        """The member of staff who reads the answers: who has the talk, else who is responsible, else a coordinator."""
        held = self.conversation.held_by_id or (self.person.responsible_id if self.person else None)
        found = storage.staff.find(self.session, held)
        if found is not None:
            return found
        coordinators = storage.staff.with_role(self.session, "samordnare", self.office.id, on=local_date(self.now))
        return coordinators[0] if coordinators else None

    def booking(self) -> tuple[Booking, Slot] | None:
        """The person's next standing meeting, until an hour after it began."""
        if self.person is None:
            return None
        booking = storage.meetings.open_booking(self.session, self.person.id, after=self.now - timedelta(hours=1))
        return (booking, storage.meetings.slot(self.session, booking.slot_id)) if booking else None

    def context_campaign(self) -> int | None:
        """The campaign this talk came of, for its results."""
        return self.invited_by.campaign_id if self.invited_by is not None else None

    def meeting_values(self, slot: Slot) -> dict[str, str]:
        """What a text about a meeting may name (ux §5.2: who by first name, when, where)."""
        return {
            "namn": meetings.who_meets(self.session, slot) or self._name(),
            "plats": slot.place,
            "tid": replies.say_time(slot.starts_at, self.lang),
            "tid_kort": replies.say_short(slot.starts_at, self.lang),
            "kl": replies.say_clock(slot.starts_at),
        }

    def _place(self) -> str:
        places = storage.offices.places(self.session, self.office.id)
        open_places = [place.name for place in places if not place.sensitive]
        return open_places[0] if open_places else self.office.sender_name

    def _source(self) -> str:
        if self.person is None:
            return ""
        ties: Sequence[Any] = storage.numbers.of_person(self.session, self.person.id)
        return next((tie.source for tie, number in ties if number.e164 == self.conversation.address), "")
