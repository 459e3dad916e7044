"""Building a campaign through the browser without scripts: recipients, words, time, control (ux §4.8)."""

import io
import re

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import begin, found, register, run, start, step, words
from campaign_town import NOW, a_person, an_office
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

import storage.audit
import storage.campaigns
import storage.messages
import storage.settings
import storage.staff
from bot.wiring import House
from outreach import campaign_check
from storage.campaigns import SavedAudience
from storage.staff import StaffRole


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr, where ten people can be texted and three cannot."""
    register(house)
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def test_those_left_out_are_listed_with_the_reason_and_the_protected_only_counted(sara: Browser) -> None:
    code = begin(sara)

    page = sara.see(f"/utskick/nytt/mottagare?u={code}")

    shown = words(page)
    assert "13 i urvalet → 10 får sms De 3 andra:" in shown
    for reason in ("Saknar mobil 1", "Har sagt stopp 1", "Skyddade personuppgifter 1"):
        assert reason in shown
    assert "visa=protected" not in page
    assert "Utan Berg" in sara.see(f"/utskick/nytt/personer?u={code}&visa=no_number")
    assert "Hemlig" not in sara.see(f"/utskick/nytt/personer?u={code}&visa=protected")
    assert "Hemlig" not in sara.see(f"/utskick/nytt/provkorning?u={code}")


def test_a_word_that_reveals_the_group_stops_the_start(sara: Browser, house: House) -> None:
    code = begin(sara)
    text = "Hej! {enhet}, {kommun}. Vi skriver från aktivitetsansvaret. Vill du ses? STOPP=inga fler."
    step(sara, code, "meddelande", mall="INV-1", text=text, gor="uppdatera")

    page = words(sara.see(f"/utskick/nytt/meddelande?u={code}"))
    refused = start(sara, code)

    assert "Stoppar: ”aktivitetsansvaret”" in page
    assert "1 sak kvar" in page
    assert refused.status_code == 422
    assert "Ordkollen stoppar texten ”aktivitetsansvaret”" in words(refused.text)
    assert found(house, code).state == "draft"
    # The coordinator cannot lift it.
    assert step(sara, code, "meddelande", gor="lyft", skal="Vi tycker att det går bra så.").status_code == 403


def test_a_head_lifts_a_stop_for_exactly_that_text_with_a_reason(
    sara: Browser, house: House, client: TestClient
) -> None:
    code = begin(sara)
    text = "Hej! {enhet}, {kommun}. Vi har praktik hos polisen. Vill du? STOPP=inga fler."
    step(sara, code, "meddelande", mall="INV-1", text=text, text_en="", gor="uppdatera")
    with house.database.write() as session:
        head = a_staff(session, "enhetschef", name="Karin Ek")
    karin = signed_in(client, house.database, head)

    assert "Skriv varför" in words(step(karin, code, "meddelande", gor="lyft", skal="ok").text)
    assert step(karin, code, "meddelande", gor="lyft", skal="Praktiken är hos polisen.").status_code == 303

    with house.database.read() as session:
        campaign = found(house, code)
        assert campaign_check.is_lifted(session, campaign)
        logged = next(event for event in storage.audit.latest(session) if event.action == "word_check_lifted")
        assert logged.detail["why"] == "Praktiken är hos polisen."
        campaign.text_sv += " Hej då"
        assert not campaign_check.is_lifted(session, campaign)
    assert "Ordkollen stoppar" not in words(sara.see(f"/utskick/nytt/kontroll?u={code}"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"nar": "valj", "dag": "snart"}, "Vi förstår inte dagen ”snart”."),
        ({"nar": "valj", "dag": "24 nov", "tid": "lunch"}, "Vi förstår inte tiden ”lunch”."),
        ({"nar": "valj", "dag": "24 nov", "tid": "9"}, "Tiden har redan varit."),
        ({"nar": "nasta", "per_dag": "många"}, "Skriv hur många sms om dagen med siffror"),
    ],
)
def test_a_time_nobody_understands_is_said_at_the_field_and_kept(
    sara: Browser, fields: dict[str, str], said: str
) -> None:
    code = begin(sara)

    answer = step(sara, code, "tid", gor="vidare", **fields)

    assert answer.status_code == 422
    assert said in words(answer.text)
    assert all(f'value="{value}"' in answer.text for value in fields.values())


def test_a_saturday_is_moved_to_monday_and_it_is_said(sara: Browser) -> None:
    code = begin(sara)
    step(sara, code, "tid", nar="valj", dag="28 nov", tid="12", gor="uppdatera")

    assert "Första sms:et går måndag 30 november kl. 10.00." in words(sara.see(f"/utskick/nytt/tid?u={code}"))


def test_an_audience_nobody_understands_is_said_at_the_field(sara: Browser, house: House) -> None:
    code = begin(sara)

    answer = step(sara, code, "mottagare", namn="Prov", urval="alla gröna", gor="vidare")

    assert answer.status_code == 422
    assert "Vi förstår inte ”alla gröna” i urvalet" in words(answer.text)
    assert start(sara, code).status_code == 422


def test_a_saved_selection_is_chosen_by_name(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        saved = SavedAudience(name="De unga", sentence="16-19 år och har mobil", created_at=NOW)
        storage.campaigns.save_audience(session, saved)
    code = begin(sara)
    # One of the twelve has protected identity, and is in no count of a saved selection.
    assert "De unga 11 personer" in words(sara.see(f"/utskick/nytt/mottagare?u={code}"))

    step(sara, code, "mottagare", namn="Prov", sparat="De unga", urval="", gor="vidare")

    assert found(house, code).audience == "De unga"
    assert "12 i urvalet → 10 får sms" in words(sara.see(f"/utskick/nytt/mottagare?u={code}"))


def test_a_new_template_replaces_the_words_and_is_looked_at_first(sara: Browser, house: House) -> None:
    code = begin(sara)

    answer = step(sara, code, "meddelande", mall="NUDGE", text="Något eget", gor="vidare")

    assert answer.headers["location"] == f"/utskick/nytt/meddelande?u={code}"
    assert found(house, code).text_sv.startswith("Hej igen")


def test_what_is_typed_is_kept_while_it_is_typed(sara: Browser, house: House) -> None:
    code = begin(sara)

    answer = step(sara, code, "meddelande/spara", mall="NUDGE", text="Hej från oss {", text_en="")

    assert (answer.status_code, answer.headers["x-brygga-tid"]) == (204, "13.04")
    assert found(house, code).text_sv == "Hej från oss {"
    assert "klammer" in words(sara.see(f"/utskick/nytt/kontroll?u={code}"))


def test_a_dear_character_is_named_and_mended_with_one_press(sara: Browser, house: House) -> None:
    code = begin(sara)
    text = "Hej! {enhet} – vill du ses? STOPP=inga fler."
    step(sara, code, "meddelande", mall="INV-1", text=text, text_en="", gor="uppdatera")
    assert "Tänk på: ”–”" in words(sara.see(f"/utskick/nytt/meddelande?u={code}"))

    step(sara, code, "meddelande", mall="INV-1", text=text, text_en="", gor="byt:–")

    assert found(house, code).text_sv == text.replace("–", "-")


def test_the_counter_tells_parts_characters_and_price(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        storage.settings.write(session, "sms_price_ore", value=45)
        storage.settings.write(session, "sms_price_verified_on", value="2026-10-01")
    code = begin(sara)

    page = words(sara.see(f"/utskick/nytt/meddelande?u={code}"))

    assert re.search(r"1 del · \d+ av 160 tecken · 10 delar i allt · cirka 4 kr", page)
    assert "0,45 kr per del, kontrollerat 2026-10-01" in page


def test_the_preview_flips_through_real_recipients(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_person(session, 40, first_name="Łucja", standing="confirmed", language="engelska")
    code = begin(sara)
    step(sara, code, "meddelande", mall="INV-2", gor="mall")

    page = words(sara.see(f"/utskick/nytt/meddelande?u={code}&nr=11"))

    assert "11 av 11" in page
    for pick in ("längst text", "utan namn", "annat alfabet", "på engelska"):
        assert pick in page
    part = sara.see(f"/utskick/nytt/meddelande/del/forhandsvisning?u={code}&nr=3")
    assert "3 av 11" in words(part)
    assert "<html" not in part


def test_the_dry_run_comes_as_a_workbook_without_formulas_and_sends_nothing(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_person(session, 30, first_name="=1+1")
    code = begin(sara)

    answer = sara.post(f"/utskick/nytt/provkorning.xlsx?u={code}")

    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("Provkörning").to_python()
    assert rows[0] == ["Namn", "Ålder", "Får sms", "Skickas", "Delar", "Text", "Varför inte", "Version"]
    assert len(rows) == 1 + 13
    assert "=1+1 Berg" in [row[0] for row in rows]
    assert "Hemlig Berg" not in [row[0] for row in rows]
    assert {row[6] for row in rows[1:] if row[2] == "nej"} == {"saknar mobil", "har sagt stopp"}
    assert 'filename="brygga_provkorning_2026-11-24.xlsx"' in answer.headers["content-disposition"]
    with house.database.read() as session:
        assert storage.messages.counts(session) == {}
        assert storage.audit.latest(session)[0].action == "exported"


def test_a_test_goes_to_ones_own_telephone_only(sara: Browser, house: House) -> None:
    code = begin(sara)

    missing = step(sara, code, "kontroll", svarar=str(sara.staff.id), gor="test")
    sent = step(sara, code, "kontroll", svarar=str(sara.staff.id), min_mobil="070-174 06 99", gor="test")
    run(house)

    assert "Vi vet inte ditt mobilnummer" in words(missing.text)
    assert sent.headers["location"].endswith("klart=skickat")
    with house.database.read() as session:
        texts = storage.messages.of_address(session, "sms", "+46701740699")
        assert [(text.kind, text.state, text.lang) for text in texts] == [
            ("test", "delivered", "sv"), ("test", "delivered", "en"),
        ]  # fmt: skip
        assert storage.messages.counts(session) == {"delivered": 2}
    assert "Testet går till 070-174 06 99" in words(sara.see(f"/utskick/nytt/kontroll?u={code}"))


def test_only_ones_own_offices_people_are_reached_and_seen(sara: Browser, house: House, client: TestClient) -> None:
    with house.database.write() as session:
        south = an_office(session, "Unga Söder")
        a_person(session, 50, first_name="Söderbo", office=south)
        other = a_staff(session, name="Ola Öst", office=south)
        both = a_staff(session, name="Bo Båda", office=south)
        storage.staff.give_role(session, StaffRole(staff_id=both.id, office_id=1, role="samordnare"))
    code = begin(sara)
    ola, bo = signed_in(client, house.database, other), signed_in(client, house.database, both)

    assert "10 får sms" in words(sara.see(f"/utskick/nytt/mottagare?u={code}"))
    assert ola.get(f"/utskick/nytt/mottagare?u={code}").status_code == 404
    assert "Första kontakten 24 november" not in ola.see("/utskick?flik=utkast")
    wide = begin(bo)
    assert "11 får sms" in words(bo.see(f"/utskick/nytt/mottagare?u={wide}"))
    # It concerns Sara's office too, so she sees it, but she cannot send to people she does not work with.
    assert sara.get(f"/utskick/{wide}").status_code == 303
    assert start(sara, wide).status_code == 403
    step(bo, wide, "kontroll", svarar=str(both.id), gor="starta", antal="11")
    assert "1 av dem räknas bara" in words(sara.see(f"/utskick/{wide}/personer?visa=vantar"))
    assert "Söderbo" not in sara.see(f"/utskick/{wide}/personer?visa=vantar")


@pytest.mark.parametrize("role", ["konsulent", "administrator", "ambassador", "lasare"])
def test_others_have_no_campaigns(sara: Browser, house: House, client: TestClient, role: str) -> None:
    code = begin(sara)
    with house.database.write() as session:
        staff = a_staff(session, role, name="Per Nej")
    other = signed_in(client, house.database, staff)

    for address in ("/utskick", "/utskick/nytt", f"/utskick/{code}", f"/utskick/nytt/kontroll?u={code}"):
        assert other.get(address).status_code == 403
    assert other.post("/utskick/nytt", mall="INV-1").status_code == 403
    assert start(other, code).status_code == 403
