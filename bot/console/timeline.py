"""Everything that has happened with a person, newest first, from every table that knows something (ux §4.6)."""

from collections.abc import Collection, Iterator
from datetime import datetime

import storage.campaigns
import storage.cards
import storage.conversations
import storage.corrections
import storage.imports
import storage.inbound
import storage.meetings
import storage.messages
import storage.numbers
import storage.staff
import storage.tasks
from bot import shown
from bot.console import words
from bot.console.happening import Agreed, Event
from outreach import gate, in_words, phone_numbers
from storage.database import Session
from storage.people import Person

# What the timeline can be narrowed to.
GROUPS = (
    ("", "Allt"),
    ("texter", "Meddelanden"),
    ("moten", "Möten"),
    ("noterat", "Noterat"),
    ("uppgifter", "Uppgifter"),
)
SHORT = 40

_WHERE_FROM = {
    "new": "Kom med i en lista", "changed": "Ändrades av en lista", "missing": "Fanns inte med i en komplett lista",
}  # fmt: skip
_STOPPED_BY = {"text": "skrev det själv", "muntligt": "sade det till oss"}
# What the provider has told us of, by channel.
_TOLD_BY_PROVIDER = {"sms": "skrev STOP till leverantören", "telegram": "blockerade oss på Telegram"}
_CHANNELS = {"sms": "Sms", "telegram": "Telegram"}
STOPPED = {
    "sms": "Sade stopp till sms", "telegram": "Sade stopp till Telegram", "letter": "Vill inte ha post från oss",
}  # fmt: skip
STARTED = {
    "sms": "Skrev START: får ha kontakt igen", "telegram": "Öppnade chatten igen: får ha kontakt",
    "letter": "Vill ha post igen",
}  # fmt: skip


class Teller:
    """Tells what happened with one person; `closed_to` are others whom the reader may not read about (jäv)."""

    def __init__(self, session: Session, person: Person, now: datetime, closed_to: Collection[int] = ()) -> None:
        self._session = session
        self._person = person
        self._now = now
        self._closed_to = closed_to
        self._names = storage.staff.names(session)

    def everything(self) -> list[Event]:
        """Every event, newest first; of two at the same moment the one told last in the tables comes first."""
        sources = (
            self._imports(), self._numbers(), self._campaigns(), self._texts_out(), self._texts_in(), self._bookings(),
            self._attempts(), self._cards(), self._tasks(), self._outcomes(), self._stops(),
            Agreed(self._session, self._person, self._names, self._closed_to).everything(),
        )  # fmt: skip
        events = [event for source in sources for event in source]
        return sorted(events, key=lambda event: event.at)[::-1]

    def _who(self, staff_id: int | None, otherwise: str = "") -> str:
        return self._names.get(staff_id or 0, otherwise)

    def _imports(self) -> Iterator[Event]:
        for imported, run in storage.imports.of_person(self._session, self._person.id):
            fields = ", ".join(in_words.FIELDS.get(name, name) for name in imported.fields)
            told = fields if imported.result == "changed" else ""
            what = _WHERE_FROM.get(imported.result, "Fanns med i en lista")
            yield Event(run.imported_at, "uppgifter", what, self._who(run.staff_id), told)
            if run.undone_at is not None:
                yield Event(run.undone_at, "uppgifter", "Importen ångrades", self._who(run.undone_by_id))

    def _numbers(self) -> Iterator[Event]:
        for tie, number in storage.numbers.of_person(self._session, self._person.id):
            shown_number = phone_numbers.show(number.e164)
            yield Event(tie.found_at, "uppgifter", f"Nummer: {shown_number}", tie.found_by, f"Källa: {tie.source}")
            if tie.standing != "unverified":
                what = f"{shown_number}: {in_words.STANDINGS[tie.standing]}"
                yield Event(tie.standing_at, "uppgifter", what, note=tie.standing_why)

    def _campaigns(self) -> Iterator[Event]:
        for recipient, campaign in storage.campaigns.recipients_of_person(self._session, self._person.id):
            if recipient.withheld:
                why = gate.REASONS.get(recipient.withheld, recipient.withheld)
                yield Event(recipient.added_at, "texter", f"Fick inte utskicket ”{campaign.name}”", note=f"Skäl: {why}")

    def _texts_out(self) -> Iterator[Event]:
        for text in storage.messages.of_person(self._session, self._person.id):
            human = text.kind == "staff"
            what = f"{_CHANNELS[text.channel]} ut · {words.message(text, self._now)['text']}"
            yield Event(
                text.sent_at or text.created_at, "texter", what,
                self._who(text.staff_id) if human else "Automaten", text.text, side="from-us", id=f"m{text.id}",
            )  # fmt: skip

    def _texts_in(self) -> Iterator[Event]:
        conversation = storage.conversations.of_person(self._session, self._person.id)
        texts = storage.inbound.of_conversation(self._session, conversation.id) if conversation else ()
        corrected = storage.corrections.of_texts(self._session, [text.id for text in texts])
        for text in texts:
            meaning = words.read_as(text.intent)
            correction = corrected.get(text.id)
            notes = [f"Tolkat som: {meaning}"] if meaning else []
            notes += [words.correction(correction, self._names)] if correction else []
            yield Event(
                text.received_at, "texter", f"{_CHANNELS[text.channel]} in", self._person.first_name, text.text,
                note=". ".join(notes), side="from-youth", id=f"i{text.id}",
            )  # fmt: skip

    def _bookings(self) -> Iterator[Event]:
        for booking, slot in storage.meetings.bookings_of_person(self._session, self._person.id):
            when = f"{shown.date_text(slot.starts_at)} kl. {shown.time_text(slot.starts_at)}, {slot.place}"
            yield Event(booking.made_at, "moten", "Bokade en tid", self._who(booking.made_by_id), when)
            if booking.state != "booked":
                yield Event(booking.state_at, "moten", f"Möte: {in_words.BOOKINGS[booking.state].lower()}", "", when)

    def _attempts(self) -> Iterator[Event]:
        for attempt in storage.tasks.attempts(self._session, self._person.id):
            result = in_words.RESULTS.get(attempt.result, "")
            what = in_words.ATTEMPTS[attempt.kind] + (f" · {result}" if result else "")
            where = f"Källa: {attempt.source}" if attempt.source else ""
            yield Event(attempt.at, "noterat", what, self._who(attempt.staff_id), attempt.note, where)

    def _cards(self) -> Iterator[Event]:
        for card, batch in storage.cards.of_person(self._session, self._person.id):
            what = in_words.CARDS[batch.kind]
            if batch.sent_at is not None:
                yield Event(batch.sent_at, "noterat", f"{what} skickat", self._who(batch.sent_by_id), side="from-us")
            if card.returned_at is not None:
                note = "Adressen används inte förrän den är ändrad."
                yield Event(card.returned_at, "noterat", f"{what} kom i retur", note=note, side="attention")

    def _tasks(self) -> Iterator[Event]:
        for task in storage.tasks.of_person(self._session, self._person.id):
            what = in_words.TASKS[task.kind]
            yield Event(task.created_at, "noterat", f"Att göra: {what.lower()}", note=task.why, side="attention")
            if task.done_at is not None:
                yield Event(task.done_at, "noterat", f"Klart: {what.lower()}", self._who(task.done_by_id))

    def _outcomes(self) -> Iterator[Event]:
        for outcome in storage.tasks.outcomes(self._session, self._person.id):
            what = f"Utfall: {in_words.OUTCOMES[outcome.kind].lower()}, {outcome.on.isoformat()}"
            if outcome.confirmed_at is None:
                yield Event(outcome.proposed_at, "noterat", f"{what} (föreslaget av automaten)", "Automaten")
            else:
                yield Event(outcome.confirmed_at, "noterat", what, self._who(outcome.confirmed_by_id))

    def _stops(self) -> Iterator[Event]:
        for stop in storage.numbers.stops_of(self._session, self._person.id):
            how = _TOLD_BY_PROVIDER[stop.channel] if stop.how == "provider" else _STOPPED_BY.get(stop.how, stop.how)
            yield Event(stop.since, "texter", STOPPED[stop.channel], note=f"Personen {how}.", side="attention")
            if stop.until is not None:
                yield Event(stop.until, "texter", STARTED[stop.channel], self._person.first_name)
