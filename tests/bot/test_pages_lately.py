"""Senast gjort: one's own doings for a day, with the way back of the latest."""

from builders import Browser, a_person, a_talk
from campaign_desk import words

from bot.wiring import House

HERE = "/senast-gjort"


def test_what_one_has_done_is_listed_for_a_day_with_its_way_back(
    sara: Browser, house: House
) -> None:  # fmt: skip
    assert "Du har inte gjort något" in sara.see(HERE)
    with house.database.write() as session:
        leila = a_person(session, mobile="05")
        talk = a_talk(session, leila)
    sara.see(f"/register/{leila.code}")

    sara.post(f"/inkorg/{talk.code}/utfall", utfall="later")

    page = sara.see(HERE)
    assert "Det går att ångra: ”Hör av oss senare”" in words(page)
    assert "Noterade vad ett samtal kom fram till Leila A" in words(page)
    assert f'href="/inkorg/{talk.code}"' in page
    assert "Läste personsidan" not in page
    sara.post("/inkorg/utfall/angra")
    undone = sara.see(HERE)
    assert "Det går att ångra" not in undone
    assert "Ångrade en notering" in undone
