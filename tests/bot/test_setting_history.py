"""What an office's settings were and became, and the way back, on every page where they are changed (ux §4.16)."""

import re
from datetime import timedelta

import pytest
from builders import NOW, Browser, a_staff, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.offers
import storage.settings
import storage.staff
from bot.wiring import House
from outreach import help_lines, holiday_mode, ladder_settings, offers, programmes, quick_texts, routing
from outreach.help_lines import AGES
from storage.database import Session
from storage.staff import Staff, StaffRole

UNDO = "/installningar/angra"
TEN = "2026-12-10"


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """The head of the only office."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def undo(browser: Browser, page: str) -> str:
    """Press the first Ångra of a page; what the page says of its changes before."""
    seen = browser.see(page)
    told = seen[seen.index('id="andringar"') :]
    change = re.search(r'name="andring" value="(\d+)"', told)
    answer = browser.post(UNDO, andring=change[1] if change else "")
    assert answer.status_code == 303, words(answer.text)
    assert answer.headers["location"].endswith("klart=aterstalld#andringar")
    return words(told)


def test_every_change_of_an_offices_own_settings_is_told_and_can_be_undone(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        office = an_office(session)
        usual = ladder_settings.steps(session, office.id)
    here = {"kontor": str(office.id)}
    pages = {name: f"/installningar/{name}" for name in ("trappan", "insatser", "partner", "snabbsvar", "svarar")}

    karin.post(pages["trappan"], **here, steg=["ring", "rest"], dagar=["0", "30"], pa=["0", "1"])
    told = undo(karin, pages["trappan"])
    assert "Stegen, Unga Norr: Ring dag 0 och 2" in told
    assert "→ Ring dag 0, sedan vila i 30 dagar och börja om" in told
    assert "Ändrat av Karin Ek 2026-11-24 kl. 13.04" in told
    karin.post(pages["trappan"] + "/sms", **here, fore="ja")
    assert "sms före samtal nej → ja" in undo(karin, pages["trappan"])

    measure = {"name": "Lots", "aim": "study", "hos": here["kontor"]}
    karin.post(pages["insatser"], **measure)
    first = karin.see(pages["insatser"])
    assert 'name="andring"' not in first, "what was new is ended, not undone"
    with house.database.read() as session:
        (new,) = storage.settings.changes(session, [offers.KEY])
    assert karin.post(UNDO, andring=new.id).status_code == 409
    (code,) = re.findall(r"andra=(\w+)#", first)
    karin.post(pages["insatser"], **measure | {"kod": code, "name": "Studielots"})
    assert "namn Lots → Studielots" in undo(karin, pages["insatser"])
    karin.post(f"{pages['insatser']}/{code}/slut")
    assert "avslutad tomt → 2026-11-24" in undo(karin, pages["insatser"])

    partner = {"name": "Skolan", "kind": "skola", "hos": here["kontor"]}
    karin.post(pages["partner"], **partner)
    (partner_code,) = re.findall(r"andra=(\w+)#", karin.see(pages["partner"]))
    karin.post(pages["partner"], **partner | {"kod": partner_code, "kind": "polis"})
    assert "slag skola → polis" in undo(karin, pages["partner"])

    karin.post(pages["snabbsvar"], **here, **{"namn-1": "Hej", "sv-1": "Hej {namn}"})
    assert "1 namn Fel nummer → Hej" in undo(karin, pages["snabbsvar"])

    karin.post(pages["svarar"] + "/amnen", **here, study="roll:samordnare", work=f"person:{karin.staff.id}")
    said = undo(karin, pages["svarar"])
    assert "studier ingen särskild → alla samordnare, jobb och praktik ingen särskild → Karin Ek" in said
    karin.post(pages["svarar"] + "/semester", **here, forsta=TEN, sista=TEN, svarar=str(karin.staff.id))
    assert f"första dagen ingen → {TEN}" in undo(karin, pages["svarar"])

    with house.database.read() as session:
        assert ladder_settings.steps(session, office.id) == usual
        assert not ladder_settings.read(session, office.id, NOW).text_before_call
        (kept,) = storage.offers.measures(session, office.id)
        assert (kept.name, kept.ended_on) == ("Lots", None)
        assert list(quick_texts.of(session, office.id)) == list(quick_texts.proposed())
        assert routing.table(session, office.id) == {}
        assert holiday_mode.of(session, office.id) is None


def test_help_lines_that_are_checked_or_taken_away_come_back(karin: Browser, house: House) -> None:
    here = "/installningar/jour"
    karin.post(f"{here}/ny", namn="Jourhavande präst", nytt_nummer="112 999", nytt_oppet="kl. 17-06", aldrar="fran18")
    line = lines(house)[-1]
    karin.post(f"{here}/bort", linje=str(line.id))
    assert "borttagen: Jourhavande präst, 112 999" in undo(karin, here)
    back = lines(house)[-1]
    assert (back.name, back.number, back.hours) == ("Jourhavande präst", "112 999", "kl. 17-06")
    assert (back.age_from, back.age_below) == AGES["fran18"]

    with house.database.write() as session:
        old = storage.settings.help_line(session, lines(house)[1].id)
        assert old is not None
        old.verified_on = before = (NOW - timedelta(days=200)).date()
    karin.post(f"{here}/kontrollerad", linje=str(old.id))
    assert f"kontrollerad {before.isoformat()} → 2026-11-24" in undo(karin, here)
    assert lines(house)[1].verified_on == before


def lines(house: House) -> list[storage.settings.HelpLine]:
    """The help lines."""
    with house.database.read() as session:
        return sorted(storage.settings.help_lines(session), key=lambda line: line.id)


def test_an_offices_setting_is_its_own_staffs_and_the_municipalitys_is_of_whoever_leads_it_all(
    karin: Browser, house: House, client: TestClient
) -> None:
    with house.database.write() as session:
        office, other = an_office(session), an_office(session, "Unga Söder")
        sara, elsewhere = a_staff(session), a_staff(session, office=other)
        change = _a_quick_text(session, office.id, sara)
        duty = _a_help_line(session, sara)

    assert signed_in(client, house.database, elsewhere).post(UNDO, andring=change).status_code == 404
    # The help lines are the whole municipality's, and Karin leads one of its two offices.
    assert "Ångra" not in words(signed_in(client, house.database, karin.staff).see("/installningar/jour"))
    assert karin.post(UNDO, andring=duty).status_code == 403
    for page, send in (("utskick", {"svar": "5"}), ("jour", {"jour": ""}), ("kanaler/sms", {}), ("sprak", {})):
        assert karin.post(f"/installningar/{page}", **send).status_code == 403
    for page in ("utskick", "jour", "sprak"):
        assert "Gäller hela kommunen" in words(karin.see(f"/installningar/{page}"))
    with house.database.write() as session:
        storage.staff.give_role(session, StaffRole(staff_id=karin.staff.id, office_id=other.id, role="enhetschef"))
    assert karin.post("/installningar/jour", jour="").status_code == 303
    assert "Gäller hela kommunen" not in words(karin.see("/installningar/jour"))
    assert signed_in(client, house.database, sara).post(UNDO, andring=change).status_code == 303


def _a_quick_text(session: Session, office_id: int, staff: Staff) -> str:
    quick_texts.change(session, office_id, [quick_texts.QuickText("Hej", "Hej", "")], staff, now=NOW)
    return str(storage.settings.changes(session, [quick_texts.HISTORY])[0].id)


def _a_help_line(session: Session, staff: Staff) -> str:
    line = storage.settings.help_lines(session)[1]
    help_lines.change(session, line, number="116 000", hours="alltid", now=NOW, staff_id=staff.id)
    return str(storage.settings.changes(session, [help_lines.KEY])[0].id)
