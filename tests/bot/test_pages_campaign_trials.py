"""Versions, a pilot and a control group through the browser without scripts (ux §4.8, §4.9)."""

import pytest
from builders import Browser, a_booking, a_slot, a_staff, signed_in
from campaign_desk import begin, found, register, run, start, step, words
from campaign_town import NOW
from conftest import StillClock
from fastapi.testclient import TestClient

import storage.people
import storage.trials
from bot.wiring import House
from outreach import campaign_versions

B = "Hej från {enhet}, {kommun}. Vad vill du hinna med i år? Svara här. STOPP=inga fler."


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted and three cannot."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def two_versions(sara: Browser, house: House) -> str:
    """A draft with two versions of the first contact, to be tried by a pilot."""
    code = begin(sara)
    first = found(house, code).text_sv
    added = step(sara, code, "meddelande", mall="INV-1", version="A", text=first, text_en="", gor="ny_version")
    assert added.headers["location"].endswith("version=B")
    # It begins like the first, and what is to be found out is not said yet.
    assert "2 saker kvar" in words(sara.see(added.headers["location"]))
    back = step(
        sara, code, "meddelande", mall="INV-1", version="B", text=B, text_en="", fraga="Fler bokade tider?",
        delning="pilot", regel="booked", gor="version:A",
    )  # fmt: skip
    assert back.headers["location"].endswith("version=A")
    return code


def test_tabs_keep_what_is_typed_and_the_last_step_tells_what_is_tried(sara: Browser, house: House) -> None:
    plain = sara.see(f"/utskick/nytt/meddelande?u={begin(sara)}")
    assert "Pröva två eller tre texter mot varandra" in plain
    assert "Vad vill ni veta?" not in plain

    code = two_versions(sara, house)
    page = words(sara.see(f"/utskick/nytt/meddelande?u={code}"))
    first = found(house, code).text_sv
    assert first in page
    assert "Version A: 1 del" in page
    assert "Version B: 1 del" in page
    assert "Under 20 går det inte att säga vilken version som är bäst." in page

    # A version that a colleague has taken away is not written over the first.
    lost = step(sara, code, "meddelande", version="C", text="Borta", text_en="")
    assert "Version C är borttagen av en kollega." in words(lost.text)
    assert "Det här hann du skriva i version C Borta" in words(lost.text)
    assert step(sara, code, "meddelande/spara", version="C", text="Borta").status_code == 409
    assert found(house, code).text_sv == first

    check = words(sara.see(f"/utskick/nytt/kontroll?u={code}"))
    assert "Lottat: A till 1, B till 1. 8 personer väntar tills ni har valt version, det kostar cirka 4 kr" in check
    assert "Ni vill veta: Fler bokade tider?" in check
    assert "· version A" in check
    assert "· version B" in check


def test_a_pilot_is_compared_and_chosen_from_when_its_days_are_over(
    sara: Browser, house: House, clock: StillClock
) -> None:
    code = two_versions(sara, house)
    start(sara, code)
    clock.forward(minutes=2)
    run(house)

    early = words(sara.see(f"/utskick/{code}"))
    assert "För tidigt att jämföra. Alla har haft 7 dagar från sitt sms" in early
    assert "8 personer väntar på att ni väljer version." in early
    assert "Skicka version" not in early
    # What has not been answered is copied as it was to be asked.
    again = sara.post("/utskick/nytt", kopia=code).headers["location"].partition("u=")[2]
    assert "Ni vill veta: Fler bokade tider?" in words(sara.see(f"/utskick/nytt/kontroll?u={again}"))
    assert sara.post(f"/utskick/{code}/resten", version="B").status_code == 422

    with house.database.write() as session:
        got_b = next(one.person_id for one in storage.trials.drawn(session, 1) if one.version == "B")
        slot = a_slot(session, NOW.replace(month=12))
        a_booking(session, storage.people.get(session, got_b), slot, at=house.now())
    assert "Leila" not in sara.see(f"/utskick/{code}/personer?visa=grupp_ja:B")

    clock.forward(days=8)
    sara = signed_in(sara.client, house.database, sara.staff, now=clock.now())
    assert "Piloten är klar. Välj vilken version resten ska få." in words(sara.see("/idag"))
    assert "Version B jämfört med version A: För få för att säga något än." in words(sara.see(f"/utskick/{code}"))
    assert words(sara.see(f"/utskick/{code}/personer?visa=grupp_ja:B")).count("Leila") == 1
    assert words(sara.see(f"/utskick/{code}/personer?visa=vantar")).count("väntar på att ni väljer version") == 8

    assert sara.post(f"/utskick/{code}/resten", version="B").status_code == 303
    assert sara.post(f"/utskick/{code}/resten", version="A").headers["location"].endswith("klart=redan")
    assert "Resten fick version B" in words(sara.see(f"/utskick/{code}"))
    with house.database.read() as session:
        assert [one.version for one in storage.trials.drawn(session, 1)].count("B") == 9
    assert sara.post(f"/utskick/{code}/lardom", lardom="Kortare gick bättre.").status_code == 303
    copied = sara.post("/utskick/nytt", kopia=code).headers["location"].partition("u=")[2]
    assert found(house, copied).text_sv == B
    assert "Kortare gick bättre." in words(sara.see(f"/utskick/nytt/meddelande?u={copied}"))


def test_a_control_group_that_could_tell_nothing_holds_nobody_back(sara: Browser, house: House) -> None:
    code = begin(sara)
    step(sara, code, "mottagare", kontroll_fanns="ja", kontroll="ja", regel="answered", gor="uppdatera")

    page = words(sara.see(f"/utskick/nytt/mottagare?u={code}"))

    assert "10 får sms" in page
    assert "Ingen hålls tillbaka. Det behövs minst 200" in page
    step(sara, code, "mottagare", kontroll_fanns="ja", regel="answered", gor="uppdatera")
    with house.database.read() as session:
        trial = campaign_versions.trial(session, found(house, code))
        assert (trial.control, trial.rule) == (False, "answered")
    assert sara.post(f"/utskick/nytt/kasta?u={code}").status_code == 303


def test_what_is_written_on_a_version_follows_it_when_another_is_taken_away(sara: Browser, house: House) -> None:
    code = two_versions(sara, house)
    step(sara, code, "meddelande", version="B", text=B, gor="ny_version")
    step(sara, code, "meddelande", version="C", borttagna="", text="Tredje", text_en="")
    # A colleague takes B away while two others write on B and on C as they saw them.
    step(sara, code, "meddelande", version="B", borttagna="", text=B, text_en="", gor="bort_version:B")

    lost = step(sara, code, "meddelande", version="B", borttagna="", text="För sent", text_en="")
    step(sara, code, "meddelande", version="C", borttagna="", text="Tredje, ändrad", text_en="")

    assert "Det här hann du skriva i version B För sent" in words(lost.text)
    with house.database.read() as session:
        said = [one.sv for one in campaign_versions.of(session, found(house, code))]
    assert said[1:] == ["Tredje, ändrad"]
