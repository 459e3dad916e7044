"""Inställningar, Personal och roller: who is invited, who may give what, who has left; and the way in by a code."""

import re
from datetime import timedelta

import pyotp
import pytest
from builders import NOW, Browser, a_person, a_slot, a_staff, a_talk, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.audit
import storage.conversations
import storage.people
import storage.staff
from bot.requests import COOKIE
from bot.wiring import House
from outreach import access, leaving
from storage.local_time import local_date
from storage.staff import Staff

HERE = "/installningar/personal"
PASSWORD = "en lång mening om båtar"


@pytest.fixture
def adam(client: TestClient, house: House) -> Browser:
    """The one administrator, of all offices."""
    with house.database.write() as session:
        staff = a_staff(session, "administrator", name="Adam Ask")
        staff.totp_confirmed_at = NOW
        role = storage.staff.roles(session, staff.id, local_date(NOW))[0]
        role.office_id = None
        session.add_all([staff, role])
    return signed_in(client, house.database, staff)


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of one office."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def north(house: House) -> int:
    with house.database.write() as session:
        return an_office(session).id


def code_on(page: str) -> str:
    found = re.search(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", page)
    assert found is not None
    return found[0]


def invite(browser: Browser, house: House, **typed: object) -> str:
    """The code that the inviter is shown."""
    fields = {"namn": "Nils Berg", "epost": "nils@bjorkstad.example", "roll": "konsulent", "kontor": north(house)}
    answer = browser.post(HERE, **{**fields, **typed})
    assert answer.status_code == 200, words(answer.text)
    return code_on(answer.text)


def account(house: House, email: str = "nils@bjorkstad.example") -> Staff:
    with house.database.read() as session:
        found = storage.staff.by_email(session, email)
        assert found is not None
        return found


def actions(house: House) -> list[str]:
    with house.database.read() as session:
        return [event.action for event in reversed(storage.audit.latest(session))]


def choose(client: TestClient, code: str, email: str = "nils@bjorkstad.example", password: str = PASSWORD):
    return client.post("/logga-in/inbjudan", data={"epost": email, "kod": code, "losenord": password})


def test_a_new_colleague_comes_in_by_a_code_that_works_once(
    adam: Browser, client: TestClient, house: House, clock
) -> None:
    code = invite(adam, house)
    listed = words(adam.see(HERE))
    assert "Nils Berg" in listed
    assert "Har en kod som gäller till 2026-12-01" in listed
    assert code not in adam.see(f"{HERE}/{account(house).code}")
    with house.database.read() as session:
        event = storage.audit.latest(session)[0]
    assert (event.action, event.staff_id) == ("staff_invited", adam.staff.id)
    assert code not in str(event.detail)

    client.cookies.clear()
    assert "Minst tolv tecken" in client.get("/logga-in/inbjudan").text
    too_short = choose(client, code, password="kort")
    assert (too_short.status_code, "för kort" in too_short.text) == (422, True)
    came = choose(client, f" {code.upper().replace('-', ' ')} ")
    assert came.headers["location"] == "/logga-in/koppla"
    with house.database.read() as session:
        key = access.totp_key(session, account(house))
    connected = client.post("/logga-in/koppla", data={"kod": pyotp.TOTP(key).at(clock.now())})
    assert "Spara dina reservkoder" in connected.text
    assert client.get("/idag").status_code == 200

    again = choose(client, code)
    assert (again.status_code, "har koden gått ut" in again.text) == (422, True)
    client.cookies.clear()
    assert "Lösenord och app" in words(adam.see(HERE))


def test_a_wrong_code_an_old_one_and_an_unknown_address_get_the_same_answer(
    adam: Browser, client: TestClient, house: House, clock
) -> None:
    code = invite(adam, house)
    client.cookies.clear()
    wrong, unknown = choose(client, "bbbb-bbbb-bbbb"), choose(client, code, email="nobody@bjorkstad.example")
    clock.forward(days=7, minutes=1)
    old = choose(client, code)

    said = {re.sub(r"\S+@\S+", "", words(answer.text)) for answer in (wrong, unknown, old)}
    assert len(said) == 1
    assert not account(house).password_hash


def test_whoever_guesses_is_locked_out_whether_or_not_the_address_is_known(
    adam: Browser, client: TestClient, house: House
) -> None:
    code = invite(adam, house)
    client.cookies.clear()
    for email in ("nils@bjorkstad.example", "nobody@bjorkstad.example"):
        for _ in range(5):
            choose(client, "bbbb-bbbb-bbbb", email=email)
        assert "Vänta 15 minuter" in choose(client, code, email=email).text
        tried = client.post("/logga-in", data={"epost": email, "losenord": "x"})
        assert "Vänta 15 minuter" in tried.text
    assert not account(house).password_hash


def test_nobody_gives_more_than_they_may_nor_changes_their_own_roles(
    adam: Browser, karin: Browser, client: TestClient, house: House
) -> None:
    with house.database.write() as session:
        sara, far = a_staff(session), an_office(session, "Unga Söder")
        south = a_staff(session, office=far, name="Stina Söder")
        access.set_password(session, sara, PASSWORD)
    typed = {"namn": "Nils Berg", "epost": "nils@bjorkstad.example"}

    for role, office in (("administrator", north(house)), ("enhetschef", north(house)), ("konsulent", "alla")):
        assert karin.post(HERE, **typed, roll=role, kontor=office).status_code == 403, role
        assert karin.post(f"{HERE}/{sara.code}/roll", roll=role, kontor=office).status_code == 403, role
    assert karin.post(HERE, **typed, roll="konsulent", kontor=far.id).status_code == 422
    assert karin.get(f"{HERE}/{south.code}").status_code == 404
    for browser, role in ((karin, "samordnare"), (adam, "enhetschef")):
        own = f"{HERE}/{browser.staff.code}"
        assert browser.post(f"{own}/roll", roll=role, kontor=north(house)).status_code == 403
        assert browser.post(f"{own}/kod").status_code == 403
        assert "Ingen ändrar sina egna roller" in browser.see(own)
    # An administrator's way in is not a head's to give: it would be a way to the administrator's rights.
    for what in ("kod", "logga-ut", "slut", "utdrag"):
        assert karin.post(f"{HERE}/{adam.staff.code}/{what}", gor="nu").status_code == 403
    assert karin.post(f"{HERE}/{sara.code}/kod").status_code == 403
    reader = signed_in(client, house.database, sara)
    assert reader.get(HERE).status_code == reader.post(HERE, **typed).status_code == 403


def test_roles_begin_and_end_with_days(adam: Browser, house: House, clock) -> None:
    with house.database.write() as session:
        sara = a_staff(session, "konsulent")
    own = f"{HERE}/{sara.code}"

    given = adam.post(f"{own}/roll", roll="samordnare", kontor=north(house), fran="1 dec", byt="ja")
    assert given.headers["location"].endswith("klart=sparat")
    page = words(adam.see(own))
    assert "Konsulent · Unga Norr –2026-11-30" in page
    assert "Samordnare · Unga Norr 2026-12-01–" in page
    assert adam.post(f"{own}/roll", roll="samordnare", kontor=north(house), fran="2 dec").status_code == 422
    clock.forward(days=7)
    with house.database.read() as session:
        held = storage.staff.roles(session, sara.id, local_date(clock.now()))
    assert [role.role for role in held] == ["samordnare"]

    adam = signed_in(adam.client, house.database, adam.staff, now=clock.now())
    adam.post(f"{own}/roll/slut", roll=held[0].id, gor="nu")
    assert adam.post(f"{own}/roll/slut", roll=held[0].id, sista="31 dec").status_code == 422  # over is over
    with house.database.read() as session:
        assert not storage.staff.roles(session, sara.id, local_date(clock.now()))
    assert actions(house)[-3:] == ["role_ended", "role_given", "role_ended"]


def test_the_last_administrator_stays(adam: Browser, client: TestClient, house: House) -> None:
    with house.database.write() as session:
        deputy = a_staff(session, "administrator", name="Vera Vikarie")
        role = storage.staff.roles(session, deputy.id, local_date(NOW))[0]
        role.office_id, role.valid_to = None, local_date(NOW) + timedelta(days=30)
        own = storage.staff.roles(session, adam.staff.id, local_date(NOW))[0]
        session.add(role)
    vera = signed_in(client, house.database, deputy)

    ended = vera.post(f"{HERE}/{adam.staff.code}/roll/slut", roll=own.id, sista="31 dec")
    left = vera.post(f"{HERE}/{adam.staff.code}/slut", gor="nu")

    for answer in (ended, left):
        assert (answer.status_code, "sista administratören" in answer.text) == (422, True)
    with house.database.write() as session:
        assert storage.staff.get(session, adam.staff.id).left_at is None
        role.valid_to, deputy.totp_confirmed_at = None, NOW
        session.add_all([role, deputy])
    assert vera.post(f"{HERE}/{adam.staff.code}/slut", gor="nu").headers["location"].endswith("klart=sparat")


def test_whoever_leaves_is_out_at_once_and_their_talks_wait_for_the_others(
    karin: Browser, client: TestClient, house: House
) -> None:
    with house.database.write() as session:
        sara = a_staff(session)
        leila = a_person(session, mobile="05", responsible_id=sara.id)
        talk = a_talk(session, leila, state="human")
        storage.conversations.give_to(session, talk, sara.id, now=NOW)
        free = a_slot(session, NOW + timedelta(days=2), staff=sara)
    out = signed_in(client, house.database, sara)
    assert "Har 1 samtal" in words(karin.see(f"{HERE}/{sara.code}"))

    karin.post(f"{HERE}/{sara.code}/slut", gor="nu")

    assert out.get("/idag").headers["location"].startswith("/logga-in")
    with house.database.read() as session:
        kept = storage.conversations.get(session, talk.id)
        assert (kept.held_by_id, kept.waiting_since) == (None, NOW)
        assert storage.people.get(session, leila.id).responsible_id is None
        assert session.get_one(type(free), free.id).called_off_at == NOW
        assert storage.staff.roles(session, sara.id, local_date(NOW)) == []
    assert "Har slutat" in words(karin.see(f"{HERE}/{sara.code}"))
    code = invite(karin, house, epost=sara.email, namn="Sara Lind")
    client.cookies.clear()
    assert choose(client, code, email=sara.email).headers["location"] == "/logga-in/koppla"


def test_a_last_day_to_come_takes_effect_by_itself_the_day_after(karin: Browser, house: House, clock) -> None:
    with house.database.write() as session:
        sara = a_staff(session)
    karin.post(f"{HERE}/{sara.code}/slut", sista="27 nov")

    for days, gone in ((3, False), (1, True)):
        now = clock.forward(days=days)
        with house.database.write() as session:
            assert leaving.leave_due(session, now) == int(gone)
            assert (storage.staff.get(session, sara.id).left_at is not None) is gone


def test_another_way_in_closes_the_old_ones_and_stands_in_the_log(
    adam: Browser, client: TestClient, house: House
) -> None:
    with house.database.write() as session:
        sara, key = access.new_staff(session, email="sara@bjorkstad.example", name="Sara Lind", password=PASSWORD,
                                     role="samordnare", office_id=an_office(session).id, now=NOW)  # fmt: skip
        recovery = access.new_recovery_codes(session, sara.id)
    signed = signed_in(client, house.database, sara)
    assert "Inloggad i en webbläsare" in words(adam.see(f"{HERE}/{sara.code}"))

    adam.post(f"{HERE}/{sara.code}/logga-ut")
    assert signed.get("/idag").headers["location"].startswith("/logga-in")
    code = code_on(adam.post(f"{HERE}/{sara.code}/kod").text)

    client.cookies.clear()
    assert client.post("/logga-in", data={"epost": sara.email, "losenord": PASSWORD}).status_code == 422
    assert choose(client, code, email=sara.email).headers["location"] == "/logga-in/koppla"
    for old in ({"kod": pyotp.TOTP(key).at(NOW)}, {"kod": recovery[0]}):
        assert client.post("/logga-in/koppla", data=old).status_code == 422
    assert client.cookies.get(COOKIE)
    assert {"signed_out_everywhere", "way_in_reset", "invitation_used"} <= set(actions(house))


def test_of_the_extract_the_day_alone_is_kept(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        sara = a_staff(session)
    own = f"{HERE}/{sara.code}"

    assert karin.post(f"{own}/utdrag", visat="2027-01-02").status_code == 422
    karin.post(f"{own}/utdrag", visat="2026-11-02")

    assert "Visat 2026-11-02." in words(karin.see(own))
    karin.post(f"{own}/utdrag", visat="")
    assert "Inget är noterat." in words(karin.see(own))


def test_a_fresh_installation_says_how_it_begins(client: TestClient, house: House) -> None:
    assert "brygga staff add" in client.get("/logga-in").text
    north(house)
    with house.database.write() as session:
        a_staff(session)
    assert "brygga staff add" not in client.get("/logga-in").text
