"""Four eyes through the browser: asked for, read, sent back, approved and started, each once (ux §4.8, §6)."""

import re
from pathlib import Path

import pytest
from builders import Browser, a_staff, an_office, signed_in
from campaign_desk import begin, found, register, start, step, words
from fastapi.testclient import TestClient

import storage.approvals
import storage.messages
import storage.offices
import storage.settings
from bot import __main__ as command
from bot.commands.house import opened
from bot.wiring import House
from outreach import approvals

SETTINGS = "/installningar/utskick"


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


@pytest.fixture
def karin(client: TestClient, house: House, sara: Browser) -> Browser:
    """The head there."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def limit(house: House, karin: Browser, **form: str) -> int:
    """Set the office's rule as the head does."""
    with house.database.read() as session:
        office = an_office(session).id
    return karin.post(f"{SETTINGS}/godkannande", kontor=str(office), **form).status_code


def ask(browser: Browser, code: str) -> str:
    answer = step(browser, code, "kontroll", svarar=str(browser.staff.id), gor="be", antal="10")
    return answer.headers.get("location", "")


def mark(page: str) -> str:
    return re.findall(r'name="sett" value="(\w+)"', page)[0]


def test_a_campaign_above_the_limit_is_read_sent_back_and_approved(sara: Browser, karin: Browser, house: House) -> None:
    assert limit(house, karin, grans="många") == 422
    assert limit(house, karin, grans="9") == 303
    assert "Godkännande, Unga Norr: gräns 300 → 9" in words(karin.see(SETTINGS))
    code = begin(sara)
    check = f"/utskick/nytt/kontroll?u={code}"
    assert "Be Karin godkänna" in sara.see(check)
    assert "Starta utskick" not in sara.see(check)
    assert start(sara, code).status_code == 422, "nor by a form of one's own"
    assert "Godkännande" not in words(karin.see("/idag"))

    assert [ask(sara, code), ask(sara, code)] == [f"{check}&klart=fragat", f"{check}&klart=redan"]
    waiting = words(sara.see(check))
    assert "Väntar på godkännande Sara Lind bad om det i dag kl. 13.04." in waiting
    assert "Be Karin godkänna" not in waiting
    assert "Väntar på godkännande" in sara.see("/utskick?flik=utkast")
    assert "Sara Lind ber dig godkänna ett utskick till 10 personer." in words(karin.see("/idag"))
    page = karin.see(f"/utskick/{code}/godkann")
    for seen in ("10 personer i Unga Norr får 1 sms var", "Till Leila", "Vem svarar Sara Lind", "Ordkoll",
                 "10 av 13", "har sagt stopp"):  # fmt: skip
        assert seen.casefold() in words(page).casefold(), seen
    assert "Hemlig" not in page
    first = mark(page)

    assert karin.post(f"/utskick/{code}/skicka-tillbaka", sett=first, rad=" ").status_code == 422
    assert karin.post(f"/utskick/{code}/skicka-tillbaka", sett=first, rad="Skriv kortare").status_code == 303
    assert "Karin Ek skickade tillbaka: Skriv kortare" in words(sara.see("/idag"))
    text = found(house, code).text_sv + " Hej!"
    step(sara, code, "meddelande", mall="INV-1", text=text, gor="vidare")
    assert "Skriv kortare" in words(sara.see(check)), "until it is asked again"
    ask(sara, code)
    assert karin.post(f"/utskick/{code}/godkann", sett=first).status_code == 409, "she has not read the new text"
    now = mark(karin.see(f"/utskick/{code}/godkann"))
    gone = [karin.post(f"/utskick/{code}/godkann", sett=now).headers["location"] for _ in range(2)]
    assert gone == ["/idag?klart=godkant", "/idag?klart=redan"]
    assert "Karin Ek godkände" not in words(sara.see(check)), "nothing to warn of"
    assert "Godkänt av Karin Ek i dag kl. 13.04" in words(sara.see(check))

    step(sara, code, "tid", nar="nasta", per_dag="5", gor="vidare")
    assert "Utskicket har ändrats efter att Karin Ek godkände det" in words(sara.see(check))
    assert start(sara, code).status_code == 422
    step(sara, code, "tid", nar="nasta", per_dag="", gor="vidare")
    assert [start(sara, code).headers["location"] for _ in range(2)] == [
        f"/utskick/{code}",
        f"/utskick/{code}?klart=redan",
    ]
    with house.database.read() as session:
        assert len(storage.messages.of_campaign(session, found(house, code).id)) == 10
    assert karin.get(f"/utskick/{code}/godkann").status_code == 303
    assert found(house, code).state == "running"


def test_the_maker_is_told_where_there_is_nobody_to_ask(karin: Browser, house: House) -> None:
    limit(house, karin, grans="300", alla="ja")
    code = begin(karin)
    page = words(karin.see(f"/utskick/nytt/kontroll?u={code}"))

    assert "det finns ingen annan chef. Låt en kollega göra utskicket" in page
    assert "godkänna Provkör" not in page
    assert step(karin, code, "kontroll", svarar=str(karin.staff.id), gor="be", antal="10").status_code == 422
    assert karin.get(f"/utskick/{code}/godkann").status_code == 403
    karin.post(f"/utskick/nytt/kasta?u={code}")
    with house.database.read() as session:
        assert storage.approvals.of_drafts(session) == []
        assert approvals.limit_of(session, an_office(session).id).always


def test_the_command_line_keeps_to_a_limit_that_the_office_has_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database_file: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "brygga.db").write_bytes(empty_database_file)
    monkeypatch.setenv("BRYGGA_DATABASE_URL", f"sqlite:///{tmp_path / 'brygga.db'}")
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)
    assert command.main(["office", "add", "Unga Norr"]) == 0
    assert command.main(["seed", "--people", "301"]) == 0
    with opened() as house, house.database.write() as session:
        office = storage.offices.by_name(session, "Unga Norr")
        assert office is not None
        storage.settings.write(session, f"{approvals.KEY}{office.id}", {"limit": 300})
    told = ["--audience", "alla", "--text", "Hej! Vill du ses? JA eller NEJ. STOPP = inga fler."]

    assert command.main(["campaign", "run", "Alla", *told]) == 2
    assert command.main(["campaign", "launch", "Alla"]) == 2
    assert command.main(["campaign", "create", "Sen", *told, "--at", "2030-01-08T10:00"]) == 2
    assert capsys.readouterr().err.count("Utskicket går till 301 personer och behöver godkännas av en annan") == 3
    assert command.main(["campaign", "status", "Alla"]) == 0
    assert "0 skickade" in capsys.readouterr().out
