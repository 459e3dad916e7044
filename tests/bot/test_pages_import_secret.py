"""What must not be lost or shown when a list is taken in: marks of protection, and people the reader knows."""

from datetime import date

import pytest
from builders import a_person
from fastapi.testclient import TestClient
from import_desk import Desk, a_list, counts, sheet, workbook

from bot.wiring import House
from outreach import acquaintance


@pytest.fixture
def desk(client: TestClient, house: House) -> Desk:
    return Desk(client, house)


def test_a_mark_of_protection_that_stood_anywhere_in_the_row_goes_along_in_the_mended_file(desk: Desk) -> None:
    rows = a_list(
        "200709062380;Stina Ros;;Skyddad adress;", "201007092390;Nils Berg;;Gatan 2;sekretessmarkerad",
        "200804222390;Elias Ek;;Gatan 3;", heads="Personnr;Namn;Mobil;Adress;Övrigt",
    )  # fmt: skip
    content = desk.browser.get(f"{desk.upload('a.csv', rows)}/fel.xlsx").content
    mended = sheet(content)
    for row, digits in zip(mended[1:], ("200709062384", "201007092396", "200804222396"), strict=True):
        row[mended[0].index("Personnr")] = digits

    page = desk.browser.see(desk.upload("rader.xlsx", workbook(mended)))

    assert (counts(page)["Nya"], counts(page)["Skyddade"]) == (3, 2)


def test_what_the_register_says_of_somebody_the_reader_knows_is_not_shown(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        linn = a_person(session, "Linn", "Hemlig", mobile="07", identity="200709062384", born=date(2007, 9, 6),
                        street="Dolda vägen 1", school="Gamla skolan", office=desk.office)  # fmt: skip
        ida = a_person(session, "Ida", "Borta", office=desk.office)
        for person in (linn, ida):
            acquaintance.know(session, person, desk.staff, now=house.now())

    page = desk.browser.see(desk.upload(
        "a.csv", "Namn;Pnr;Mobil;Adress;Skola\nLinn Ek;20070906-2384;070-174 06 05;Storgatan 1;Norra", komplett="ja"
    ))  # fmt: skip

    for hidden in ("Hemlig", "Dolda", "Gamla skolan", "070-174 06 07", "Ida Borta", ida.code):
        assert hidden not in page
