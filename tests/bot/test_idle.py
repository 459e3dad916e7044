"""Whoever does nothing is signed out, a page left open is not somebody at work, and what was typed is kept."""

import pyotp
import pytest
from builders import Browser, a_staff, an_office, signed_in
from fastapi.testclient import TestClient

import storage.settings
from bot.wiring import House
from outreach import access

OPEN_PAGE = {"X-Brygga-Fragment": "1"}
PASSWORD = "en lång mening om båtar"


def is_in(browser: Browser) -> bool:
    return browser.get("/mitt-konto").status_code == 200


def by_itself(browser: Browser, address: str) -> None:
    browser.client.cookies.set("brygga", browser.token)
    browser.client.get(address, headers=OPEN_PAGE)


def test_a_page_left_open_does_not_keep_anybody_signed_in(sara: Browser, clock) -> None:
    for _ in range(3):
        clock.forward(minutes=10)
        by_itself(sara, "/idag/del/manniska")
    clock.forward(minutes=1)

    assert not is_in(sara)


@pytest.mark.parametrize("at_work", [
    lambda sara: sara.get("/idag"), lambda sara: sara.get("/vaken"),
    lambda sara: sara.post("/utkast", nyckel="x", text="y"),
])  # fmt: skip
def test_whoever_works_stays_signed_in(sara: Browser, clock, at_work) -> None:
    for _ in range(3):
        clock.forward(minutes=25)
        assert at_work(sara).status_code in (200, 204)

    assert is_in(sara)
    assert 'data-idle="1800"' in sara.see("/idag")


def test_an_ambassador_stays_signed_in_for_a_day_of_work(client: TestClient, house: House, clock) -> None:
    with house.database.write() as session:
        staff = a_staff(session, "ambassador")
    mohammed = signed_in(client, house.database, staff)
    clock.forward(hours=11)
    assert is_in(mohammed)
    clock.forward(hours=12, minutes=1)
    assert not is_in(mohammed)


def test_what_is_typed_is_kept_for_whoever_typed_it_and_nobody_else(
    sara: Browser, client: TestClient, house: House, clock
) -> None:
    key = "/inkorg/k7m2/svara meddelande"
    sara.post("/utkast", nyckel=key, text="Hej Leila, hur går det?")
    clock.forward(hours=3)

    back = signed_in(client, house.database, sara.staff, now=clock.now())
    assert back.get("/utkast").json() == {key: "Hej Leila, hur går det?"}
    with house.database.read() as session:
        assert "Leila" not in str(storage.settings.starting_with(session, "unsent:"))
    with house.database.write() as session:
        other = a_staff(session, "konsulent", name="Samira")
    assert signed_in(client, house.database, other, now=clock.now()).get("/utkast").json() == {}

    back.post("/utkast", nyckel=key, text="")
    back.post("/utkast", nyckel="gammal", text="glömd")
    assert back.get("/utkast").json() == {"gammal": "glömd"}
    clock.forward(days=8)
    assert signed_in(client, house.database, sara.staff, now=clock.now()).get("/utkast").json() == {}


def test_whoever_was_signed_out_comes_back_to_where_they_were(client: TestClient, house: House, clock) -> None:
    with house.database.write() as session:
        staff, key = access.new_staff(session, email="sara@bjorkstad.example", name="Sara Lind", password=PASSWORD,
                                      role="samordnare", office_id=an_office(session).id, now=clock.now())  # fmt: skip
        staff.totp_confirmed_at = clock.now()
        session.add(staff)
    assert "Det du hade skrivit finns kvar" in client.get("/logga-in?vila=1&till=/register").text

    first = client.post("/logga-in", data={"epost": staff.email, "losenord": PASSWORD, "till": "/register"})
    page = client.get(first.headers["location"]).text
    assert 'name="till" value="/register"' in page
    code = {"kod": pyotp.TOTP(key).at(clock.now())}
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert 'name="till" value=""' in client.get("/logga-in/kod", params={"till": elsewhere}).text
    assert client.post("/logga-in/kod", data={**code, "till": "/register"}).headers["location"] == "/register"
