"""Invented people and things over real storage, for every test: plain functions, each with a default for all it can.

Telephone numbers are those kept free for fiction (070-174 06 05-06 99); nobody here exists.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from fastapi.testclient import TestClient
from httpx import Response

import storage.conversations
import storage.inbound
import storage.meetings
import storage.messages
import storage.numbers
import storage.offices
import storage.people
import storage.staff
import storage.tasks
from bot.requests import COOKIE
from outreach import access
from storage.conversations import Conversation
from storage.database import Database, Session
from storage.inbound import InboundText
from storage.meetings import Booking, Slot
from storage.messages import Message
from storage.numbers import PersonNumber
from storage.offices import Office, Place
from storage.people import Person, ProgrammeMembership
from storage.staff import Staff, StaffRole
from storage.tasks import Task

NOW = datetime.fromisoformat("2026-11-24T12:04:00+00:00")
# Skatteverket's test numbers; the birth dates are theirs.
PERSONNUMMER = ("200709062384", "201007092396", "201001122397")

_turns = count(1)


def an_office(session: Session, name: str = "Unga Norr", **more: object) -> Office:
    """An office with an open place; the same one when it is asked for again."""
    known = storage.offices.by_name(session, name)
    if known is not None:
        return known
    office = storage.offices.add(
        session,
        Office(name=name, sender_name="Unga Björkstad", phone="08-465 004 11", switchboard="08-465 004 10",
               website="bjorkstad.se/unga", **more),
    )  # fmt: skip
    session.add(Place(office_id=office.id, name="Ungdomens hus"))
    session.flush()
    return office


def a_staff(
    session: Session, role: str = "samordnare", *, name: str = "Sara Lind", office: Office | None = None
) -> Staff:  # fmt: skip
    """A member of staff with a role in an office (Unga Norr unless told); no office means all of them for a head."""
    office = office or an_office(session)
    staff = storage.staff.add(
        session,
        Staff(email=f"{role}{next(_turns)}@bjorkstad.example", name=name, totp_sealed="", created_at=NOW),
    )
    storage.staff.give_role(session, StaffRole(staff_id=staff.id, office_id=office.id, role=role))
    return staff


def a_person(
    session: Session, first_name: str = "Leila", last_name: str = "Amari", *, born: date = date(2008, 5, 14),
    office: Office | None = None, programme: str = "kaa", mobile: str = "", identity: str = "", now: datetime = NOW,
    **more: object,
) -> Person:  # fmt: skip
    """A young person in a programme, with a mobile where one is given ("05" means 070-174 06 05)."""
    office = office or an_office(session)
    fields = {"district": "Hallen", "source": "lista", **more}
    person = Person(
        first_name=first_name, last_name=last_name, birth_date=born, office_id=office.id, created_at=now,
        changed_at=now, **fields,
    )  # fmt: skip
    if identity:
        storage.people.set_identity(session, person, identity, "personnummer")
    storage.people.add(session, person)
    session.add(
        ProgrammeMembership(person_id=person.id, programme=programme, rule_version="test", valid_from=date(2026, 1, 1))
    )
    session.flush()
    if mobile:
        a_number(session, person, mobile, now=now)
    return person


def e164(ending: str) -> str:
    """+46701740605 of "05": a whole number is given back as it is."""
    return ending if ending.startswith("+") else f"+467017406{ending}"


def a_number(
    session: Session, person: Person, ending: str = "05", *, kind: str = "mobile", standing: str = "unverified",
    now: datetime = NOW, **more: object,
) -> PersonNumber:  # fmt: skip
    """A number of the person's."""
    number = storage.numbers.intern(session, e164(ending), kind)
    return storage.numbers.link(
        session,
        PersonNumber(
            person_id=person.id, number_id=number.id, standing=standing, found_at=now, standing_at=now, **more
        ),
    )


def a_talk(
    session: Session, person: Person | None = None, *, address: str = "05", state: str = "invited",
    waits: timedelta | None = None, why: str = "", now: datetime = NOW, **more: object,
) -> Conversation:  # fmt: skip
    """A conversation; `waits` is how long somebody has waited for a human, `why` the reason the service gave."""
    fields = {"channel": "sms", "lang": "sv", **more}
    return storage.conversations.keep(
        session,
        Conversation(
            person_id=person.id if person else None, address=e164(address), state=state, state_at=now,
            waiting_since=now - waits if waits is not None else None, waiting_why=why, **fields,
        ),
    )  # fmt: skip


def a_text_in(
    session: Session, talk: Conversation, text: str, *, intent: str = "unknown", at: datetime = NOW
) -> InboundText:  # fmt: skip
    """A text that came in and has been read."""
    row = InboundText(
        channel=talk.channel, provider_id=f"in-{next(_turns)}", sender=talk.address, text=text, received_at=at,
        handled_at=at, conversation_id=talk.id, intent=intent,
    )  # fmt: skip
    session.add(row)
    session.flush()
    talk.last_inbound_at = at
    return row


def a_text_out(
    session: Session, talk: Conversation, text: str = "Hej!", *, kind: str = "reply", state: str = "queued",
    at: datetime = NOW, **more: object,
) -> Message:  # fmt: skip
    """A text of ours in whatever state."""
    sent = at if state in ("sent", "delivered") else None
    fields = {"send_after": at, **more}
    return storage.messages.add(
        session,
        Message(
            kind=kind, channel=talk.channel, address=talk.address, text=text, person_id=talk.person_id,
            conversation_id=talk.id, state=state, created_at=at, sent_at=sent, state_at=at, **fields,
        ),
    )  # fmt: skip


def a_slot(
    session: Session, starts_at: datetime, *, office: Office | None = None, staff: Staff | None = None,
    place: str = "Ungdomens hus", seats: int = 1, minutes: int = 45, **more: object,
) -> Slot:  # fmt: skip
    """A time that can be booked."""
    office = office or an_office(session)
    slot = Slot(
        office_id=office.id, staff_id=staff.id if staff else None, place=place, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes), **more,
    )  # fmt: skip
    return storage.meetings.add_slot(session, slot, seats)


def a_booking(
    session: Session, person: Person, slot: Slot, *, state: str = "booked", at: datetime | None = None
) -> Booking:  # fmt: skip
    """A booked seat, also at a time that has been (`meetings.book` would refuse that)."""
    at = at or slot.starts_at - timedelta(days=1)
    seat = storage.meetings.claim_seat(session, slot.id, person.id, now=at)
    assert seat is not None
    booking = Booking(seat_id=seat.id, slot_id=slot.id, person_id=person.id, state=state, made_at=at, state_at=at)
    return storage.meetings.add_booking(session, booking, [])


def a_task(session: Session, person: Person, kind: str = "ring", *, why: str = "", at: datetime = NOW) -> Task:
    """Something somebody must do."""
    return storage.tasks.ensure(
        session, Task(kind=kind, person_id=person.id, office_id=person.office_id, why=why, created_at=at)
    )


@dataclass
class Browser:
    """Somebody signed in, with the token that their forms carry."""

    client: TestClient
    staff: Staff
    csrf: str
    token: str

    def get(self, address: str) -> Response:
        """Read a page; redirects are shown, not followed."""
        self._be()
        return self.client.get(address)

    def post(self, address: str, *, on: str = "", **fields: object) -> Response:
        """Send a form, as a browser without scripts does; `on` is the page that the form stands on."""
        self._be()
        headers = {"referer": f"{self.client.base_url}{on}"} if on else {}
        return self.client.post(address, data={"csrf": self.csrf} | fields, headers=headers)

    def see(self, address: str) -> str:
        """The words of a page that must be there."""
        answer = self.get(address)
        assert answer.status_code == 200, (answer.status_code, address)
        return answer.text

    def _be(self) -> None:
        self.client.cookies.set(COOKIE, self.token)


def signed_in(client: TestClient, database: Database, staff: Staff, *, now: datetime = NOW) -> Browser:
    """The browser, signed in as this member of staff. Several people may take turns at one client."""
    with database.write() as session:
        token = access.open_session(session, staff, now=now)
        row = access.find_session(session, token, now=now)
        assert row is not None
    return Browser(client, staff, row.csrf, token)
