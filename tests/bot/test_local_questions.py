"""Questions that the municipality answers itself: how they are recognised, and their page (ux §4.16)."""

import re

import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient
from talks import Town, Youth

import storage.inbound
from bot.conversation.local_questions import fitting
from bot.wiring import House
from outreach import local_questions
from outreach.local_questions import LocalQuestion

HERE = "/installningar/fragor"
BUS = LocalQuestion(0, "Bussen hit", ("går det buss dit",), "Buss 5 stannar vid {plats}.", "Bus 5 stops at {plats}.")
SHOWER = LocalQuestion(0, "Duscha", ("kan man duscha hos er", "dusch"), "Ja, {enhet} har en dusch. Fråga {namn}.")


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def answered_by_town(town: Town, *questions: LocalQuestion) -> None:
    with town.house.database.write() as session:
        for question in questions:
            local_questions.keep(session, question, now=town.clock.now(), staff_id=town.staff_id)


def kept(house: House) -> list[LocalQuestion]:
    with house.database.read() as session:
        return local_questions.everything(session)


# ----------------------------------------------------------------------------------------------- in the talk


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("hej går det nån buss dit?", "går det buss dit"),
        ("BUSS dit??", "går det buss dit"),
        ("kan jag få duscha hos er", "kan man duscha hos er"),
        ("dusch?", "dusch"),
        ("duschen", "dusch"),
        ("kan man ducsha hos er", "kan man duscha hos er"),
        ("bussen går sönder", ""),
        ("jag var i duschen när du ringde och hörde inget", ""),
        ("", ""),
    ],
)
def test_an_example_is_recognised_by_its_telling_words(text: str, example: str) -> None:
    found = fitting(text, [BUS, SHOWER])
    assert (found[1] if found else "") == example


def test_a_question_gets_the_municipalitys_answer_and_the_rule_is_shown(town: Town, leila: Youth) -> None:
    answered_by_town(town, BUS, SHOWER)
    assert leila.says("kan jag duscha hos er?") == ["F-OWN"]
    assert leila.last.startswith("Ja, Unga Björkstad har en dusch. Fråga Samira.")
    with town.house.database.read() as session:
        read = storage.inbound.of_conversation(session, leila.talk.id)[-1]
    assert (read.intent, read.rule) == ("question", "kan man duscha hos er")
    assert any(one.startswith("question:") for one in read.considered)

    assert leila.says("ja, går det buss dit?") == ["OFFER"]
    assert leila.last.startswith("Buss 5 stannar vid ")
    assert "1) ons 25 nov" in leila.last


def test_what_comes_before_a_question_is_never_answered_by_one(town: Town, leila: Youth) -> None:
    answered_by_town(
        town,
        LocalQuestion(0, "Orkar", ("hej dö",), "Svaret."),
        LocalQuestion(0, "Sms", ("sluta",), "Svaret."),
        LocalQuestion(0, "Mamma", ("mamma",), "Svaret."),
    )
    other = town.youth("Nur", "07")
    assert town.youth("Amir", "08").says("det här är hans mamma") == ["THIRD"]
    assert leila.says("jag vill dö") == ["CRISIS-18"]
    assert other.says("sluta sms:a") == ["STOP-OK"]


# ----------------------------------------------------------------------------------------------- the page


def test_a_head_adds_a_question_tries_it_changes_it_and_takes_it_back(karin: Browser, house: House) -> None:
    assert "Ni har inga egna frågor än." in karin.see(HERE)
    form = {"namn": "Bussen hit", "exempel": "går det buss dit\n\n  buss  hit ", "sv": "Buss 5, hållplats Torget."}
    assert karin.post(HERE, **form).headers["location"].endswith("klart=sparat#egna")
    (question,) = kept(house)
    assert question.examples == ("går det buss dit", "buss hit")

    tried = words(karin.post(f"{HERE}/prova", prova="finns det nån buss hit?").text)
    assert "Tolkat som: ställer en fråga (”buss hit”) Buss 5, hållplats Torget. Ert eget svar." in tried
    assert "Tolkat som: akut läge" in words(karin.post(f"{HERE}/prova", prova="jag vill dö").text)

    shown = karin.see(f"{HERE}?andra={question.id}")
    assert 'value="Bussen hit"' in shown
    karin.post(HERE, **form, fraga=question.id, en="Bus 5, the square.")
    assert kept(house)[0].answer("en") == "Bus 5, the square."
    karin.post(f"{HERE}/bort", fraga=question.id)
    assert not kept(house)

    page = karin.see(HERE)
    assert "borttagen: Bussen hit" in words(page)
    change = re.search(r'name="andring" value="(\d+)"', page)
    assert change is not None
    karin.post("/installningar/angra", andring=change[1])
    assert kept(house)[0].en == "Bus 5, the square."


def test_what_could_not_be_asked_or_answered_is_refused_in_one_sentence(karin: Browser, house: House) -> None:
    good = {"namn": "Buss", "exempel": "går det buss dit", "sv": "Buss 5."}
    for change, sentence in (
        ({"namn": ""}, "Skriv frågan"),
        ({"exempel": ""}, "mellan ett och 10 exempel"),
        ({"exempel": "sluta sms:a mig"}, "läses redan som: vill inte ha fler sms"),
        ({"exempel": "jag vill dö"}, "läses redan som: akut läge"),
        ({"exempel": "kan jag boka på tisdag kl 14"}, "läses redan som: föreslår en tid"),
        ({"exempel": "går det"}, "säger inte vad frågan handlar om"),
        ({"sv": ""}, "Skriv svaret på svenska."),
        ({"sv": "Fråga {efternamn}."}, "{efternamn} finns inte."),
        ({"sv": "Välj 1) buss 2) tåg"}, "numrerade val"),
        ({"sv": "Det gäller ditt avhopp."}, "avhopp"),
        ({"en": "Bus. " * 80}, "Svaret på engelska är för långt"),
        ({"plats": "99999"}, "Platsen finns inte kvar"),
    ):
        answer = karin.post(HERE, **{**good, **change})
        assert answer.status_code == 422, change
        assert sentence in words(answer.text), change
        assert "namn" in change or 'value="Buss"' in answer.text
    assert not kept(house)
