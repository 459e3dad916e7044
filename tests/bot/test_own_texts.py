"""The municipality's own wording of what the service says: kept, checked, said, and taken back (ux §4.16, §5.6)."""

import re

import pytest
from builders import NOW, Browser, a_staff, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient
from talks import Town, Youth

import storage.audit
import storage.campaigns
import storage.settings
from bot.conversation import replies, text_rules
from bot.wiring import House
from outreach import own_texts
from storage.campaigns import Campaign

HERE = "/installningar/mallar"
OFFER = "Kul! Vilken tid passar? 1) {t1} 2) {t2} 3) {t3}. Svara med siffran, skriv en egen tid eller RING."
CRISIS = (
    "Tack för att du skriver. Är det farligt: ring 112. Bris 116 111 svarar dygnet runt. "
    "Vi läser inte på natten men {namn} får veta direkt."
)


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def kept(house: House, code: str, lang: str = "sv") -> str:
    with house.database.read() as session:
        return own_texts.of(session, code, lang)


def word_anew(town: Town, code: str, text: str, lang: str = "sv") -> None:
    with town.house.database.write() as session:
        own_texts.change(session, code, lang, text, now=town.clock.now(), staff_id=town.staff_id)


def stops(code: str, lang: str, text: str) -> list[str]:
    return [f"{one.words} {one.why}" for one in text_rules.check(code, lang, text) if one.level == "stop"]


# ------------------------------------------------------------------------------------------ what must be kept


def test_the_products_own_texts_pass_all_that_is_asked_of_a_wording() -> None:
    told = [code for group in text_rules.groups() for code in group.when]
    assert sorted(told) == sorted(replies.codes())
    for code in replies.codes():
        for lang in replies.languages_of(code):
            assert not stops(code, lang, text_rules.tidy(replies.template(code, lang))), (code, lang)


@pytest.mark.parametrize(
    ("code", "text", "why"),
    [
        ("OFFER", "", "Skriv en text."),
        ("OFFER", OFFER.replace("{t2}", "kl. 12"), "Variabeln måste stå kvar"),
        ("OFFER", OFFER.replace("1) {t1} 2) {t2}", "2) {t2} 1) {t1}"), "i samma ordning"),
        ("OFFER", OFFER + " 4) inget", "fler numrerade val"),
        ("OFFER", OFFER.replace("RING", "ring"), "RING Svarsordet måste stå kvar"),
        ("OFFER", OFFER + " {efternamn}", "Variabeln finns inte"),
        ("OFFER", OFFER + " }", "klammer"),
        ("OFFER", OFFER + " Det gäller ditt avhopp.", "avhopp"),
        ("OFFER", OFFER + " Vi hörs och ses." * 20, "delar med långa namn"),
        ("LATER?", "När? 1) om en dag 2) om en månad 3) om tre månader.", "i samma ordning"),
        ("FU-1", "Hej! {namn}, {enhet}. Hur går det? 1) bra 2) står still 3) vill prata.", "ord för ord"),
        ("INV-1", "Hej! {enhet}, {kommun}. Vill du ses? JA, SENARE eller NEJ.", "STOPP Svarsordet"),
        ("STOP-OK", "Klart, inga fler sms från {enhet}.", "START Svarsordet"),
        ("CRISIS-U18", CRISIS.replace("112", "tolv"), "112 Hjälplinjens nummer måste stå kvar"),
        ("CRISIS-U18", CRISIS.replace("runt. Vi", "runt, vi"), "Hjälplinjerna får inte stå i den sista meningen"),
        ("CRISIS-U18", CRISIS + " Ha det fint.", "ska säga vem som får veta"),
        ("HURT", "Tack för att du berättar. {namn} hör av sig {svarstid}.", "1177 Hjälplinjens"),
    ],
)  # fmt: skip
def test_what_an_answer_or_a_life_hangs_on_cannot_be_worded_away(code: str, text: str, why: str) -> None:
    assert any(why in one for one in stops(code, "sv", text)), stops(code, "sv", text)


def test_what_only_costs_or_reads_badly_is_told_and_let_through() -> None:
    found = text_rules.check("STOP-OK", "sv", "Klart, du får inga fler sms från {enhet} ’någonsin’ mer – Skriv START.")
    assert {one.level for one in found} == {"warn"}
    assert any("färre tecken" in one.why for one in found)
    long = "Klart nu " + "och så är det med det " * 4 + "från {enhet}. Skriv START."
    assert any("svår att läsa högt" in one.why for one in text_rules.check("STOP-OK", "sv", long))
    assert not stops("NO-OK", "sv", "Tack för svaret, då låter vi det vara. Ändrar du dig, skriv BOKA.")
    assert text_rules.read_aloud("Vi ses kl. {kl}, {plats}. Hej då!") == [5, 2]


# ------------------------------------------------------------------------------------------ what is said


def test_a_wording_is_said_from_the_next_text_on_and_its_numbers_still_book(town: Town, leila: Youth) -> None:
    word_anew(town, "OFFER", OFFER)
    word_anew(town, "BOOKED", "Fint! {namn} möter dig {tid}, {plats}. Svara BYT eller AVBOKA.")
    word_anew(town, "REM-2", "Snart dags: kl. {kl}, {plats}, {namn}.")

    assert leila.says("ja") == ["OFFER"]
    assert leila.last.startswith("Kul! Vilken tid passar? 1) ons 25 nov kl. 10.00 2)")
    assert leila.says("2") == ["BOOKED"]
    assert leila.last.startswith("Fint! Samira möter dig")
    assert leila.waits(hours=23)[-1] == "REM-2"
    assert leila.last.startswith("Snart dags: kl. 14.00")


def test_the_last_sentence_of_a_crisis_text_is_still_the_one_that_changes(town: Town, leila: Youth) -> None:
    word_anew(town, "CRISIS-18", CRISIS.replace("Bris 116 111 svarar", "Hjälplinjen 90 390 och 1177 svarar"))
    with town.house.database.write() as session:
        storage.settings.write(session, "on_duty", None)

    assert leila.says("jag vill dö") == ["CRISIS-18"]
    assert "Hjälplinjen 90 390 och 1177 svarar dygnet runt. Vi läser det här" in leila.last
    assert "{" not in leila.last
    assert "får veta direkt" not in leila.last


def test_a_wording_that_names_what_nobody_fills_in_gives_way_to_the_product(town: Town, leila: Youth) -> None:
    word_anew(town, "OFFER", "Välj: {gammal_variabel}")
    assert leila.says("ja") == ["OFFER"]
    assert leila.last.startswith("Kul att du svarade!")


# ------------------------------------------------------------------------------------------ the pages


def test_a_head_words_a_text_anew_and_goes_back(karin: Browser, house: House, clock) -> None:
    assert "Ni använder produktens texter." in karin.see(HERE)
    saved = karin.post(f"{HERE}/OFFER", **{"text-sv": f"  {OFFER}\r\n", "sett": "0"})
    assert saved.headers["location"] == f"{HERE}/OFFER?klart=sparat#sv"
    assert kept(house, "OFFER") == OFFER

    shown = words(karin.see(f"{HERE}/OFFER"))
    assert "Er egen text" in shown
    assert f"Ändrat {clock.now():%Y-%m-%d} av Karin Ek." in shown
    assert "2 delar ·" in shown or "1 del ·" in shown
    assert "En text har ni skrivit själva." in words(karin.see(HERE))
    assert "Kul! Vilken tid passar?" in karin.see("/installningar/sprak")

    change = re.search(r'name="andring" value="(\d+)"', karin.see(f"{HERE}/OFFER"))
    assert change is not None
    karin.post("/installningar/angra", andring=change[1])
    assert kept(house, "OFFER") == ""
    karin.post(f"{HERE}/OFFER", **{"text-sv": OFFER, "sett": str(latest(house, "OFFER"))})
    karin.post(f"{HERE}/OFFER", sprak="sv", gor="produkt")
    assert kept(house, "OFFER") == ""
    with house.database.read() as session:
        assert [event.action for event in storage.audit.latest(session)] == ["text_changed"] * 4


def test_whoever_had_read_the_texts_reads_what_is_worded_anew(karin: Browser, house: House, clock) -> None:
    where = "/installningar/checklista"
    karin.post(where, rad="mallar")
    assert "Ta tillbaka min bekräftelse: Två personer har läst alla sms" in karin.see(where)
    clock.forward(days=1)
    with house.database.write() as session:
        own_texts.change(session, "OFFER", "sv", OFFER, now=clock.now(), staff_id=karin.staff.id)
    karin = signed_in(karin.client, house.database, karin.staff, now=clock.now())
    assert "Läs den och bekräfta igen." in karin.see(where)
    karin.post(where, rad="mallar")
    assert "Läs den och bekräfta igen." not in karin.see(where)


def latest(house: House, code: str) -> int:
    with house.database.read() as session:
        return own_texts.versions(session, code, ["sv"])[0].id


def test_what_is_refused_keeps_what_was_typed_and_says_one_sentence(karin: Browser, house: House) -> None:
    typed = OFFER.replace("{t2}", "kl. 12")
    answer = karin.post(f"{HERE}/OFFER", **{"text-sv": typed, "sett": "0"})
    assert answer.status_code == 422
    assert typed in answer.text
    assert "”{t2}”: Variabeln måste stå kvar" in words(answer.text)
    assert kept(house, "OFFER") == ""

    karin.post(f"{HERE}/OFFER", **{"text-sv": OFFER, "sett": "0"})
    late = karin.post(f"{HERE}/OFFER", **{"text-sv": OFFER.replace("Kul!", "Hej!"), "sett": "0"})
    assert late.status_code == 422
    assert "Någon har ändrat texten medan du skrev." in late.text
    assert kept(house, "OFFER") == OFFER


def test_the_check_counts_with_long_values_and_replaces_dear_characters(karin: Browser, house: House) -> None:
    koll = karin.post(f"{HERE}/STOP-OK/koll", **{"text-sv": "Klart – inga fler från {enhet}. Skriv START."})
    assert "1 del · 51 tecken, räknat med långa namn" in words(koll.text)
    assert "Byt tecknen som gör texten dyrare" in koll.text
    fixed = karin.post(f"{HERE}/STOP-OK", **{"text-sv": "Klart – inga fler från {enhet}. Skriv START.", "gor": "byt"})
    assert "Klart - inga fler från {enhet}." in fixed.text
    assert kept(house, "STOP-OK") == ""


def test_texts_that_cannot_be_changed_say_why_and_campaigns_that_have_one_are_counted(
    karin: Browser, house: House
) -> None:
    with house.database.write() as session:
        for state in ("scheduled", "scheduled", "draft"):
            storage.campaigns.add(
                session, Campaign(name="x", audience="", text_code="INV-1", state=state, created_at=NOW)
            )
    assert "2 schemalagda eller pågående utskick använder den här mallen" in karin.see(f"{HERE}/INV-1")
    assert "hör ihop med språken" in karin.see(f"{HERE}/LANG")
    assert karin.post(f"{HERE}/LANG", **{"text-sv": "Hej", "sett": "0"}).status_code == 404
    assert karin.get(f"{HERE}/FINNS-INTE").status_code == 404
    assert karin.get(f"{HERE}/TIME-OK%3F").status_code == 200
