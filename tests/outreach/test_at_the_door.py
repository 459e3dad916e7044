"""Who is recognised at the door, and what may happen between the password and the next step."""

from datetime import datetime

import pytest

import storage.staff
from outreach import access, sign_in_tries
from outreach.errors import BadInput
from storage.database import Database

EMAIL, PASSWORD = "sara@bjorkstad.example", "en lång mening att minnas"


@pytest.fixture
def sara(database: Database, now: datetime) -> str:
    with database.write() as session:
        access.new_staff(session, email=EMAIL, name="Sara Lind", password=PASSWORD, role="samordnare", office_id=None,
                         now=now)  # fmt: skip
    return EMAIL


def test_a_password_is_tried_without_writing(database: Database, sara: str, now: datetime) -> None:
    with database.write(), database.read() as session:
        assert access.recognise(session, sara, PASSWORD, now=now).email == sara
        with pytest.raises(BadInput):
            access.recognise(session, sara, "en annan mening", now=now)


def test_a_password_that_was_changed_meanwhile_opens_nothing(database: Database, sara: str, now: datetime) -> None:
    with database.read() as session:
        known = access.recognise(session, sara, PASSWORD, now=now)
    with database.write() as session:
        access.set_password(session, storage.staff.get(session, known.id), "en helt ny mening")

    with database.write() as session, pytest.raises(BadInput):
        access.let_on(session, known, now=now)


def test_many_guesses_at_once_do_not_get_past_the_lock(database: Database, sara: str, now: datetime) -> None:
    with database.read() as session:
        known = access.recognise(session, sara, PASSWORD, now=now)
    for _ in range(sign_in_tries.LOCK_AFTER):
        with database.write() as session:
            sign_in_tries.note_failure(session, sara, now=now)

    with database.write() as session, pytest.raises(BadInput, match="För många försök"):
        access.let_on(session, known, now=now)
