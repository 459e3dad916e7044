"""Inkorg: the list of talks under its four tabs."""

import re
from datetime import timedelta

from builders import NOW, Browser, a_number, a_person, a_staff, a_talk, a_text_in, a_text_out, an_office, signed_in
from fastapi.testclient import TestClient

import storage.conversations
from bot.wiring import House
from storage.database import Session


def names(page: str) -> list[str]:
    """Who stands in the list, from the top."""
    return re.findall(r'<a class="strong" href="[^"]+">([^<]+)</a>', page)


def tally(page: str) -> dict[str, str]:
    """What the tabs say that they hold."""
    tabs = re.findall(r'href="/inkorg\?flik=(\w+)[^"]*"[^>]*>[^<]*<span class="many">(\d+)', page)
    return dict(tabs)


def test_an_empty_inbox_says_what_comes_here(sara: Browser) -> None:
    page = sara.see("/inkorg")

    assert "Inga svar väntar. När någon svarar på ett sms syns det här." in page
    assert set(tally(page).values()) == {"0"}


def test_whoever_waits_longest_stands_first_and_an_acute_talk_before_them(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, hours, state in (("Elsa", 1, "human"), ("Noor", 5, "offered"), ("Leila", 0.5, "urgent")):
            a_talk(session, a_person(session, name), state=state, waits=timedelta(hours=hours), why="fråga utan svar")

    page = sara.see("/inkorg")

    assert [name.split(" ")[0] for name in names(page)] == ["Leila", "Noor", "Elsa"]
    assert tally(page)["vantar"] == "3"


def test_every_talk_stands_under_one_tab(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        me = sara.staff.id
        rows = {"Wilma": ("offered", None, None), "Moa": ("declined", None, None), "Ali": ("human", me, None),
                "Ebba": ("human", None, timedelta(hours=2))}  # fmt: skip
        for name, (state, held, waits) in rows.items():
            talk = a_talk(session, a_person(session, name), state=state, waits=waits)
            talk.held_by_id, talk.held_since, talk.last_inbound_at = held, NOW if held else None, NOW
            a_text_in(session, talk, "hej")
        # Invited and silent: no talk yet.
        a_talk(session, a_person(session, "Saga"), state="invited")

    found = {tab: names(sara.see(f"/inkorg?flik={tab}")) for tab in ("vantar", "mina", "automaten", "klara")}

    assert {tab: [name.split(" ")[0] for name in rows] for tab, rows in found.items()} == {
        "vantar": ["Ebba"], "mina": ["Ali"], "automaten": ["Wilma"], "klara": ["Moa"],
    }  # fmt: skip


def test_what_an_absent_colleague_has_comes_back_and_says_why(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        amina = a_staff(session, name="Amina Ek")
        for name, days in (("Elsa", 4), ("Noor", 0)):
            talk = a_talk(session, a_person(session, name), state="human")
            storage.conversations.give_to(session, talk, amina.id, now=NOW - timedelta(days=days))

    page = sara.see("/inkorg")

    assert [name.split(" ")[0] for name in names(page)] == ["Elsa"]
    assert "Amina har haft den sedan" in page
    assert "du kan ta över" in page


def test_whoever_waits_is_quoted_and_not_our_automatic_answer(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session, "Elsa"), state="human", waits=timedelta(hours=1))
        a_text_in(session, talk, "kan ni ringa mig", at=NOW - timedelta(hours=2))
        a_text_out(session, talk, "Vi hör av oss i dag.", at=NOW - timedelta(hours=1))
        done = a_talk(session, a_person(session, "Noor"), state="offered")
        done.last_inbound_at = NOW
        a_text_in(session, done, "vad kostar det", at=NOW - timedelta(hours=2))
        a_text_out(session, done, "Det är gratis.", at=NOW - timedelta(hours=1))

    waiting, automatic = sara.see("/inkorg"), sara.see("/inkorg?flik=automaten")

    assert "”kan ni ringa mig”" in waiting
    assert "Vi hör av oss i dag." not in waiting
    assert "Automaten: ”Det är gratis.”" in automatic


def test_a_talk_is_unread_for_each_until_they_open_it_and_again_when_more_comes_in(
    sara: Browser, client: TestClient, house: House
) -> None:
    with house.database.write() as session:
        person = a_person(session, "Elsa")
        talk = a_talk(session, person, state="human", waits=timedelta(hours=1))
        talk.last_inbound_at = NOW - timedelta(hours=1)
        a_text_in(session, talk, "hej", at=NOW - timedelta(hours=1))
        amina = a_staff(session, name="Amina Ek")

    assert "Oläst" in sara.see("/inkorg?olast=ja")
    sara.get(f"/inkorg/{talk.code}/samtal")
    assert names(sara.see("/inkorg?olast=ja")), "a page that fetches by itself has not been read by anybody"
    sara.see(f"/register/{person.code}")
    assert names(sara.see("/inkorg?olast=ja")) == []
    assert len(names(sara.see("/inkorg"))) == 1
    assert names(signed_in(client, house.database, amina).see("/inkorg?olast=ja"))

    with house.database.write() as session:
        storage.conversations.get(session, talk.id).last_inbound_at = NOW
    assert names(signed_in(client, house.database, sara.staff).see("/inkorg?olast=ja"))


def test_what_may_hurt_is_not_quoted_in_any_list(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, waits, intent in (("Elsa", 1, "third_party"), ("Noor", 1, "struggling"), ("Moa", 0, "struggling")):
            talk = a_talk(session, a_person(session, name), state="human" if waits else "resting",
                          waits=timedelta(hours=waits) if waits else None)  # fmt: skip
            talk.last_inbound_at = NOW
            a_text_in(session, talk, f"hemligt {name}", intent=intent)

    pages = [sara.see(address) for address in ("/inkorg", "/inkorg?flik=automaten", "/idag")]

    assert all("hemligt" not in page for page in pages)
    assert [page.count("Behöver läsas") for page in pages] == [2, 1, 2]


def test_a_cry_for_help_is_read_in_the_talk_and_not_in_the_list(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session, "Leila"), state="urgent", waits=timedelta(minutes=5), why="akut")
        a_text_in(session, talk, "orkar inte leva", intent="crisis")

    page = sara.see("/inkorg")

    assert "orkar inte" not in page
    assert "Behöver läsas" in page


def test_filters_narrow_the_list_and_the_counts(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, intent, lang in (("Elsa", "question", "sv"), ("Noor", "human", "en")):
            talk = a_talk(session, a_person(session, name), state="human", waits=timedelta(hours=1))
            talk.lang = lang
            a_text_in(session, talk, "text", intent=intent)

    assert names(sara.see("/inkorg?amne=fraga")) == names(sara.see("/inkorg?sprak=sv"))
    assert tally(sara.see("/inkorg?amne=fraga"))["vantar"] == "1"
    assert "Inget samtal passar in på filtret." in sara.see("/inkorg?kanal=telegram")
    assert tally(sara.see("/inkorg?amne=hittapå&kanal=brev&sida=900"))["vantar"] == "2"


def test_other_offices_and_protected_people_are_not_named(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        north, south = an_office(session), an_office(session, "Unga Söder")
        a_talk(session, a_person(session, "Elsa", office=south), state="human", waits=timedelta(hours=1))
        a_talk(session, a_person(session, "Noor", office=north, protected=True), state="human",
               waits=timedelta(hours=1))  # fmt: skip
        a_talk(session, a_person(session, "Ida", office=north), state="human", waits=timedelta(hours=1))
        staff = a_staff(session, name="Kim Ask", role="konsulent", office=north)

    page = signed_in(client, house.database, staff).see("/inkorg")

    assert [name.split(" ")[0] for name in names(page)] == ["Ida"]
    assert tally(page)["vantar"] == "1"


def test_a_strangers_text_on_a_shared_number_is_for_the_offices_of_those_who_have_it(
    client: TestClient, house: House
) -> None:
    def stranger(session: Session, ending: str) -> None:
        talk = a_talk(session, None, address=ending, state="human", waits=timedelta(hours=1))
        a_text_in(session, talk, f"fel nummer {ending}")

    with house.database.write() as session:
        north, south = an_office(session), an_office(session, "Unga Söder")
        for office, ending in ((north, "50"), (south, "51")):
            for _ in range(2):
                a_number(session, a_person(session, office=office), ending)
            stranger(session, ending)
        stranger(session, "52")
        staff = a_staff(session, name="Kim Ask", role="konsulent", office=north)

    page = signed_in(client, house.database, staff).see("/inkorg")

    assert "fel nummer 50" in page
    assert "fel nummer 52" in page
    assert "fel nummer 51" not in page
