"""The calendar feed as other programs read it (RFC 5545), and who may."""

from datetime import UTC, datetime

from builders import a_booking, a_person, a_slot, a_staff

from outreach import calendar_feed
from storage.database import Session

# The day before and the day after clocks go back (25 October 2026), both at 14 on the wall.
SUMMER, WINTER = datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 13, tzinfo=UTC)


def test_the_hour_is_the_walls_in_words_and_utc_in_figures(session: Session) -> None:
    staff, now = a_staff(session), datetime(2026, 10, 20, 8, tzinfo=UTC)
    for at in (SUMMER, WINTER):
        a_booking(session, a_person(session, "Leila"), a_slot(session, at, staff=staff, place="Hallen"))
    secret = calendar_feed.turn_on(session, staff, now=now)

    text = calendar_feed.read(session, secret, now=now)

    assert text is not None
    assert text.count("SUMMARY:Möte 14.00\r\n") == 2
    assert "DTSTART:20261024T120000Z\r\n" in text
    assert "DTSTART:20261026T130000Z\r\n" in text
    assert "DTEND:20261026T134500Z\r\n" in text


def test_lines_end_and_are_folded_as_the_standard_says(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    slot = a_slot(session, now, staff=staff)
    slot.code = "å" * 90
    a_booking(session, a_person(session), slot)
    secret = calendar_feed.turn_on(session, staff, now=now)

    text = calendar_feed.read(session, secret, now=now)

    assert text is not None
    lines = text.split("\r\n")
    assert "\n" not in "".join(lines)
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert max(len(line.encode()) for line in lines) <= 75
    assert f"UID:{'å' * 90}@brygga" in text.replace("\r\n ", "")


def test_only_own_bookings_that_stand_and_nobody_named(session: Session, now: datetime) -> None:
    staff, other = a_staff(session), a_staff(session, name="Amina Ek")
    a_slot(session, now, staff=staff)
    a_booking(session, a_person(session), a_slot(session, now, staff=other))
    a_booking(session, a_person(session), a_slot(session, now, staff=staff), state="cancelled")
    a_booking(session, a_person(session, "Leila", "Amari"), a_slot(session, now, staff=staff, place="Hallen"))
    secret = calendar_feed.turn_on(session, staff, now=now)

    text = calendar_feed.read(session, secret, now=now)

    assert text is not None
    assert text.count("BEGIN:VEVENT") == 1
    assert not any(word in text for word in ("Leila", "Amari", "Hallen", "Sara", "Lind"))


def test_a_secret_opens_nothing_once_it_is_renewed_off_or_its_owner_has_left(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    first = calendar_feed.turn_on(session, staff, now=now)
    second = calendar_feed.turn_on(session, staff, now=now)
    assert calendar_feed.read(session, first, now=now) is None
    assert calendar_feed.read(session, second, now=now) is not None

    staff.left_at = now
    assert calendar_feed.read(session, second, now=now) is None
    staff.left_at = None
    calendar_feed.turn_off(session, staff, now=now)
    assert calendar_feed.read(session, second, now=now) is None
