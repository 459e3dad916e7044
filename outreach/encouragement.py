"""A few encouraging texts after a study start, to whoever has said yes to them (domain S39): one every second week, six
at most, and none after a stop, a no or a closing. The gate's cap on unanswered texts holds here too: whoever is silent
gets fewer.
"""

from datetime import datetime, timedelta

import storage.audit
import storage.conversations
import storage.offers
import storage.tasks
from outreach import consent, follow_ups, gate
from outreach.errors import Conflict
from storage.database import Session
from storage.offers import Encouragement
from storage.people import Person
from storage.staff import Staff

TEXTS = gate.ENCOURAGING
FIRST_AFTER, EVERY = timedelta(days=3), timedelta(days=14)


def begin(session: Session, person: Person, staff: Staff, *, now: datetime) -> Encouragement:
    """The person has said yes to such texts. Raises Conflict where they go already, or where nothing may be written."""
    if storage.offers.running(session, person.id) is not None:
        raise Conflict("Personen får redan sådana sms. Läs om sidan.")
    conversation = storage.conversations.of_person(session, person.id)
    if conversation is None or person.closed_at is not None or person.protected:
        raise Conflict("Vi kan inte skriva till personen: det finns inget samtal, eller så är hen avslutad.")
    if consent.is_stopped(session, conversation):
        raise Conflict("Personen har sagt stopp, så inget skickas.")
    series = Encouragement(
        person_id=person.id, begun_at=now, begun_by_id=staff.id, next_at=follow_ups.next_hour(now + FIRST_AFTER)
    )
    storage.audit.write(session, "encouragement_begun", now=now, staff_id=staff.id, person_id=person.id)
    return storage.offers.keep(session, series)


def may_begin(session: Session, person: Person) -> bool:
    """Whether it is worth asking: somebody has vouched that the person studies, and nothing speaks against a text."""
    studies = any(
        one.kind == "studies" and one.confirmed_at is not None
        for one in storage.tasks.outcomes(session, person.id)
    )  # fmt: skip
    return studies and person.closed_at is None and not person.protected


def end(session: Session, person: Person, staff: Staff, *, now: datetime) -> None:
    """The person wants no more of them. Raises Conflict where none go."""
    series = storage.offers.running(session, person.id)
    if series is None:
        raise Conflict("Det är redan avslutat. Läs om sidan.")
    storage.offers.end_series(session, series, "said_no", now=now)
    storage.audit.write(session, "encouragement_ended", now=now, staff_id=staff.id, person_id=person.id)
