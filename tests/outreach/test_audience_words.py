"""A filter in words and back: what is shown is what is picked."""

import pytest
from builders import a_person, an_office

from outreach import audience
from storage.database import Session
from storage.register import Filter


@pytest.mark.parametrize(("wanted", "said"), [
    (Filter(), "alla"),
    (Filter(programme="kaa", district="Åkersborg", has_mobile=True), "kaa och Åkersborg och har mobil"),
    (Filter(programme="uppsok", reached=False, booked=False), "uppsök och inte nådda och inte bokade"),
    (Filter(age_from=16, age_to=19), "16-19 år"),
    (Filter(age_from=18, age_to=18, states=("human", "urgent")), "18 år och behöver en människa"),
    (Filter(language="arabiska", turns=18), "språk arabiska och fyller 18 inom 60 dagar"),
    (Filter(not_arrived="30003", closed=True), "sms kom inte fram (30003) och avslutade"),
    (Filter(not_arrived="*", has_mobile=False), "saknar mobil och sms kom inte fram"),
    (Filter(not_arrived="?"), "sms kom inte fram (?)"),
])  # fmt: skip
def test_a_filter_is_said_and_read_back(session: Session, wanted: Filter, said: str) -> None:
    a_person(session, district="Åkersborg")

    sentence = audience.sentence(audience.words(session, wanted))

    assert sentence == said
    assert audience.read(session, sentence) == wanted


def test_every_status_is_read_back(session: Session) -> None:
    for word, states in audience.STATUSES.items():
        assert audience.read(session, word) == Filter(states=states)
        assert audience.words(session, Filter(states=states)) == [word]


def test_an_office_is_named(session: Session) -> None:
    office = an_office(session, "Unga Söder")

    assert audience.words(session, Filter(office_id=office.id)) == ["Unga Söder"]
    assert audience.read(session, "unga söder") == Filter(office_id=office.id)


def test_two_lists_of_people_mean_those_in_both(session: Session) -> None:
    first, both, last = (a_person(session, name) for name in ("Leila", "Noor", "Elsa"))

    lists = [audience.ticked([one.code, both.code]) for one in (first, last)]

    assert audience.read(session, audience.sentence(lists)).ids == (both.id,)


def test_the_ticked_are_exactly_the_ticked(session: Session) -> None:
    leila, elsa, _ = a_person(session), a_person(session, "Elsa"), a_person(session, "Noor")

    wanted = audience.read(session, audience.ticked([elsa.code, leila.code, "nobody"]))

    assert wanted == Filter(ids=(leila.id, elsa.id))
    assert not audience.is_rule(wanted)
