"""Inställningar, Listor in och ut: what imports remember, and what has come in and gone out (ux §4.16)."""

import re

import pytest
from builders import NOW, Browser, a_staff, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.audit
import storage.imports
from bot.wiring import House
from outreach.lists import remembered
from storage.imports import ImportRun

HERE = "/installningar/listor"
HEADS = {"Mobil elev": "own_phone", "Klass": "", "Team": "school"}


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit, at whose office a list has come in by which columns were remembered, and another gone out."""
    with house.database.write() as session:
        office = an_office(session)
        staff = a_staff(session, "enhetschef", name="Karin Ek", office=office)
        counts = {"new": 12, "changed": 3}
        storage.imports.add_run(
            session,
            ImportRun(list_type="kaa", office_id=office.id, staff_id=staff.id, imported_at=NOW, counts=counts),
        )
        storage.audit.write(session, "exported", now=NOW, staff_id=staff.id, what="register", format="xlsx", people=7,
                            purpose="till samverkansgruppen")  # fmt: skip
        remembered.keep(session, "kaa", {**HEADS, "070-174 06 05": "own_phone"}, now=NOW, staff_id=staff.id)
    return signed_in(client, house.database, staff)


def kept(house: House) -> dict[str, str]:
    with house.database.read() as session:
        return remembered.columns(session, "kaa")


def test_the_page_tells_what_is_remembered_what_came_in_and_what_went_out(karin: Browser, house: House) -> None:
    assert kept(house) == HEADS  # a number is no head
    page = words(karin.see(HERE))
    assert "Mobil elev" in page
    assert "KAA-lista Unga Norr Karin Ek 12 nya, 3 ändrade" in page
    assert "Registret xlsx 7 Karin Ek till samverkansgruppen" in page
    assert "Uppsök Inget än. Kolumnerna läses efter sina rubriker." in page


def test_columns_are_changed_forgotten_and_brought_back(karin: Browser, house: House) -> None:
    def seen() -> str:
        found = re.search(r'name="sett" value="(\d+)"', karin.see(HERE))
        assert found is not None
        return found[1]

    first = seen()
    karin.post(HERE, **{"slag": "kaa", "sett": first, "kol-1": "glom", "kol-2": "district"})
    assert kept(house) == {"Mobil elev": "own_phone", "Team": "district"}
    late = karin.post(HERE, slag="kaa", sett=first, gor="glom")
    assert late.headers["location"].endswith("klart=andrat-av-annan#kaa")
    karin.post(HERE, slag="kaa", sett=seen(), gor="glom")
    assert kept(house) == {}

    page = karin.see(HERE)
    assert "Kolumner i KAA-lista: Mobil elev Telefon till personen → efter rubriken" in words(page)
    change = re.search(r'name="andring" value="(\d+)"', page)
    assert change is not None
    karin.post("/installningar/angra", andring=change[1])
    assert kept(house) == {"Mobil elev": "own_phone", "Team": "district"}
    assert karin.post(HERE, **{"slag": "kaa", "sett": seen(), "kol-0": "finns inte"}).status_code == 422
