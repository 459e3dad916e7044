"""Settings of who answers and with what: quick texts, routing, absence, holidays."""

import re
from datetime import timedelta
from typing import Any

import pytest
from builders import NOW, Browser, a_person, a_staff, a_talk, a_text_in, an_office, signed_in
from fastapi.testclient import TestClient
from talks import Youth

import storage.campaigns
import storage.conversations
import storage.sharing
import storage.staff
import storage.time_patterns
from bot.conversation import subjects
from bot.conversation.understanding import Reading
from bot.wiring import House
from outreach import campaigns, own_times, quick_texts, takeover, word_check
from outreach.errors import BadInput
from scheduler import starts
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.sharing import Acquaintance
from storage.staff import Staff

ANSWERS = "/installningar/svarar"
QUICK = "/installningar/snabbsvar"


def test_the_proposed_quick_texts_fit_one_text_and_pass_the_word_check() -> None:
    values = {"namn": "Alexandra", "enhet": "Unga Björkstad"}
    for row in quick_texts.proposed():
        for lang in quick_texts.LANGS:
            said = row.says(lang, values)
            assert len(said) <= 160, said
            assert not word_check.check_words(said, purpose="reply", senders=("Alexandra",)), said


def test_an_office_has_quick_texts_of_its_own(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        office = an_office(session)
        south = an_office(session, "Unga Söder")
        talk = a_talk(session)

    assert "Vem är vi?" in sara.see(QUICK)
    form = {"kontor": str(office.id), "namn-1": "Portkod", "sv-1": "Jag möter dig i entrén.", "namn-3": "Hej",
            "sv-3": "Hej, {namn} här.", "en-3": "Hi, {namn} here."}  # fmt: skip
    assert sara.post(QUICK, **form).status_code == 303
    sara.post(f"/inkorg/{talk.code}/ta-over")
    composer = sara.see(f"/inkorg/{talk.code}")
    assert 'data-insert="Hi, Sara here." data-hotkey="2"' in composer
    assert "Vem är vi?" not in composer

    wrong = sara.post(QUICK, **form | {"sv-1": "{fornamn}, ring 20070906-2384"})
    assert wrong.status_code == 422
    assert "Snabbsvar 1 ser ut att ha ett personnummer" in wrong.text
    for text in ("Hej {fornamn}", "Hej {"):
        assert sara.post(QUICK, **form | {"sv-1": text}).status_code == 422
    with house.database.read() as session:
        assert [row.name for row in quick_texts.of(session, office.id)] == ["Portkod", "Hej"]
        assert quick_texts.of(session, south.id) == quick_texts.proposed()
    assert sara.post(QUICK, **form | {"kontor": str(south.id)}).status_code == 404

    sara.post(QUICK, kontor=str(office.id), gor="forslag")
    assert "Vem är vi?" in sara.see(QUICK)


def names(page: str) -> list[str]:
    """Who stands in the list, from the top."""
    return re.findall(r'<a class="strong" href="[^"]+">([^<]+)</a>', page)


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """The head of Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


@pytest.fixture
def samira(house: House) -> Staff:
    """Studies are what she knows about."""
    with house.database.write() as session:
        return a_staff(session, "konsulent", name="Samira Noor")


def waits(house: House, name: str, subject: str, ending: str, **more: Any) -> Conversation:
    """Somebody who has written about something and waits for a human."""
    with house.database.write() as session:
        fields = {"state": "human", "waits": timedelta(hours=1), "why": "fråga utan svar"} | more
        talk = a_talk(session, a_person(session, name), address=ending, subject=subject, **fields)
        a_text_in(session, talk, "hej", at=NOW - timedelta(hours=1))
        return talk


def in_mina(house: House, client: TestClient, staff: Staff) -> list[str]:
    """Who stands under "Mina" for a member of staff."""
    return names(signed_in(client, house.database, staff).see("/inkorg?flik=mina"))


def test_a_talk_goes_by_what_it_is_about_to_whoever_the_table_names(
    karin: Browser, sara: Browser, samira: Staff, client: TestClient, house: House
) -> None:
    with house.database.read() as session:
        office = str(an_office(session).id)
    table = {"kontor": office, "study": f"person:{samira.id}", "tough": "roll:samordnare"}
    assert karin.post(f"{ANSWERS}/amnen", **table).status_code == 303
    elsa = waits(house, "Elsa", "study", "05")
    for name, subject, ending, more in (
        ("Noor", "work", "06", {}), ("Moa", "", "07", {"why": "tufft läge"}),
        ("Ida", "study", "08", {"state": "urgent", "why": "akut"}),
    ):  # fmt: skip
        waits(house, name, subject, ending, **more)

    page = signed_in(client, house.database, samira).see("/inkorg")

    assert in_mina(house, client, samira) == ["Elsa A."]
    assert in_mina(house, client, sara.staff) == ["Moa A."]
    assert len(names(page)) == 4, "everybody sees all of it"
    assert names(page)[0] == "Ida A.", "somebody acute is everybody's"
    assert page.count("för Samira") == 1
    assert page.count("för alla samordnare") == 1
    assert "för Samira" in sara.see("/idag")
    assert karin.post(f"{ANSWERS}/amnen", kontor=office, study="person:99999").status_code == 422
    assert sara.post(f"{ANSWERS}/amnen", **table).status_code == 403
    assert "Samira Noor" in sara.see(ANSWERS)

    with house.database.write() as session:
        storage.sharing.keep(session, Acquaintance(staff_id=samira.id, person_id=elsa.person_id or 0, since=NOW))
    assert in_mina(house, client, samira) == [], "whoever knows them answers about others"
    assert "för Samira" not in sara.see("/inkorg")


def test_a_substitute_gets_what_is_for_whoever_is_away(
    karin: Browser, sara: Browser, samira: Staff, client: TestClient, house: House
) -> None:
    with house.database.read() as session:
        office = str(an_office(session).id)
    karin.post(f"{ANSWERS}/amnen", kontor=office, study=f"person:{samira.id}")
    waits(house, "Elsa", "study", "05")

    away = {"kontor": office, "vem": str(samira.id), "fran": "2026-11-24", "till": "2026-11-27"}
    assert sara.post(f"{ANSWERS}/borta", **away).status_code == 403
    assert karin.post(f"{ANSWERS}/borta", **away | {"ersattare": str(samira.id)}).status_code == 422
    assert karin.post(f"{ANSWERS}/borta", **away | {"till": "2026-11-01"}).status_code == 422
    karin.post(f"{ANSWERS}/borta", **away)
    assert in_mina(house, client, samira) == []
    assert "Samira är borta, vem som helst kan ta det" in sara.see("/inkorg")

    with house.database.read() as session:
        (row,) = storage.time_patterns.days_off(session, NOW.date())
    karin.post(f"{ANSWERS}/borta/{row.code}", kontor=office, ersattare=str(sara.staff.id))
    assert in_mina(house, client, sara.staff) == ["Elsa A."]
    assert "för Sara i stället för Samira" in sara.see("/inkorg")
    # The substitute is away too, and each stands in for the other: nobody goes round in circles.
    sara.post(f"{ANSWERS}/borta", kontor=office, vem=str(sara.staff.id), fran="2026-11-24", ersattare=str(samira.id))
    assert in_mina(house, client, sara.staff) == in_mina(house, client, samira) == []
    assert names(sara.see("/inkorg")) == ["Elsa A."]
    karin.post(f"{ANSWERS}/borta/{row.code}", kontor=office, gor="slut")
    assert in_mina(house, client, samira) == ["Elsa A."]


def test_no_campaign_starts_in_a_holiday_unless_a_named_person_answers(
    karin: Browser, sara: Browser, samira: Staff, client: TestClient, house: House
) -> None:
    with house.database.write() as session:
        office = an_office(session)
        campaign = campaigns.create(session, Campaign(
            name="Första", audience="har mobil", text_sv="Hej! Vill du? JA eller NEJ. STOPP = inga fler.",
            created_at=NOW, office_id=office.id, answered_by_id=sara.staff.id,
        ), now=NOW)  # fmt: skip
        campaigns.schedule(
            session, campaign, house.sender.rules, NOW + timedelta(minutes=5), now=NOW, staff_id=sara.staff.id
        )
    waits(house, "Elsa", "work", "05")
    form = {"kontor": str(office.id), "forsta": "2026-11-23", "sista": "2026-12-04"}
    assert karin.post(f"{ANSWERS}/semester", **form | {"sista": "2026-11-01"}).status_code == 422
    assert karin.post(f"{ANSWERS}/semester", **form).status_code == 303
    assert sara.post(f"{ANSWERS}/semester", **form).status_code == 403

    later = NOW + timedelta(minutes=6)
    with house.database.write() as session:
        starts.start_due(session, house.sender.rules, later)
        kept = storage.campaigns.get(session, campaign.id)
        assert kept.state == "draft", "nothing is lost"
        assert "Unga Norr har semesterläge till 2026-12-04 och ingen är vald att svara." in kept.state_why
        with pytest.raises(BadInput, match="semesterläge"):
            campaigns.schedule(session, kept, house.sender.rules, later, now=later, staff_id=sara.staff.id)

    karin.post(f"{ANSWERS}/semester", **form | {"svarar": str(samira.id)})
    assert in_mina(house, client, samira) == ["Elsa A."], "whoever answers gets what waits"
    with house.database.write() as session:
        kept = storage.campaigns.get(session, campaign.id)
        assert campaigns.why_no_start(session, kept, later, now=later) == ""
        own_times.take_off(session, samira, NOW.date(), NOW.date(), "", samira, now=NOW)
        assert "Samira Noor är borta då" in campaigns.why_no_start(session, kept, later, now=later)
        assert campaigns.why_no_start(session, kept, NOW + timedelta(days=1), now=later) == ""
        kept.answered_by_id = samira.id
    karin.post(f"{ANSWERS}/semester", kontor=str(office.id), gor="slut")
    with house.database.read() as session:
        kept = storage.campaigns.get(session, campaign.id)
        assert "Samira Noor är borta då" in campaigns.why_no_start(session, kept, later, now=later)
        assert campaigns.why_no_start(session, kept, NOW + timedelta(days=1), now=later) == ""


@pytest.mark.parametrize(("text", "subject"), [
    ("kan jag plugga på komvux?", "study"), ("Do you know any school for adults", "study"),
    ("jag söker praktik", "work"), ("hur får man ett extrajobb", "work"),
    ("kan ni hjälpa mig prata med soc", "authority"),
    ("har skulder hos kronofogden och vill plugga", "authority"), ("vad kostar det", ""), ("soccer i hallen?", ""),
])  # fmt: skip
def test_a_text_tells_by_its_words_what_it_is_about(text: str, subject: str) -> None:
    assert subjects.of(text, Reading("question")) == subject
    assert subjects.of(text, Reading("crisis")) == ""


def test_a_reply_is_routed_by_its_words_until_somebody_has_answered(leila: Youth, house: House) -> None:
    leila.says("kan jag prata med någon om komvux och betyg")
    with house.database.read() as session:
        (talk, _), *_ = storage.conversations.waiting(session)
        assert talk.subject == "study"
    leila.says("hallå?")
    with house.database.write() as session:
        talk = storage.conversations.get(session, talk.id)
        assert talk.subject == "study", "what was said first still counts"
        takeover.done(session, talk, storage.staff.everyone(session)[0], now=NOW)
        assert talk.subject == ""
