"""Two people at one page: who else is there is said, and what one has saved the other does not write over unseen."""

import re

from builders import Browser, a_person, a_staff, a_talk, an_office, signed_in
from campaign_desk import words
from conftest import StillClock
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

import storage.people
from bot.app import create_app
from bot.console import outdated
from bot.wiring import House

SOME = st.sampled_from(["", "a", "b", "c"])


@given(shown=SOME, now=SOME, typed=SOME, chosen=st.sampled_from(["", "min", "deras"]))
def test_nothing_that_anybody_saved_is_written_over_unseen(shown: str, now: str, typed: str, chosen: str) -> None:
    form = {"x": typed, "visat-x": shown, "valt-x": chosen}

    merged = outdated.merge(form, {"x": now})

    both_changed = shown not in (now, typed) and typed != now
    assert bool(merged.clashes) is both_changed
    if not both_changed:
        mine_counts = chosen != "deras" and typed != shown
        assert merged.values == {"x": typed if mine_counts else now}


def other_browser(house: House, name: str) -> Browser:
    with house.database.write() as session:
        staff = a_staff(session, name=name)
    return signed_in(TestClient(create_app(house, keep_time=False)), house.database, staff)


def as_shown(page: str) -> dict[str, str]:
    """What a form holds, as a browser sends it."""
    form = dict(re.findall(r'<input type="hidden" name="(visat-[^"]+)" value="([^"]*)"', page))
    return form | {name.removeprefix("visat-"): value for name, value in form.items()}


def test_both_versions_are_shown_field_by_field(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        leila = a_person(session, mobile="05")
    omar, form = other_browser(house, "Omar Haddad"), f"/register/{leila.code}/ratta"
    shown = as_shown(sara.see(form))
    omar.post(form, **as_shown(omar.see(form)) | {"street": "Lillgatan 2", "school": "Björkskolan"})

    asked = sara.post(form, **shown | {"street": "Storgatan 1", "town": "Björkstad"})

    assert asked.status_code == 409
    page = words(asked.text)
    assert "Omar Haddad har sparat medan du skrev" in page
    assert "Behåll min Storgatan 1" in page
    assert "Ta Omars Lillgatan 2" in page
    assert "Ta Omars Björkskolan" not in page
    again = as_shown(asked.text) | {"street": "Storgatan 1", "town": "Björkstad"}
    assert sara.post(form, **again | {"valt-street": "deras"}).status_code == 303
    with house.database.read() as session:
        kept = storage.people.by_code(session, leila.code)
        assert kept is not None
        assert (kept.street, kept.town, kept.school) == ("Lillgatan 2", "Björkstad", "Björkskolan")


def test_who_else_reads_a_page_is_said_while_they_do(sara: Browser, house: House, clock: StillClock) -> None:
    omar = other_browser(house, "Omar Haddad")
    with house.database.write() as session:
        leila, elsewhere = a_person(session, mobile="05"), a_person(session, office=an_office(session, "Unga Söder"))
        here = f"/har/samtal-{a_talk(session, leila).code}"
        staff = a_staff(session, name="Karim Ek", office=an_office(session, "Unga Söder"))
    karim = signed_in(TestClient(create_app(house, keep_time=False)), house.database, staff)
    assert sara.see(here) == ""

    assert omar.see(here) == "Sara läser det här också."
    assert sara.see(here) == "Omar läser det här också."
    assert sara.see(f"/har/person-{leila.code}") == ""
    # Whoever may not read it hears of nobody, and is nobody who reads.
    assert karim.see(here) == karim.see(f"/har/person-{leila.code}") == ""
    assert sara.see(here) == "Omar läser det här också."
    assert (sara.see(f"/har/person-{elsewhere.code}"), karim.see(f"/har/person-{elsewhere.code}")) == ("", "")

    clock.forward(minutes=1)
    assert sara.see(here) == ""
