"""Dialogmöten: made, announced, shared, changed, written to, called off, and what came of them."""

import pytest
from builders import Browser, a_staff, signed_in
from fastapi.testclient import TestClient
from talks import Clock, Town, Youth

import storage.gatherings
import storage.meetings
import storage.people
import storage.settings
import storage.signups
from bot.wiring import House
from outreach.gathering_plans import CALLS_OFF
from storage.meetings import Slot

TYPED = {
    "dag": "3 dec", "fran": "17.00", "till": "19", "plats": "Hallens bibliotek", "amne": "sommarjobb",
    "platser": "2", "reservlista": "ja", "plusett": "ja", "eget": "ja", "vuxna": "1", "sprak_sv": "ja",
}  # fmt: skip


def made(sara: Browser, **more: str) -> str:
    """A new draft's address."""
    answer = sara.post("/dialogmoten/nytt", **{**TYPED, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def announced(sara: Browser, **more: str) -> str:
    address = made(sara, **more)
    assert sara.post(f"{address}/publicera").status_code == 303
    return address


def slot_of(house: House, address: str) -> Slot:
    with house.database.read() as session:
        slot = storage.meetings.slot_by_code(session, address.rsplit("/", 1)[1])
    assert slot is not None
    return slot


def come(town: Town, house: House, address: str, *mobiles: str) -> list[Youth]:
    """Strangers who write KOM and the meeting's code."""
    code = slot_of(house, address).short_code
    strangers = [town.stranger(mobile) for mobile in mobiles]
    for stranger in strangers:
        stranger.says(f"KOM {code}")
    return strangers


def signups_of(house: House, address: str) -> list[str]:
    with house.database.read() as session:
        return [row.code for row in storage.signups.of_slot(session, slot_of(house, address).id)]


def test_a_meeting_is_made_read_through_announced_and_shared(sara: Browser, town: Town, house: House) -> None:
    assert "Inga kommande dialogmöten" in sara.see("/dialogmoten")
    for wrong in ({"dag": "i går"}, {"dag": ""}, {"amne": ""}, {"platser": "många"}, {"minst": "5"}):
        answer = sara.post("/dialogmoten/nytt", **{**TYPED, **wrong})
        assert answer.status_code == 422, wrong
        assert "Hallens bibliotek" in answer.text
    address = made(sara)
    draft = sara.see(address)
    assert "Utkast" in draft
    assert "KOM" not in draft

    assert sara.post(f"{address}/publicera").status_code == 303
    assert sara.post(f"{address}/publicera").status_code == 409
    sara.post(f"{address}/lank", plats="instagram")
    assert sara.post(f"{address}/lank", plats="månen").status_code == 422

    with house.database.read() as session:
        (link,) = storage.gatherings.links(session, slot_of(house, address).id)
    town.stranger("51").says(f"kom {link.code.lower()}")
    (youth,) = come(town, house, address, "52")
    assert youth.last.startswith("Kul! Du står på listan")
    page = sara.see(address)
    assert slot_of(house, address).short_code in page
    assert "1 anmälda" in page
    assert page.count("Instagram") >= 2
    assert "Fullt" in sara.see("/dialogmoten")
    assert f'href="{address}"' in sara.see("/kalender?vecka=2026-49")


def test_a_draft_is_no_way_in(sara: Browser, town: Town, house: House) -> None:
    made(sara)

    assert town.stranger().says("kommer det någon träff?") != ["DM-NEXT"]
    with house.database.read() as session:
        assert storage.gatherings.next_announced(session, town.office_id, after=town.clock.now()) is None


def test_a_copy_fills_the_form_a_week_later(sara: Browser, town: Town) -> None:
    address = made(sara, minst="2")

    form = sara.see(f"/dialogmoten/nytt?kopia={address.rsplit('/', 1)[1]}")

    for kept in ('value="2026-12-10"', 'value="17.00"', 'value="sommarjobb"', 'value="2026-12-09"'):
        assert kept in form


def test_everybody_is_told_when_it_moves_and_the_line_gets_new_seats(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara)
    first, second, third = come(town, house, address, "51", "52", "53")

    moved = {**TYPED, "fran": "18.00", "till": "20"}
    assert sara.post(f"{address}/andra", **moved).headers["location"].endswith("flyttad_dialog")
    town.run()
    assert [youth.hears() for youth in (first, second, third)] == [["DM-MOVED"]] * 3
    assert "kl. 18.00" in third.last

    fewer = sara.post(f"{address}/andra", **{**moved, "platser": "1"})
    assert fewer.status_code == 422
    assert "2 platser är tagna" in fewer.text
    sara.post(f"{address}/andra", **{**moved, "platser": "3"})
    town.run()
    assert [youth.hears() for youth in (first, second, third)] == [[], [], ["SPOT"]]
    assert third.says("ja") == ["RSVP-OK"]
    # The reminders are those of the new hour.
    town.clock.forward(days=8)
    town.run()
    assert "18.00" in first.last


def test_a_place_on_offer_is_offered_anew_when_the_meeting_moves(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara, platser="1")
    first, second = come(town, house, address, "51", "52")
    second.hears()
    # At night the question waits in the queue, with the old hour in it.
    town.clock.forward(hours=9)
    first.says("AVBOKA")
    desk = sara_again(sara, house, town.clock)
    desk.post(f"{address}/andra", **{**TYPED, "platser": "1", "fran": "18.00", "till": "20"})
    town.clock.forward(hours=11)
    town.run()

    assert second.hears() == ["SPOT"]
    assert "kl. 18.00" in second.last
    assert second.says("ja") == ["RSVP-OK"]


def test_whoever_is_protected_is_counted_named_nowhere_and_told_by_a_human(
    sara: Browser, town: Town, house: House
) -> None:
    address = announced(sara)
    zelda = town.youth("Zelda")
    zelda.says(f"KOM {slot_of(house, address).short_code}")
    with house.database.write() as session:
        storage.people.get(session, zelda.person_id).protected = True

    page = sara.see(address)
    assert "Zelda" not in page
    assert "1 anmäld till visas inte i listan" in page
    assert "1 av 2 platser" in page
    sara.post(f"{address}/stallin")
    town.run()

    assert zelda.hears() == []
    assert zelda.talk.waiting_why == "anmäld till en inställd träff, kan inte få sms"


def test_words_to_everybody_are_shown_first_and_sent_once(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara)
    first, second, waits = come(town, house, address, "51", "52", "53")
    for wrong in ("", "x" * 321, "Vi pratar om ditt missbruk", "Ring 20080514-2387"):
        assert sara.post(f"{address}/skriv", text=wrong).status_code == 422, wrong
    words = "Hej! Mohammed här. Ny ingång: gå in mot torget."

    shown = sara.post(f"{address}/skriv", text=words)
    assert "Skicka till 2" in shown.text
    town.run()
    assert first.hears() == []
    for _ in range(2):
        sara.post(f"{address}/skriv", text=words, gor="skicka")
    town.run()

    assert [youth.hears() for youth in (first, second, waits)] == [["DM-NEWS"], ["DM-NEWS"], []]
    assert first.last == words


def test_calling_off_says_how_many_are_told_and_offers_the_next(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara)
    announced(sara, dag="10 dec")
    (youth,) = come(town, house, address, "51")

    assert "1 person får sms" in sara.see(f"{address}/stallin")
    assert "10 december" in sara.see(f"{address}/stallin")
    sara.post(f"{address}/stallin")
    town.run()

    assert youth.hears() == ["DM-OFF"]
    assert sara.post(f"{address}/stallin").status_code == 409
    assert "Inställt" in sara.see("/dialogmoten?visa=installda")


@pytest.mark.parametrize("by_itself", [False, True])
def test_too_few_is_asked_about_and_called_off_only_where_the_unit_says_so(
    sara: Browser, town: Town, house: House, by_itself: bool
) -> None:
    with house.database.write() as session:
        storage.settings.write(session, CALLS_OFF, by_itself)
    address = announced(sara, minst="2")
    (youth,) = come(town, house, address, "51")
    assert "Ska mötet bli av?" not in sara.see(address)

    town.clock.forward(days=8, hours=5)
    town.run()

    heard = youth.hears()
    if by_itself:
        assert "DM-OFF-LAST" in heard
        return
    assert "DM-OFF-LAST" not in heard
    desk = sara_again(sara, house, town.clock)
    assert "1 av minst 2 är anmälda" in desk.see(address)
    assert "Färre anmälda än ni ville" in desk.see("/dialogmoten")
    desk.post(f"{address}/kor")
    assert "Ska mötet bli av?" not in desk.see(address)


def sara_again(sara: Browser, house: House, clock: Clock) -> Browser:
    """She has been signed out meanwhile."""
    return signed_in(sara.client, house.database, sara.staff, now=clock.now())


def test_nobody_is_marked_or_counted_before_the_start(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara)
    come(town, house, address, "51")
    (code,) = signups_of(house, address)

    for act, fields in (
        (f"anmald/{code}/narvaro", {"utfall": "kom"}), ("antal", {"antal": "3"}), ("dropin", {}),
        ("behov", {"behov": "job"}), ("svar", {"good": "bra"}), ("klart", {}),
    ):  # fmt: skip
        assert sara.post(f"{address}/{act}", **fields).status_code == 409, act


def test_afterwards_who_came_and_what_they_needed_is_noted_without_names(
    sara: Browser, town: Town, house: House
) -> None:
    address = announced(sara)
    come(town, house, address, "51", "52")
    town.clock.forward(days=9, hours=7)
    town.run()
    desk = sara_again(sara, house, town.clock)
    first, second = signups_of(house, address)

    desk.post(f"{address}/anmald/{first}/narvaro", utfall="kom")
    desk.post(f"{address}/anmald/{second}/narvaro", utfall="kom_inte")
    for gor in ("minus", "plus", "plus"):
        desk.post(f"{address}/dropin", gor=gor)
    desk.post(f"{address}/behov", behov="job")
    desk.post(f"{address}/behov", behov="cv", gor="minus")
    refused = desk.post(f"{address}/svar", good="Leila ville ha praktik", wanted="mer fika")
    assert refused.status_code == 422
    assert "mer fika" in refused.text
    desk.post(f"{address}/svar", good="Många ville ha praktik", wanted="mer fika")

    page = desk.see(address)
    assert '<span class="figure-big">3</span>' in page
    assert "Många ville ha praktik" in page
    assert "Jobb <strong>1</strong>" in page
    assert "CV <strong>0</strong>" in page
    desk.post(f"{address}/antal", antal="7")
    assert '<span class="figure-big">9</span>' in desk.see(address)
    assert desk.post(f"{address}/antal", antal="sju").status_code == 422
    assert "Närvaro saknas" in desk.see("/dialogmoten?visa=genomforda")
    desk.post(f"{address}/klart")
    assert "Närvaro saknas" not in desk.see("/dialogmoten?visa=genomforda")


def test_whoever_wants_a_talk_of_their_own_gets_times(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara)
    leila = town.youth()
    leila.says(f"KOM {slot_of(house, address).short_code}")
    come(town, house, address, "51")
    first, stranger = signups_of(house, address)
    assert "Leila" in sara.see(address)

    assert sara.post(f"{address}/anmald/{first}/eget").status_code == 303
    assert sara.post(f"{address}/anmald/{stranger}/eget").status_code == 409
    town.run()

    assert leila.hears() == ["OFFER-AGAIN"]
    assert "har fått tider" in sara.see(address)
    assert leila.says("1") == ["BOOKED"]
    assert "Eget samtal: bokad" in sara.see(address)


def test_each_comes_alone_where_that_is_said(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara, plusett="", platser="3")
    (youth,) = come(town, house, address, "51")

    assert "+1" not in youth.last
    assert youth.says("+1") == ["RSVP-SOLO"]
    assert youth.says("var är det?") == ["RSVP-AGAIN"]


def test_a_full_meeting_without_a_line_names_the_next(sara: Browser, town: Town, house: House) -> None:
    address = announced(sara, platser="1", reservlista="")
    come(town, house, address, "51")

    late = town.stranger("52")
    assert late.says(f"KOM {slot_of(house, address).short_code}") == ["SPOT-GONE-LAST"]
    later = announced(sara, dag="10 dec")
    assert late.says(f"KOM {slot_of(house, address).short_code}") == ["SPOT-GONE"]
    assert late.says("ja") == ["RSVP-OK"]
    assert town.taken(slot_of(house, later).id) == 1


def test_the_same_place_at_the_same_hour_is_a_warning(sara: Browser, town: Town) -> None:
    made(sara)
    other = made(sara, fran="18.30", till="20", plats="hallens bibliotek")

    assert "Ett annat dialogmöte är på samma plats" in sara.see(other)


def test_the_units_rules_are_its_heads(sara: Browser, house: House, client: TestClient) -> None:
    with house.database.write() as session:
        head = a_staff(session, "enhetschef", name="Karin Ek")
    karin = signed_in(client, house.database, head)

    assert sara.post("/dialogmoten/regler", staller_in="ja").status_code == 403
    assert "Så gör vi här" not in sara.see("/dialogmoten")
    karin.post("/dialogmoten/regler", staller_in="ja")

    assert "Så gör vi här" in karin.see("/dialogmoten")
    with house.database.read() as session:
        assert storage.settings.read(session, CALLS_OFF) is True
