"""What can be done when a campaign has had its answers: remind once, ring, take out a file (ux §4.9)."""

import io
import re

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import begin, found, register, run, step, words
from campaign_town import a_person, number
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

import storage.audit
import storage.campaigns
import storage.numbers
import storage.people
import storage.tasks
from bot.wiring import House
from outreach.channels import Inbound
from storage.people import Person


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted and three cannot."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def ended(sara: Browser, house: House, clock) -> str:
    """A campaign to ten, one of whom has answered and one has got protected identity since; its code."""
    code = begin(sara)
    step(sara, code, "kontroll", svarar=str(sara.staff.id), gor="starta", antal="11")
    clock.forward(minutes=2)
    run(house)
    house.keep_inbound(Inbound("sms", "in-1", number(0), "vem är det här", clock.now()))
    clock.forward(minutes=1)
    run(house)
    with house.database.write() as session:
        at(session, 1).protected = True
    return code


def at(session, which: int) -> Person:
    """Whoever answers at a number."""
    [(_, person)] = storage.numbers.people_at(session, number(which))
    return person


def listed(page: str) -> list[str]:
    """The names in a list."""
    return re.findall(r'<th role="rowheader"[^>]*><a [^>]*>([^<]+)</a>', page)


def test_those_who_have_not_answered_are_reminded_once_and_no_one_else(
    sara: Browser, house: House, client: TestClient, clock
) -> None:
    code = ended(sara, house, clock)
    assert "Påminn" not in words(sara.see(f"/utskick/{code}"))
    assert sara.post(f"/utskick/{code}/paminn").status_code == 409
    clock.forward(days=8)
    sara = signed_in(client, house.database, sara.staff, now=clock.now())

    page = words(sara.see(f"/utskick/{code}"))
    silent = sara.see(f"/utskick/{code}/personer?visa=utan_svar")
    made = sara.post(f"/utskick/{code}/paminn").headers["location"]
    draft = words(sara.see(made))
    again = sara.post(f"/utskick/{code}/paminn").headers["location"]

    assert "Påminn de 8 som inte svarat" in page
    assert len(listed(silent)) == 8
    assert "räknas bara" not in silent
    assert not {"Leila0 Berg", "Leila1 Berg"} & set(listed(silent))
    assert "8 i urvalet → 8 får sms" in draft
    reminder = found(house, made.partition("u=")[2])
    assert (reminder.state, reminder.text_code) == ("draft", "NUDGE")
    assert again == f"/utskick/{reminder.code}?klart=redan"
    after = words(sara.see(f"/utskick/{code}"))
    assert "Påminn de" not in after
    assert "Påminnelsen är gjord" in after

    # Whoever answers before it leaves is not in it, and one who has got it in another way is stopped by the gate.
    with house.database.write() as session:
        storage.campaigns.record_answer(session, at(session, 2).id, "question", now=clock.now())
    assert "7 i urvalet → 7 får sms" in words(sara.see(made))
    # Thrown away, it may be made once more.
    sara.post(f"/utskick/nytt/kasta?u={reminder.code}")
    assert "Påminn de 7 som inte svarat" in words(sara.see(f"/utskick/{code}"))


def test_those_who_may_be_rung_come_on_the_call_list_and_off_it_again(sara: Browser, house: House, clock) -> None:
    code = ended(sara, house, clock)
    with house.database.write() as session:
        storage.people.add(session, at(session, 3)).paused_until = clock.now().replace(year=2027)
        storage.numbers.tie(session, at(session, 4).id, number(4)).standing = "dead"

    page = sara.post(f"/utskick/{code}/ringpass").text

    assert "6 personer är lagda i ringpasset. 2 var det redan eller kunde inte ändras." in words(page)
    assert f'href="/utskick/{code}"' in page
    waiting = lambda: storage.tasks.counts(session).get("ring", 0)  # noqa: E731
    with house.database.read() as session:
        assert waiting() == 6
    undo = re.search(r'name="vilka" value="([^"]+)"', page)
    sara.post("/register/flera/angra", gor="ringpass", vilka=undo[1] if undo else "")
    with house.database.read() as session:
        assert waiting() == 0


def test_the_results_as_a_file_say_what_for_and_run_nothing(sara: Browser, house: House, clock) -> None:
    with house.database.write() as session:
        a_person(session, 30, first_name="=1+1")
    code = ended(sara, house, clock)

    assert "Hämta filen med 12 personer" in words(sara.see(f"/utskick/{code}/exportera"))
    refused = sara.post(f"/utskick/{code}/exportera", syfte=" ")
    book = sara.post(f"/utskick/{code}/exportera", syfte="Utvärdering", format="xlsx")
    text = sara.post(f"/utskick/{code}/exportera", syfte="Utvärdering", format="csv").content.decode("utf-8-sig")

    assert refused.status_code == 422
    assert "Skriv vad filen ska användas till." in words(refused.text)
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    rows = sheets.get_sheet_by_name("Utskick").to_python()
    assert rows[0] == ["Namn", "Ålder", "Område", "Sms:et", "Svarade", "Första svaret"]
    # Fourteen in the selection, two of them with protected identity.
    assert len(rows) == 1 + 12
    assert [rows[2][0], rows[2][3], rows[2][5]] == ["Leila0 Berg", "Levererad", "undrar vem vi är"]
    assert dict(sheets.get_sheet_by_name("Förklaring").to_python())["Ändamål"] == "Utvärdering"
    assert "\r\n'=1+1 Berg;18;" in text
    assert not any(name in str(rows) + text for name in ("Hemlig", "Leila1 "))
    with house.database.read() as session:
        logged = [event for event in storage.audit.latest(session) if event.action == "exported"]
        assert [(event.detail["what"], event.detail["people"], event.detail["purpose"]) for event in logged] == [
            ("campaign", 12, "Utvärdering")
        ] * 2
