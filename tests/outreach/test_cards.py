"""Who gets a postcard, what becomes of it, and the cards that come back."""

import io
import re
import zipfile
from datetime import date, datetime, timedelta

import pytest
from builders import NOW, a_staff, an_office
from card_desk import WORDS, at_home, codes, made, on_step, planned, sent
from python_calamine import CalamineWorkbook

import storage.audit
import storage.cards
import storage.ladders
import storage.numbers
import storage.tasks
from outreach import card_files, card_texts, cards, programmes
from outreach.card_texts import Words
from outreach.errors import BadInput, Conflict, NotFound
from storage.database import Session
from storage.numbers import Stop


@pytest.fixture(autouse=True)
def rules(session: Session) -> None:
    """The programme rules of a fresh installation."""
    programmes.ensure_defaults(session, NOW)


# ------------------------------------------------------------------------------------------------------------- who


def test_whoever_stands_on_the_ladders_step_is_chosen(session: Session) -> None:
    due, later, ringing = (at_home(session, name) for name in ("Leila", "Omar", "Tova"))
    on_step(session, due)
    on_step(session, later, due=NOW + timedelta(days=3))
    on_step(session, ringing, "ring")

    assert cards.on_their_step(session, an_office(session), "first", NOW) == [due.id]
    assert cards.on_their_step(session, an_office(session), "closing", NOW) == []


def test_a_closing_card_goes_to_those_on_its_own_step(session: Session) -> None:
    person = at_home(session)
    on_step(session, person, "closing_card")

    assert cards.on_their_step(session, an_office(session), "closing", NOW) == [person.id]


REFUSED = [
    ({"street": ""}, "address"),
    ({"town": " "}, "address"),
    ({"postcode": "1234"}, "address"),
    ({"postcode": "0150 Oslo"}, "address"),
    ({"closed_at": NOW, "closed_reason": "avliden"}, "closed"),
    ({"closed_at": NOW, "closed_reason": "flyttat"}, "closed"),
    ({"born": date(2010, 11, 25)}, "age"),
    ({"born": None}, "age_unknown"),
    ({"born": date(1990, 1, 1)}, "programme"),
    ({"paused_until": NOW + timedelta(days=1)}, "paused"),
]


@pytest.mark.parametrize(("facts", "reason"), REFUSED)
def test_nobody_gets_a_card_who_must_not(session: Session, facts: dict[str, object], reason: str) -> None:
    person = at_home(session, **facts)

    plan = planned(session, person)

    assert plan.getting == []
    assert [one.id for one in plan.withheld[reason]] == [person.id]


def test_the_sixteenth_birthday_is_early_enough(session: Session) -> None:
    assert planned(session, at_home(session, born=date(2010, 11, 24))).getting


def test_somebody_who_wants_no_post_gets_no_card(session: Session) -> None:
    person = at_home(session)
    storage.numbers.stop(session, Stop(channel="letter", address="", person_id=person.id, since=NOW, how="muntligt"))

    assert list(planned(session, person).withheld) == ["letters"]


def test_a_stop_to_texts_is_no_stop_to_cards(session: Session) -> None:
    person = at_home(session)
    storage.numbers.stop(session, Stop(channel="sms", address="+46701740605", person_id=person.id, since=NOW))

    assert planned(session, person).getting


def test_somebody_of_another_office_is_left_out(session: Session) -> None:
    person = at_home(session, office=an_office(session, "Unga Söder"))

    assert list(planned(session, person).withheld) == ["office"]


def test_a_protected_person_is_in_no_plan_at_all(session: Session) -> None:
    plan = planned(session, at_home(session, protected=True))

    assert (plan.getting, plan.withheld) == ([], {})


def test_nobody_gets_a_second_card_while_the_first_waits_or_is_new(session: Session) -> None:
    person = at_home(session)
    batch = made(session, person)
    assert list(planned(session, person).withheld) == ["waiting"]

    yesterday = NOW - timedelta(days=1)
    cards.send(session, batch, an_office(session), a_staff(session), on=yesterday, now=NOW)

    assert list(planned(session, person).withheld) == ["recent"]


def test_nobody_is_contacted_twice_in_a_day(session: Session) -> None:
    person = at_home(session)
    session.add(storage.tasks.Attempt(person_id=person.id, kind="call", result="no_answer", at=NOW))

    assert list(planned(session, person).withheld) == ["today"]


def test_the_address_is_set_for_swedish_post(session: Session) -> None:
    person = at_home(session, care_of="C/O: Familjen Berg", postcode="SE-123 45", town="örebro")

    lines = cards.address_lines(planned(session, person).getting[0])

    assert lines == ["Leila Amari", "c/o Familjen Berg", "Björkvägen 3", "123 45 ÖREBRO"]


def test_the_words_are_kept_for_the_next_time(session: Session) -> None:
    made(session, at_home(session))

    assert card_texts.chosen(session, an_office(session), "first") == WORDS
    assert card_texts.chosen(session, an_office(session), "closing").return_address == WORDS.return_address


# ------------------------------------------------------------------------------------------------------------ batches


def test_every_card_has_a_random_code_of_its_own(session: Session) -> None:
    batch = made(session, *(at_home(session, name) for name in ("Leila", "Omar", "Tova")))

    found = codes(session, batch)

    assert len(set(found)) == 3
    assert all(re.fullmatch("[23456789bcdfghjkmnpqrstvwxz]{14}", code) for code in found)


def test_a_double_press_makes_no_second_batch(session: Session) -> None:
    person, key = at_home(session), "bcdfghjkmnpqrs"

    assert made(session, person, code=key) is made(session, person, code=key)
    assert [tally.made for tally in storage.cards.batches(session, [an_office(session).id])] == [1]


def test_a_second_form_about_the_same_people_makes_nothing(session: Session) -> None:
    person = at_home(session)
    made(session, person)

    with pytest.raises(BadInput):
        made(session, person)


def test_cards_with_words_that_are_stopped_are_not_made(session: Session) -> None:
    person, words = at_home(session), Words("bro", "Hej Leila", "", "Box 1")

    with pytest.raises(BadInput):
        cards.make(session, an_office(session), "first", [person.id], words, a_staff(session), code="", now=NOW)


def test_whoever_has_been_sent_a_card_goes_on_along_the_ladder(session: Session) -> None:
    person = at_home(session)
    place = on_step(session, person)

    sent(session, person)

    assert place.kind != "postcard"
    assert [event.what for event in storage.ladders.events(session, person.id)] == ["sent"]


def test_sent_can_be_taken_back_the_same_day(session: Session) -> None:
    person = at_home(session)
    place = on_step(session, person)
    batch = sent(session, person)

    cards.unsend(session, batch, a_staff(session), now=NOW + timedelta(hours=3))

    assert batch.sent_at is None
    assert place.kind == "postcard"
    assert storage.ladders.events(session, person.id) == []


def test_sent_cannot_be_taken_back_the_next_day(session: Session) -> None:
    batch = sent(session, at_home(session))

    with pytest.raises(Conflict):
        cards.unsend(session, batch, a_staff(session), now=NOW + timedelta(days=1))


def test_sent_cannot_be_said_twice(session: Session) -> None:
    batch = sent(session, at_home(session))

    with pytest.raises(Conflict):
        cards.send(session, batch, an_office(session), a_staff(session), on=NOW, now=NOW)


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 23)])
def test_a_day_of_sending_that_cannot_be_is_refused(session: Session, day: date) -> None:
    with pytest.raises(BadInput):
        cards.sent_moment(day, made(session, at_home(session)), NOW)


def test_an_earlier_day_of_sending_is_kept_as_noon(session: Session) -> None:
    batch = made(session, at_home(session))

    moment = cards.sent_moment(date(2026, 11, 25), batch, NOW + timedelta(days=2))

    assert moment == datetime.fromisoformat("2026-11-25T12:00:00+01:00")


def test_a_batch_that_is_thrown_away_leaves_its_people_free_for_another(session: Session) -> None:
    person = at_home(session)
    batch = made(session, person)

    cards.discard(session, batch, a_staff(session), now=NOW)

    assert planned(session, person).getting
    assert storage.cards.batches(session, [an_office(session).id]) == []


def test_a_batch_that_has_been_sent_cannot_be_thrown_away(session: Session) -> None:
    batch = sent(session, at_home(session))

    with pytest.raises(Conflict):
        cards.discard(session, batch, a_staff(session), now=NOW)


CHANGES = [{"protected": True}, {"closed_at": NOW}, {"street": ""}, {"merged": True}]


@pytest.mark.parametrize("change", CHANGES)
def test_a_card_is_taken_out_when_its_person_must_not_have_it_any_longer(
    session: Session, change: dict[str, object]
) -> None:
    stays, leaves = at_home(session, "Omar"), at_home(session)
    on_step(session, leaves)
    batch = made(session, stays, leaves)
    known = {"merged_into_id": stays.id} if "merged" in change else change
    for name, value in known.items():
        setattr(leaves, name, value)
    session.flush()

    found = cards.contents(session, batch, an_office(session), NOW)
    assert [one.id for _, one in found.cards] == [stays.id]
    assert [card.person_id for card in found.stale] == [leaves.id]

    cards.send(session, batch, an_office(session), a_staff(session), on=NOW, now=NOW)
    assert [card.person_id for card in storage.cards.of_batch(session, batch.id)] == [stays.id]
    assert storage.ladders.events(session, leaves.id) == []


# ------------------------------------------------------------------------------------------------------- coming back


def test_a_card_that_came_back_marks_the_address_until_it_is_changed(session: Session) -> None:
    person, later = at_home(session), NOW + timedelta(days=40)
    batch = sent(session, person)
    (code,) = codes(session, batch)

    cards.come_back(session, code, [an_office(session).id], a_staff(session), now=later)

    plan = cards.plan(session, an_office(session), "first", [person.id], later)
    assert [one.id for one in plan.without_address] == [person.id]
    assert [row.person.id for row in cards.bad_addresses(session, [an_office(session).id])] == [person.id]

    person.street = "Nya vägen 1"
    session.flush()
    assert cards.plan(session, an_office(session), "first", [person.id], later).getting
    assert cards.bad_addresses(session, [an_office(session).id]) == []


def test_a_returned_card_hurries_the_next_step(session: Session) -> None:
    person = at_home(session)
    place = on_step(session, person)
    batch = sent(session, person)
    due = place.due_at

    cards.come_back(session, codes(session, batch)[0], [an_office(session).id], a_staff(session),
                    now=NOW + timedelta(days=1))  # fmt: skip

    assert place.due_at < due


def test_a_code_is_read_as_typed_and_as_scanned(session: Session) -> None:
    for typed in ("bcdfghjkmnpqrs", " BCDF ghjk mnpq RS ", "https://brygga.example/k/bcdfghjkmnpqrs/"):
        assert cards.read_code(typed) == "bcdfghjkmnpqrs"
    for typed in ("", "bcdf", "aeiouaeiouaeio", "bcdfghjkmnpqrs2"):
        assert cards.read_code(typed) == ""


def test_a_code_that_is_nobodys_unsent_or_entered_already_is_said(session: Session) -> None:
    office, staff = an_office(session), a_staff(session)
    unsent = codes(session, made(session, at_home(session)))[0]
    back = codes(session, sent(session, at_home(session, "Omar")))[0]
    cards.come_back(session, back, [office.id], staff, now=NOW)

    for code, fault in (("x", BadInput), ("bcdfghjkmnpqrs", NotFound), (unsent, Conflict), (back, Conflict)):
        with pytest.raises(fault):
            cards.come_back(session, code, [office.id], staff, now=NOW)


def test_another_offices_card_is_not_found(session: Session) -> None:
    code = codes(session, sent(session, at_home(session)))[0]
    other = an_office(session, "Unga Söder")

    with pytest.raises(NotFound):
        cards.come_back(session, code, [other.id], a_staff(session), now=NOW)


# ------------------------------------------------------------------------------------------------------------- files


def sheet(content: bytes, name: str) -> list[list[object]]:
    """The rows of a sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_labels_are_text_in_real_columns_with_an_explanation(session: Session) -> None:
    batch = made(session, at_home(session, "=Leila", care_of="Berg"))
    found = cards.contents(session, batch, an_office(session), NOW)

    content = card_files.labels_xlsx(session, batch, found, now=NOW, staff_id=a_staff(session).id)

    head, row = sheet(content, "Etiketter")
    assert head[:6] == ["Nr", "Namn", "c/o", "Gatuadress", "Postnummer", "Ort"]
    assert row == [1.0, "=Leila Amari", "c/o Berg", "Björkvägen 3", "123 45", "BJÖRKSTAD",
                   "=Leila Amari\nc/o Berg\nBjörkvägen 3\n123 45 BJÖRKSTAD"]  # fmt: skip
    assert ["Antal personer", "1"] in sheet(content, "Förklaring")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert storage.audit.latest(session, 1)[0].detail["what"] == "card_labels"


def test_a_file_of_missing_addresses_says_what_is_known(session: Session) -> None:
    plan = planned(session, at_home(session, street="", town="Björkstad"))

    content = card_files.missing_xlsx(session, plan, now=NOW, staff_id=a_staff(session).id)

    assert sheet(content, "Adresser")[1][:2] == ["Leila Amari", "Adressen är inte fullständig"]


def test_file_names_tell_nobodys_name() -> None:
    assert card_files.filename("etiketter", "xlsx", NOW) == "brygga_etiketter_2026-11-24.xlsx"


def test_a_protected_person_is_absent_from_cards_labels_lists_and_counts(session: Session) -> None:
    other, hidden = at_home(session, "Omar"), at_home(session, "Hemlig")
    staff, office = a_staff(session), an_office(session)
    batch = sent(session, other, hidden)
    for code in codes(session, batch):
        cards.come_back(session, code, [office.id], staff, now=NOW)
        storage.cards.note_opened(session, code, now=NOW)
    hidden.protected = True
    session.flush()

    found = cards.contents(session, batch, office, NOW)
    labels = card_files.labels_xlsx(session, batch, found, now=NOW, staff_id=staff.id)
    missing = card_files.missing_xlsx(session, planned(session, other, hidden), now=NOW, staff_id=staff.id)
    tally = storage.cards.tally(session, batch)

    assert (tally.made, tally.returned, tally.opened) == (1, 1, 1)
    assert [row.person.id for row in cards.bad_addresses(session, [office.id])] == [other.id]
    assert hidden.id not in [one.id for _, one in found.cards]
    said = str([sheet(labels, "Etiketter"), sheet(missing, "Adresser"), sheet(missing, "Förklaring")])
    assert "Hemlig" not in said
    assert ["Antal personer", "1"] in sheet(missing, "Förklaring")


def test_no_name_or_address_stands_in_the_log(session: Session) -> None:
    batch = sent(session, at_home(session))
    cards.come_back(session, codes(session, batch)[0], [an_office(session).id], a_staff(session), now=NOW)

    said = str([(event.action, event.detail) for event in storage.audit.latest(session)])

    assert {"cards_made", "cards_sent", "card_returned"} <= set(re.findall(r"'(card\w+)'", said))
    assert [word for word in ("Leila", "Amari", "Björkvägen", "123") if word in said] == []
