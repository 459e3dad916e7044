"""Posters for a dialog meeting: every design can be read back, fits long words or says that it does not, and is given
to whoever may have it.
"""

import re
import struct

import print_shop
import pytest
from builders import a_staff, signed_in
from conftest import Shelf, StillClock
from fastapi.testclient import TestClient
from open_door import SHOWN, a_house
from talks import Clock, Town

import storage.gatherings
import storage.meetings
from bot.print import posters
from bot.print.paper import CannotPrint
from bot.print.posters import Poster
from bot.wiring import House

LINK = "https://brygga.bjorkstad.example/m/7K3P"
SHORT = Poster(
    headline="Vi ses och snackar om", topic="jobb och framtid", day="torsdag 3 december", clock="kl. 17.00–19.00",
    place="Hallens bibliotek", how_to_find="Gå in från torget.", who="Mohammed möter dig.", sender="Unga Björkstad",
    municipality="Björkstads kommun", words="KOM 7K3P", number=SHOWN, address=LINK[8:], link=LINK,
)  # fmt: skip


def a_poster(**changes: str) -> Poster:
    """A poster with other words."""
    return Poster(**{**{name: getattr(SHORT, name) for name in SHORT.__slots__}, **changes})


# As long as the rules of a meeting allow.
LONG = a_poster(
    headline="Öppet hus för alla unga i hela Övre Björkstads stadsdel", topic="sommarjobb, praktik och arbetsmarknaden",
    place="Ungdomens hus Björken, Övre Björkgatan 112 B, våning 3, rum",
    how_to_find=("Gå in från torget och upp. " * 8)[:200],
    who="Alexandra möter dig.", sender="Jobbtorg Norra Björkstad", address="brygga.ungdomsenheten.bjorkstad.se/m/7K3P",
)  # fmt: skip


def test_each_design_is_tagged_holds_its_words_and_leads_where_it_says_however_long() -> None:
    for design in posters.DESIGNS:
        made = posters.pdf(LONG, design, "a4")
        (page,) = print_shop.pages(made)
        said = re.sub(r"[-\u0002\ufffe] ?", "-", print_shop.words(page))

        assert print_shop.sizes(made) == [(210, 297)]
        assert [text for _, _, text in print_shop.qr_codes(page)] == [LINK]
        for part in (LONG.day, LONG.clock, LONG.who, "Sms:a KOM 7K3P", f"till {SHOWN}", LONG.address):
            assert part.replace("-", "") in said.replace("-", ""), part
        for mark in (b"/StructTreeRoot", b"<pdfuaid:part>1</pdfuaid:part>", b"/FontFile"):
            assert mark in made, mark
        assert b"/Lang (sv)" in made or b"/Lang(sv)" in made
    assert print_shop.sizes(posters.pdf(SHORT, "bro", "a3")) == [(297, 420)]


def test_a_story_is_the_size_of_a_telephone_and_its_code_leads_where_it_says() -> None:
    for design in posters.DESIGNS:
        picture = posters.story(LONG, design)
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == (1080, 1920)
        # The same drawing as a page, since no reader of pictures is at hand.
        (page,) = print_shop.pages(posters.pdf(LONG, design, "story"))
        assert [text for _, _, text in print_shop.qr_codes(page)] == [LINK]


def test_what_does_not_fit_or_has_no_letter_is_said_and_markup_stands_as_it_is() -> None:
    faults = {
        "texten är för lång": a_poster(how_to_find="Gå in från torget. " * 900),
        "webbadressen är för lång": a_poster(address="a" * 200),
        "tecknet 😀 finns inte": a_poster(topic="jobb 😀"),
    }
    for why, poster in faults.items():
        with pytest.raises(CannotPrint, match=why):
            posters.pdf(poster, "bro", "a4")
    name = '#panic("x") *jobb* $y$ @z <w>'
    (page,) = print_shop.pages(posters.pdf(a_poster(topic=name), "enkel", "a4"))
    assert name in print_shop.words(page)


@pytest.fixture
def house(shelf: Shelf, clock: StillClock) -> House:
    """A practice installation that has a number."""
    return a_house(shelf, clock)


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr."""
    return Town(house, clock, ())


def test_staff_and_the_leader_get_it_with_the_code_of_its_place_and_nobody_else_does(
    town: Town, meeting: int, client: TestClient
) -> None:
    with town.house.database.write() as session:
        slot = storage.meetings.slot(session, meeting)
        leader, other = storage.staff.get(session, slot.staff_id or 0), a_staff(session, "ambassador", name="Ida Ek")
        staff = (a_staff(session), leader, other)
    browsers = [signed_in(client, town.house.database, one) for one in staff]
    sara, mohammed, ida = browsers
    address = f"{slot.code}/affisch"

    story = sara.get(f"/dialogmoten/{address}?format=story&design=enkel")
    paper = mohammed.get(f"/a/mote/{address}")

    assert (story.headers["content-type"], paper.headers["content-type"]) == ("image/png", "application/pdf")
    with town.house.database.read() as session:
        codes = {link.place: link.code for link in storage.gatherings.links(session, meeting)}
    assert codes.keys() == {"instagram", "poster"}
    (page,) = print_shop.pages(paper.content)
    assert f"Sms:a KOM {codes['poster']}" in print_shop.words(page)
    assert [text for _, _, text in print_shop.qr_codes(page)] == [
        f"https://brygga.bjorkstad.example/m/{codes['poster']}"
    ]
    assert [ida.get(f"/a/mote/{address}").status_code, mohammed.get(f"/dialogmoten/{address}").status_code] == [
        404,
        403,
    ]
    assert sara.get(f"/dialogmoten/{address}?design=x").status_code == 422
