"""Inställningar, Mål: goals with what is counted of what, kept with their history (ux §4.16, domain S63-S67)."""

import re
from datetime import date

import pytest
from builders import Browser, a_staff, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.goals
from bot.wiring import House
from outreach import goals
from storage.goals import Goal

HERE = "/installningar/mal"
SHARE = {
    "name": "I studier efter åtgärd", "measure": "share", "numerator": "Gick till studier", "denominator": "Avslutade",
    "direction": "up", "target": "54,3 %", "due": "2027-12-31", "office": "",
}  # fmt: skip


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek", office=an_office(session))
    return signed_in(client, house.database, staff)


def standing(house: House) -> list[Goal]:
    with house.database.read() as session:
        return list(storage.goals.standing(session, [1, 2]))


def test_a_goal_of_others_is_a_beginning_and_can_be_changed_and_brought_back(karin: Browser, house: House) -> None:
    page = karin.see(HERE)
    assert "Inga mål än." in page
    assert "Stockholm 2023: 988 mot målet 850." in page
    assert "Stockholm 2023: drygt 54 % mot målet 50 %." in words(page)
    begun = karin.see(f"{HERE}?fran=inskrivna")
    assert 'value="850"' in begun
    assert 'value="Inskrivna efter uppsök"' in begun

    karin.post(HERE, **SHARE)
    (goal,) = standing(house)
    assert (goal.measure, goal.target_tenths, goal.due_on) == ("share", 543, date(2027, 12, 31))
    assert "Minst 54,3 %, senast fredag 31 december 2027. Räknas: Gick till studier Av: Avslutade" in words(
        karin.see(HERE)
    )

    assert 'value="54,3"' in karin.see(f"{HERE}?andra={goal.id}")
    karin.post(HERE, **{**SHARE, "goal": str(goal.id), "target": "1 250", "measure": "count"})
    assert [(one.target_tenths, one.denominator) for one in standing(house)] == [(12500, "")]
    assert "mäts som Andel → Antal" in words(karin.see(HERE))
    karin.post(f"{HERE}/bort", goal=goal.id)
    assert not standing(house)

    change = re.search(r'name="andring" value="(\d+)"', karin.see(HERE))
    assert change is not None
    karin.post("/installningar/angra", andring=change[1])
    assert [one.target_tenths for one in standing(house)] == [12500]


def test_a_goal_nobody_could_count_is_refused_in_one_sentence(karin: Browser, house: House) -> None:
    for wrong, sentence in (
        ({"name": ""}, "Skriv målet"),
        ({"numerator": " "}, "Skriv vad som räknas."),
        ({"denominator": ""}, "utan det går andelen"),
        ({"target": "många"}, "som ett tal"),
        ({"target": "101"}, "högst 100 %"),
        ({"target": "-5"}, "som ett tal"),
        ({"measure": "count", "target": "8,5"}, "ett helt tal"),
        ({"measure": "snitt"}, "hur målet mäts"),
        ({"due": "nyss"}, "Vi förstår inte dagen"),
        ({"office": "999"}, "dina egna kontor"),
    ):
        answer = karin.post(HERE, **{**SHARE, **wrong})
        assert answer.status_code == 422, wrong
        assert sentence in words(answer.text), wrong
        assert "Gick till studier" in answer.text or "numerator" in wrong
    assert not standing(house)


def test_a_goal_of_another_office_is_neither_seen_nor_touched(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        south = an_office(session, "Unga Söder")
        goal = storage.goals.keep(
            session,
            Goal(name="Söders mål", measure="count", numerator="x", target_tenths=10, due_on=date(2027, 1, 1),
                 office_id=south.id, made_at=house.now()),
        )  # fmt: skip
    assert "Söders mål" not in karin.see(HERE) + karin.see(f"{HERE}?andra={goal.id}")
    assert karin.post(HERE, **{**SHARE, "goal": str(goal.id)}).status_code == 404
    assert karin.post(f"{HERE}/bort", goal=goal.id).status_code == 404


def test_what_others_have_had_can_be_kept_as_it_is(karin: Browser, house: House) -> None:
    for preset in goals.presets():
        target = preset.target or "10"
        fields = {**SHARE, "name": preset.name, "measure": preset.measure, "numerator": preset.numerator}
        karin.post(
            HERE, **{**fields, "denominator": preset.denominator, "direction": preset.direction, "target": target}
        )
    assert len(standing(house)) == len(goals.presets())
