"""A campaign through the browser without scripts: started once, followed, stopped and summed up (ux §4.9)."""

import html
import re
from datetime import timedelta

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import begin, found, register, run, start, step, words
from campaign_town import NOW, a_campaign, a_person, number
from fastapi.testclient import TestClient

import storage.audit
import storage.campaigns
import storage.messages
import storage.staff
from bot.wiring import House
from outreach import campaigns, global_pause
from outreach.channels import Inbound


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted and three cannot."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def test_the_whole_way_from_a_card_to_the_results(sara: Browser, house: House, clock) -> None:
    assert "Första kontakten" in sara.see("/utskick/nytt?urval=har+mobil")
    code = begin(sara)
    assert "10 får sms" in words(sara.see(f"/utskick/nytt/mottagare?u={code}"))
    to_time = step(sara, code, "meddelande", mall="INV-1", text=found(house, code).text_sv, gor="vidare")
    assert to_time.headers["location"] == f"/utskick/nytt/tid?u={code}"
    to_check = step(sara, code, "tid", nar="nasta", per_dag="", gor="vidare")
    assert to_check.headers["location"] == f"/utskick/nytt/kontroll?u={code}"
    assert "10 personer i Unga Norr får 1 sms var, från tisdag 24 november kl. 13.04." in words(
        sara.see(f"/utskick/nytt/kontroll?u={code}")
    )

    started = start(sara, code)
    assert started.headers["location"] == f"/utskick/{code}"
    page = words(sara.see(f"/utskick/{code}"))
    assert "Startar om 61 s Ångra" in page
    assert "0 av 10 skickade" in page

    clock.forward(minutes=2)
    run(house)
    page = words(sara.see(f"/utskick/{code}"))
    assert "Klart" in page
    assert "10 av 10 skickade · 10 levererade · 0 svar" in page
    assert "13 i urvalet: 10 skickade, 3 fick inget sms." in page
    assert "Ingen av 10 har svarat ännu." in page

    house.keep_inbound(Inbound("sms", "in-1", number(0), "ja gärna", clock.now()))
    clock.forward(minutes=1)
    run(house)
    page = words(sara.see(f"/utskick/{code}"))
    assert "Av 10 svarade 1, 1 vill ses." in page
    assert "10 % har svarat" in page
    assert "Flest svar kom mellan kl. 13 och 14: 1 av 1." in page
    assert "1 person" in words(sara.see(f"/utskick/{code}/personer?visa=timme:13"))


def test_the_numbers_open_exactly_their_lists(sara: Browser, house: House, clock) -> None:
    code = begin(sara)
    start(sara, code)
    clock.forward(minutes=2)
    run(house)
    house.keep_inbound(Inbound("sms", "in-1", number(3), "jag har det skit, vill inte leva", clock.now()))
    clock.forward(minutes=1)
    run(house)

    page = sara.see(f"/utskick/{code}")

    links = re.findall(r'<a href="(/utskick/\w+/personer\?visa=[^"]+)"><span class="big">(\d+)</span>', page)
    assert len(links) == 4
    for address, count in links:
        listed = sara.see(html.unescape(address))
        told = re.search(r"(\d+) av dem räknas bara", words(listed))
        assert len(re.findall(r'<th role="rowheader"', listed)) + int(told[1] if told else 0) == int(count)
        assert "Hemlig" not in listed
    answers = sara.see(f"/utskick/{code}/personer?visa=svarade")
    assert "behöver läsas av en människa" in answers
    assert "akut" not in answers


@pytest.mark.parametrize("times", [2, 5])
def test_starting_again_does_nothing_more(sara: Browser, house: House, clock, times: int) -> None:
    code = begin(sara)

    answers = [start(sara, code) for _ in range(times)]
    clock.forward(minutes=2)
    run(house)

    assert answers[-1].headers["location"] == f"/utskick/{code}?klart=redan"
    with house.database.read() as session:
        assert storage.messages.counts(session) == {"delivered": 10}
    assert sara.get(f"/utskick/nytt/kontroll?u={code}").headers["location"].startswith(f"/utskick/{code}")


def test_without_somebody_who_answers_it_does_not_start(sara: Browser, house: House) -> None:
    code = begin(sara)

    refused = step(sara, code, "kontroll", svarar="", gor="starta", antal="10")

    assert refused.status_code == 422
    assert "Välj vem som svarar" in words(refused.text)
    assert found(house, code).state == "draft"


def test_more_recipients_than_were_seen_must_be_seen_first(sara: Browser, house: House) -> None:
    code = begin(sara)
    with house.database.write() as session:
        a_person(session, 30, first_name="Ny")

    refused = start(sara, code)

    assert refused.status_code == 422
    assert "Antalet har ändrats från 10 till 11" in words(refused.text)
    assert found(house, code).state == "draft"


def test_a_start_can_be_undone_within_the_minute(sara: Browser, house: House, clock) -> None:
    code = begin(sara)
    start(sara, code)
    clock.forward(seconds=30)

    answer = sara.post(f"/utskick/{code}/angra")
    clock.forward(minutes=5)
    run(house)

    assert answer.headers["location"] == f"/utskick/{code}?klart=angrat"
    assert "13 fick inget sms (10 togs tillbaka)" in words(sara.see(f"/utskick/{code}"))
    with house.database.read() as session:
        assert storage.messages.counts(session) == {"cancelled": 10}


def test_regret_pause_and_stop_come_too_late_when_all_has_left(sara: Browser, house: House, clock) -> None:
    code = begin(sara)
    start(sara, code)
    clock.forward(minutes=2)
    run(house)

    assert sara.post(f"/utskick/{code}/angra").headers["location"].endswith("klart=forsent")
    for what in ("pausa", "fortsatt", "stoppa"):
        assert sara.post(f"/utskick/{code}/{what}").headers["location"].endswith("klart=redan")


def test_pause_resume_and_stop(sara: Browser, house: House, clock) -> None:
    code = begin(sara)
    step(sara, code, "tid", nar="nasta", per_dag="6", gor="vidare")
    start(sara, code)

    sara.post(f"/utskick/{code}/pausa")
    clock.forward(minutes=2)
    run(house)
    assert "Pausat" in words(sara.see(f"/utskick/{code}"))
    assert "0 av 10 skickade" in words(sara.see(f"/utskick/{code}"))

    sara.post(f"/utskick/{code}/fortsatt")
    run(house)
    page = words(sara.see(f"/utskick/{code}"))
    assert "6 av 10 skickade" in page
    assert "Nästa skickas i morgon kl. 10.00" in page
    assert "6 sms har redan gått ut och går inte att ta tillbaka." in page

    sara.post(f"/utskick/{code}/stoppa")
    assert "13 i urvalet: 6 skickade, 7 fick inget sms (4 togs tillbaka)." in words(sara.see(f"/utskick/{code}"))


def test_a_campaign_is_planned_for_a_day_and_can_become_a_draft_again(sara: Browser, house: House, clock) -> None:
    code = begin(sara)
    step(sara, code, "tid", nar="valj", dag="fre v 48", tid="13.00", gor="vidare")
    assert "Schemalägg utskick till 10" in sara.see(f"/utskick/nytt/kontroll?u={code}")

    start(sara, code)

    assert "Schemalagt till fredag 27 november kl. 13.00" in words(sara.see(f"/utskick/{code}"))
    assert "Första kontakten" in sara.see("/utskick?flik=schemalagda")
    assert sara.post(f"/utskick/{code}/angra").headers["location"].startswith("/utskick/nytt/tid")
    start(sara, code)
    clock.forward(days=3)
    run(house)
    assert found(house, code).state == "done"


def test_the_list_stands_under_four_tabs(sara: Browser, house: House, clock) -> None:
    assert "Inga utkast" in sara.see("/utskick?flik=utkast")
    assert "Börja från ett av tre" in sara.see("/utskick")
    assert "Alla utskick är pausade" not in sara.see("/utskick")
    code = begin(sara)
    assert code in sara.see("/utskick")
    start(sara, code)
    assert "Pågår" in words(sara.see("/utskick?flik=pagar"))
    clock.forward(minutes=2)
    run(house)

    row = words(sara.see("/utskick/del/lista?flik=klara"))

    assert "Första kontakten 24 november alla Sms Klart 10 0 0 5,20" in row


def test_a_campaign_for_a_saturday_is_planned_for_the_monday(sara: Browser, house: House) -> None:
    code = begin(sara)
    step(sara, code, "tid", nar="valj", dag="28 nov", tid="12", gor="vidare")

    start(sara, code)

    assert "Schemalagt till måndag 30 november kl. 10.00" in words(sara.see(f"/utskick/{code}"))


def test_a_global_pause_is_told_in_the_list(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        global_pause.turn_on(session, why="", now=NOW)

    assert "Alla utskick är pausade sedan kl. 13.04" in sara.see("/utskick")


def test_a_campaign_is_copied_and_a_draft_thrown_away(sara: Browser, house: House) -> None:
    code = begin(sara)
    copy = begin(sara, kopia=code)
    assert found(house, copy).text_sv == found(house, code).text_sv
    assert copy != code

    sara.post(f"/utskick/nytt/kasta?u={copy}")

    assert sara.get(f"/utskick/nytt/mottagare?u={copy}").status_code == 404
    start(sara, code)
    assert sara.post(f"/utskick/nytt/kasta?u={code}").headers["location"].endswith("klart=redan")


def test_a_form_from_elsewhere_starts_nothing(sara: Browser, house: House) -> None:
    code = begin(sara)

    answer = sara.post(f"/utskick/nytt/kontroll?u={code}", csrf="fel", svarar=str(sara.staff.id), gor="starta")

    assert answer.status_code == 403
    assert found(house, code).state == "draft"


def test_a_campaign_from_a_script_can_be_followed_by_everybody_who_sends(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        campaign = a_campaign(session)
        campaigns.launch(session, campaign, house.sender.rules, now=NOW, regret=timedelta(minutes=1))

    assert "0 av 10 skickade" in words(sara.see(f"/utskick/{campaign.code}"))
