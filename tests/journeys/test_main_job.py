"""The main job, end to end, through the pages and the practice telephones: list, campaign, answers, booking,
register.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import anyio
import builders
import pytest
import python_calamine
from conftest import StillClock
from fastapi.testclient import TestClient
from journeys.visitor import Visitor

import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.staff
import storage.tasks
from bot.requests import COOKIE
from bot.wiring import House
from outreach import access, programmes
from outreach.channels import Inbound
from scheduler import jobs
from storage.meetings import Slot
from storage.people import Person

LEILA, BILAL, GRETA = "+46701740605", "+46701740606", "+46701740607"
LIST = """Personnr;Namn;Mobil;Telefon;Stadsdel
20070906-2384;Leila Amari;070-174 06 05;;Hallen
20100709-2396;Bilal Farah;0701740606;;Norrby
20080422-2396;Greta Lind;070 174 06 07;;Hallen
20080618-2382;Elin Ekdahl;;08-465 004 10;Hallen
20081110-2391;Noor Khalil;;;Norrby
"""


@pytest.fixture
def visitor(house: House, client: TestClient) -> Iterator[Visitor]:
    """Sara, coordinator at Unga Norr, with three free times next week."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, house.now())
        office = builders.an_office(session)
        sara = builders.a_staff(session, office=office)
        for day, hour in ((26, 9), (27, 12), (30, 13)):
            starts_at = datetime(2026, 11, day, hour, tzinfo=UTC)
            storage.meetings.add_slot(
                session,
                Slot(office_id=office.id, staff_id=sara.id, place="Ungdomens hus", starts_at=starts_at,
                     ends_at=starts_at + timedelta(minutes=45)),
            )  # fmt: skip
    sign_in(client, house)
    return Visitor(client)


def sign_in(client: TestClient, house: House) -> None:
    """Sara comes to work."""
    with house.database.write() as session:
        sara = storage.staff.with_role(session, "samordnare")[0]
        client.cookies.set(COOKIE, access.open_session(session, sara, now=house.now()))


def run(house: House) -> None:
    """Do whatever is due now."""
    anyio.run(jobs.run_until_idle, house.jobs)


def text_in(house: House, clock: StillClock, sender: str, *texts: str) -> None:
    """Somebody writes, and stops typing long enough to be answered."""
    for text in texts:
        house.keep_inbound(Inbound("sms", f"in-{sender}-{text}-{clock.now().timestamp()}", sender, text, clock.now()))
        clock.forward(minutes=1)
        run(house)


def texts_to(house: House, number: str) -> list[str]:
    """What a telephone has received, in order."""
    with house.database.read() as session:
        return [row.text for row in storage.messages.of_address(session, "sms", number) if row.state == "delivered"]


def import_and_launch(visitor: Visitor, house: House, clock: StillClock) -> None:
    """From the day's page with a list in the hand to a campaign that has been sent."""
    visitor.go("/idag")
    visitor.follow("Importera lista")
    visitor.press("Läs filen", files={"fil": ("lista.csv", LIST.encode("cp1252"))})
    visitor.press("Importera 5 personer")
    visitor.follow("Gör utskick till de 3 med mobil")
    visitor.press("Välj")
    visitor.press("Vidare till tid")
    visitor.press("Vidare till kontroll")
    visitor.press("Starta utskick till 3")
    clock.forward(minutes=2)
    run(house)


def person_of(house: House, number: str) -> Person:
    """Whose telephone this was when the list came."""
    with house.database.read() as session:
        found = storage.numbers.by_e164(session, number)
        assert found is not None
        ties = [tie for tie, own in storage.numbers.everyones(session) if own.id == found.id]
        return storage.people.get(session, ties[0].person_id)


def test_a_youth_asks_says_yes_and_books_and_everybody_can_see_it(
    visitor: Visitor, house: House, client: TestClient, clock: StillClock
) -> None:
    import_and_launch(visitor, house, clock)

    text_in(house, clock, LEILA, "vem e du", "ja", "2")
    clock.moment = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    run(house)

    invitation, who, offer, booked, reminder = texts_to(house, LEILA)
    assert invitation.startswith("Hej! Unga Björkstad")
    assert "plugg, jobb" in invitation
    assert who.startswith("Vi är Unga Björkstad")
    assert who.endswith("Automatiskt svar.")
    assert "2) fre 27 nov kl. 13.00" in offer
    assert booked == (
        "Klart! Du träffar Sara fredag 27 november kl. 13.00, Ungdomens hus. Ta gärna med någon. "
        "Vill du ändra? Svara BYT eller AVBOKA."
    )
    assert reminder.startswith("Hej! I morgon kl. 13.00 träffar du Sara, Ungdomens hus.")
    sign_in(client, house)
    leila = person_of(house, LEILA)
    assert "Leila" in visitor.go(f"/register/{leila.code}").words
    assert "27 november" in visitor.page.words
    assert "Bokad" in visitor.go("/register").words
    visitor.go("/utskick?flik=klara")
    assert "1 har bokat" in visitor.follow("Första kontakten").words


def test_the_exported_register_shows_who_is_coming(
    visitor: Visitor, house: House, client: TestClient, clock: StillClock
) -> None:
    import_and_launch(visitor, house, clock)
    text_in(house, clock, LEILA, "ja", "2")

    visitor.go("/register/exportera")
    form = next(form for form in visitor.page.forms if form.action.endswith("/register/exportera"))
    answer = client.post(form.action, data={**dict(form.fields), "syfte": "avstämning", "format": "xlsx"})

    rows = python_calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    leila = next(row for row in rows if "Leila Amari" in " ".join(map(str, row)))
    assert any("Bokad" in str(cell) for cell in leila)
    assert any("2026-11-27" in str(cell) for cell in leila)


def test_a_stop_gets_one_confirmation_and_nothing_more(visitor: Visitor, house: House, clock: StillClock) -> None:
    import_and_launch(visitor, house, clock)

    text_in(house, clock, BILAL, "STOPP", "STOPP", "hallå", "vem är ni")
    for _ in range(20):
        clock.forward(days=1)
        run(house)

    assert len(texts_to(house, BILAL)) == 2
    assert texts_to(house, BILAL)[1].startswith("Klart, du får inga fler sms")


def test_a_wrong_number_is_struck_and_somebody_looks_for_another(
    visitor: Visitor, house: House, clock: StillClock
) -> None:
    import_and_launch(visitor, house, clock)
    greta = person_of(house, GRETA)

    text_in(house, clock, GRETA, "fel nummer")

    assert texts_to(house, GRETA)[-1].startswith("Tack! Då har vi fått fel nummer.")
    with house.database.read() as session:
        assert [tie.standing for tie, _ in storage.numbers.of_person(session, greta.id)] == ["wrong_person"]
        assert storage.tasks.open_task(session, "find_number", greta.id) is not None


def test_the_same_list_twice_changes_nothing(visitor: Visitor) -> None:
    for button in ("Importera 5 personer", "Importera 5 personer"):
        visitor.go("/register/importera")
        visitor.press("Läs filen", files={"fil": ("lista.csv", LIST.encode())})
        visitor.press(button)

    assert "Inget" in visitor.page.words
