"""An office's ladder under Inställningar: its steps, its days, and who answers for its texts (ux §4.10, §4.16)."""

import pytest
from builders import NOW, Browser, a_person, a_staff, an_office, signed_in
from fastapi.testclient import TestClient
from httpx import Response

import storage.ladders
from bot.wiring import House
from outreach import ladder, ladder_settings, programmes
from outreach.ladder_settings import Wanted

HERE = "/installningar/trappan"
USUAL = (
    "Ring dag 0 och 2, sms dag 3, påminnelse dag 10, chatt dag 14, vykort dag 21, annan väg dag 28, "
    "sedan vila i 90 dagar och börja om."
)


@pytest.fixture
def head(client: TestClient, house: House) -> Browser:
    """The head of Unga Norr."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def save(head: Browser, *steps: tuple[str, str, bool], gor: str = "spara") -> Response:
    """Press a button under the steps."""
    head._be()
    return head.client.post(
        HERE,
        data={
            "csrf": head.csrf,
            "gor": gor,
            "steg": [kind for kind, _, _ in steps],
            "dagar": [days for _, days, _ in steps],
            "pa": [str(place) for place, (_, _, is_on) in enumerate(steps) if is_on],
        },
    )


def kept(house: House) -> list[Wanted]:
    """The steps of Unga Norr."""
    with house.database.write() as session:
        return ladder_settings.steps(session, an_office(session).id)


def test_the_ladder_reads_as_a_sentence(head: Browser) -> None:
    page = head.get(HERE).text
    assert USUAL in page
    assert "Hembesök" in page
    assert "bara med uppdrag" in page


def test_steps_are_looked_at_before_they_are_saved(head: Browser, house: House) -> None:
    page = save(head, ("sms", "2", True), ("ring", "0", True), ("rest", "60", True), gor="visa").text
    assert "Ring dag 0, sms dag 2, sedan vila i 60 dagar och börja om." in page
    assert "Inget är sparat än." in page
    assert len(kept(house)) == 10


def test_steps_are_saved_in_the_order_of_their_days(head: Browser, house: House) -> None:
    answer = save(
        head, ("rest", "60", True), ("sms", "2", True), ("ring", "0", True), ("home_visit", "9", False), ("", "", True)
    )
    assert answer.status_code == 303
    assert kept(house) == [
        Wanted("ring", 0), Wanted("sms", 2), Wanted("home_visit", 9, is_on=False), Wanted("rest", 60)
    ]  # fmt: skip
    assert "Ring dag 0, sms dag 2, sedan vila i 60 dagar och börja om." in head.get(HERE).text
    save(head, gor="standard")
    assert USUAL in head.get(HERE).text


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([("ring", "0", False)], "Trappan har inga steg."),
        ([("ring", "snart", True)], "Dagarna ska vara ett tal från 0 till 365."),
        ([("okänt", "1", True)], "Ett steg går inte att läsa."),
    ],
)
def test_a_ladder_that_cannot_be_run_is_said_in_plain_words(
    head: Browser, house: House, steps: list[tuple[str, str, bool]], said: str
) -> None:
    answer = save(head, *steps)
    assert answer.status_code == 422
    assert said in answer.text
    assert len(kept(house)) == 10


def test_nobody_loses_their_place(head: Browser, house: House) -> None:
    with house.database.write() as session:
        person = a_person(session, mobile="05")
        ladder.settle(session, NOW)
    save(head, ("sms", "0", True), ("rest", "60", True))
    with house.database.read() as session:
        place = storage.ladders.place(session, person.id)
        assert place is not None
        assert (place.state, place.kind) == ("on", "sms")


def test_texts_leave_by_themselves_only_with_somebody_who_answers(head: Browser, house: House) -> None:
    answer = head.post(HERE + "/sms", sjalv="ja")
    assert answer.status_code == 422
    assert "Välj vem som svarar." in answer.text
    head.post(HERE + "/sms", sjalv="ja", svarar=head.staff.code, fore="ja", forvarna="ja")
    with house.database.write() as session:
        row = ladder_settings.read(session, an_office(session).id, NOW)
        assert (row.texts_itself, row.answerer_id, row.text_before_call, row.announce_first) == (
            True, head.staff.id, True, True
        )  # fmt: skip
    assert "Ändrat 2026-11-24 av Karin Ek." in head.get(HERE).text


def test_another_office_is_not_ones_own_to_set(head: Browser, house: House) -> None:
    with house.database.write() as session:
        other = an_office(session, "Unga Söder")
    assert head.get(f"{HERE}?kontor={other.id}").status_code == 404


def test_a_coordinator_may_not_change_the_ladder(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session)
    coordinator = signed_in(client, house.database, staff)
    assert coordinator.get(HERE).status_code == 403
    assert coordinator.post(HERE).status_code == 403
