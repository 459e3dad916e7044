"""Passkeys: the second step by a device that signs; and everything that is not the right device, place or moment."""

from dataclasses import dataclass, replace
from typing import Any

import pyotp
import pytest
from builders import Browser, a_staff, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient
from httpx2 import Response
from soft_key import PRESENT, SoftKey

import storage.audit
import storage.passkeys
import storage.staff
from bot.wiring import House
from outreach import access, colleagues, leaving, passkeys, sign_in_tries
from outreach.passkeys import Place

HOME = "http://localhost:8000"
ACCOUNT = "/mitt-konto"


@dataclass
class Desk:
    """Somebody at a browser, who has a password and an app or a passkey."""

    client: TestClient
    house: House
    email: str
    key: str

    def password(self) -> None:
        """The first step in a new browser: the password is right, which takes its time elsewhere."""
        with self.house.database.write() as session:
            staff = storage.staff.get(session, self.staff.id)
            token, _ = access.new_session(session, staff, step="password", browser="", now=self.house.now())
        self.client.cookies.clear()
        self.client.cookies.set("brygga", token)

    def asked(self, where: str = "/logga-in/nyckel/fraga") -> dict[str, Any]:
        """The question that Brygga puts to a passkey."""
        said: dict[str, Any] = self.client.post(where).json()
        return said

    def answer(self, signed: str) -> Response:
        """The second step by a passkey's answer."""
        return self.client.post("/logga-in/nyckel", data={"svar": signed})

    def sign_in(self, passkey: SoftKey) -> Response:
        """Both steps."""
        self.password()
        return self.answer(passkey.sign(self.asked()))

    def begin(self, **typed: str) -> Response:
        """The first time, by a passkey."""
        self.password()
        passkey = SoftKey(HOME)
        return self.client.post(
            "/logga-in/koppla/nyckel", data={"svar": passkey.make(self.asked("/logga-in/koppla/nyckel/fraga")), **typed}
        )

    def forgive(self) -> None:
        """Forget the tries that have failed."""
        with self.house.database.write() as session:
            sign_in_tries.forget(session, self.email)

    def is_in(self) -> bool:
        """Whether the browser is signed in."""
        return self.client.get(ACCOUNT).status_code == 200

    @property
    def staff(self) -> Any:
        """Their account."""
        with self.house.database.read() as session:
            return storage.staff.by_email(session, self.email)


def a_desk(client: TestClient, house: House, email: str, clock: Any) -> Desk:
    with house.database.write() as session:
        staff = a_staff(session)
        staff.email, staff.password_hash = email, "somebody's"
        access.new_key(session, staff)
        return Desk(client, house, email, access.totp_key(session, staff))


@pytest.fixture
def sara(client: TestClient, house: House, clock) -> Desk:
    house.settings.public_url = HOME
    return a_desk(client, house, "sara@bjorkstad.example", clock)


@pytest.fixture
def passkey(sara: Desk, clock) -> SoftKey:
    """Sara's telephone, added under Mitt konto by a code of her app."""
    sara.password()
    sara.client.post("/logga-in/koppla", data={"kod": pyotp.TOTP(sara.key).at(clock.now())})
    return added(sara, clock)


def added(desk: Desk, clock: Any, name: str = "Min telefon") -> SoftKey:
    """Another passkey in the browser that is signed in."""
    made, code = SoftKey(HOME), pyotp.TOTP(desk.key).at(clock.forward(seconds=60))
    mine = browser(desk)
    asked = mine.post(f"{ACCOUNT}/nycklar/fraga", namn=name, nyckelkod=code).json()
    assert mine.post(f"{ACCOUNT}/nycklar", namn=name, svar=made.make(asked)).status_code == 303
    return made


def browser(desk: Desk) -> Browser:
    """The one that is signed in."""
    token = desk.client.cookies["brygga"]
    with desk.house.database.read() as session:
        row = access.find_session(session, token, now=desk.house.now())
        assert row is not None
        return Browser(desk.client, storage.staff.get(session, row.staff_id), row.csrf, token)


def actions(house: House) -> list[str]:
    with house.database.read() as session:
        return [event.action for event in storage.audit.latest(session, 50)]


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("https://brygga.bjorkstad.example", Place("brygga.bjorkstad.example", "https://brygga.bjorkstad.example")),
        (
            "https://Brygga.bjorkstad.example:443/",
            Place("brygga.bjorkstad.example", "https://brygga.bjorkstad.example"),
        ),
        ("https://brygga.example:8443", Place("brygga.example", "https://brygga.example:8443")),
        ("http://localhost:8000", Place("localhost", "http://localhost:8000")),
        ("http://brygga.bjorkstad.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]:8000", None),
        ("", None),
    ],
)
def test_passkeys_belong_to_the_public_address(address: str, here: Place | None) -> None:
    assert passkeys.place(address) == here


def test_a_passkey_is_added_used_seen_and_removed(sara: Desk, passkey: SoftKey, clock) -> None:
    page = words(sara.client.get(ACCOUNT).text)
    assert "Min telefon Tillagd" in page
    assert "inte använd än" in page

    sara.password()
    assert "Använd lösennyckeln" in words(sara.client.get("/logga-in/kod").text)
    assert not sara.is_in()
    into = sara.answer(passkey.sign(sara.asked()))
    assert (into.status_code, into.headers["location"]) == (303, "/idag")
    assert sara.is_in()
    assert sara.sign_in(passkey).status_code == 303

    mine = browser(sara)
    assert "inte använd än" not in words(mine.see(ACCOUNT))
    code = mine.see(ACCOUNT).partition("/bort")[0].rpartition("/")[2]
    assert mine.post(f"{ACCOUNT}/nycklar/{code}/bort").status_code == 303
    assert mine.post(f"{ACCOUNT}/nycklar/{code}/bort").status_code == 422
    sara.password()
    assert sara.client.post("/logga-in/nyckel/fraga").status_code == 404
    assert {"passkey_added", "passkey_removed", "signed_in"} <= set(actions(sara.house))


LIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "http://localhost.evil.example:8000"},
    "another port": {"origin": "http://localhost:9000"},
    "another host": {"host": "evil.example"},
    "nobody was verified": {"flags": PRESENT},
    "a count that stands still": {"count": 0},
    "another device": {"secret": SoftKey(HOME).secret},
    "a credential nobody has": {"credential": b"x" * 16},
}
RUBBISH = ("", "[]", "null", "[" * 5000, '{"id": "å", "rawId": "å", "response": {}, "type": "public-key"}', "\x00")


def test_a_wrong_answer_lets_nobody_in(sara: Desk, passkey: SoftKey, clock) -> None:
    sara.sign_in(passkey)
    sara.password()
    for lie, told in LIES.items():
        refused = sara.answer(replace(passkey, **told).sign(sara.asked()))
        assert (refused.status_code, "gick inte att använda" in refused.text) == (422, True), lie
        sara.forgive()
    for rubbish in RUBBISH:
        sara.asked()
        assert sara.answer(rubbish).status_code == 422, rubbish
        sara.forgive()
    assert not sara.is_in()


def test_a_question_holds_once_in_one_browser_for_five_minutes(sara: Desk, passkey: SoftKey, clock) -> None:
    sara.password()
    asked = sara.asked()
    assert sara.answer("{}").status_code == 422
    assert sara.answer(passkey.sign(asked)).status_code == 422, "it was spent by the wrong answer"

    signed = passkey.sign(sara.asked())
    assert sara.answer(signed).status_code == 303
    sara.password()
    assert sara.answer(signed).status_code == 422, "nothing had been asked in this browser"
    sara.asked()
    assert sara.answer(signed).status_code == 422, "it is an answer to another question"

    late = passkey.sign(sara.asked())
    clock.forward(minutes=5)
    assert sara.answer(late).status_code == 422
    assert not sara.is_in()


def test_somebody_elses_passkey_opens_nothing(sara: Desk, passkey: SoftKey, clock) -> None:
    other = a_desk(sara.client, sara.house, "xi@bjorkstad.example", clock)
    other.begin()
    other.password()
    assert other.answer(passkey.sign(other.asked())).status_code == 422

    mine = sara.sign_in(passkey)
    assert mine.status_code == 303
    with sara.house.database.read() as session:
        code = storage.passkeys.of_staff(session, other.staff.id)[0].code
    assert "redan borttagen" in browser(sara).post(f"{ACCOUNT}/nycklar/{code}/bort").text


def test_five_wrong_answers_lock_the_address(sara: Desk, passkey: SoftKey) -> None:
    sara.password()
    for _ in range(5):
        assert "gick inte att använda" in sara.answer("{}").text
    asked = sara.asked()
    assert "För många försök" in sara.answer(passkey.sign(asked)).text
    assert not sara.is_in()


def test_another_way_in_and_leaving_end_passkeys(sara: Desk, passkey: SoftKey, clock) -> None:
    def left() -> int:
        with sara.house.database.read() as session:
            return len(storage.passkeys.of_staff(session, sara.staff.id))

    sara.password()
    signed = passkey.sign(sara.asked())
    with sara.house.database.write() as session:
        boss = a_staff(session, role="administrator", name="Adam Holm")
        row = access.new_session(session, boss, step="in", browser="", now=clock.now())[1]
        who = access.who(session, row, now=clock.now())
        assert left() == 1
        colleagues.reset(session, who, storage.staff.get(session, sara.staff.id), now=clock.now())
    assert left() == 0
    assert sara.answer(signed).status_code == 303, "the browser was sent back to the password"
    assert not sara.is_in()

    sara.begin()
    assert left() == 1
    with sara.house.database.write() as session:
        storage.staff.get(session, sara.staff.id).employed_to = clock.now().date()
        session.flush()
        assert leaving.leave_due(session, clock.forward(days=1)) == 1
    assert left() == 0


def test_the_first_time_may_be_a_passkey_and_gives_recovery_codes(sara: Desk, clock) -> None:
    begun = sara.begin(namn="Jobbdatorn")

    assert begun.text.count('<li class="key">') == 10
    assert sara.is_in()
    assert "Jobbdatorn" in sara.client.get(ACCOUNT).text
    # Whoever has the password alone does not get to choose again, nor by a key that was shown before.
    sara.password()
    assert sara.client.get("/logga-in/koppla").status_code == 403
    for door in ("/logga-in/koppla/nyckel/fraga", "/logga-in/koppla/nyckel"):
        assert sara.client.post(door).status_code == 403
    for door in ("/logga-in/koppla", "/logga-in/kod"):
        assert not sara.client.post(door, data={"kod": pyotp.TOTP(sara.key).at(clock.now())}).is_success
    assert not sara.is_in()

    code = begun.text.split('<li class="key">')[1].partition("<")[0]
    assert "Eller en reservkod" in sara.client.get("/logga-in/kod").text
    assert sara.client.post("/logga-in/kod", data={"reservkod": code}).status_code == 303
    assert sara.staff.totp_confirmed_at is None


def test_there_is_always_another_way_in_than_a_passkey(sara: Desk) -> None:
    begun = sara.begin()
    codes = [part.partition("<")[0] for part in begun.text.split('<li class="key">')[1:]]
    mine = browser(sara)
    code = mine.see(ACCOUNT).partition("/bort")[0].rpartition("/")[2]
    kept = mine.post(f"{ACCOUNT}/nycklar/{code}/bort")
    assert "enda lösennyckel" in kept.text

    for one in codes:
        sara.password()
        last = sara.client.post("/logga-in/kod", data={"reservkod": one})
    assert last.text.count('<li class="key">') == 10, "the last one was used: there are new ones"


def test_a_stranger_at_an_open_browser_adds_no_passkey(sara: Desk, passkey: SoftKey, clock) -> None:
    sara.password()
    asked = sara.asked()
    sara.client.post("/logga-in/kod", data={"kod": pyotp.TOTP(sara.key).at(clock.forward(seconds=60))})
    mine = browser(sara)

    said = mine.post(f"{ACCOUNT}/nycklar/fraga", nyckelkod="000000")
    assert (said.status_code, "Koden stämmer inte" in said.json()["fel"]) == (422, True)
    assert "Koden stämmer inte" in mine.post(f"{ACCOUNT}/nycklar/fraga").json()["fel"]
    # Nor by a question that was put for signing in, one from elsewhere, or the device that is there already.
    assert mine.post(f"{ACCOUNT}/nycklar", svar=SoftKey(HOME).make(asked)).status_code == 422
    again = mine.post(f"{ACCOUNT}/nycklar/fraga", nyckelkod=pyotp.TOTP(sara.key).at(clock.forward(seconds=60))).json()
    assert mine.post(f"{ACCOUNT}/nycklar/fraga", nyckelkod="used").json()["challenge"] != again["challenge"], "stopped"
    again = mine.post(f"{ACCOUNT}/nycklar/fraga").json()
    assert [one["id"] for one in again["excludeCredentials"]] == [one["id"] for one in asked["allowCredentials"]]
    assert mine.post(f"{ACCOUNT}/nycklar", svar=passkey.make(again)).status_code == 422
    assert mine.post(f"{ACCOUNT}/nycklar/fraga").status_code == 422, "it was answered: another code is asked for"
    mine.post(f"{ACCOUNT}/nycklar/fraga", nyckelkod=pyotp.TOTP(sara.key).at(clock.forward(seconds=60)))
    clock.forward(minutes=5)
    assert mine.post(f"{ACCOUNT}/nycklar/fraga").status_code == 422, "the code holds for five minutes"
    with sara.house.database.read() as session:
        assert len(storage.passkeys.of_staff(session, sara.staff.id)) == 1


def test_where_no_browser_has_passkeys_codes_remain(client: TestClient, house: House, clock) -> None:
    sara = a_desk(client, house, "sara@bjorkstad.example", clock)
    sara.password()
    page = client.get("/logga-in/koppla").text
    assert "Koppla din app till Brygga" in page
    assert "passkeys.js" not in page
    assert client.post("/logga-in/koppla/nyckel/fraga").status_code == 409
    client.cookies.clear()
    assert "passkeys.js" not in signed_in(client, house.database, sara.staff, now=clock.now()).see(ACCOUNT)


def test_a_code_that_is_too_old_is_told_from_a_wrong_one(sara: Desk, passkey: SoftKey, clock) -> None:
    app = pyotp.TOTP(sara.key)
    old = app.at(clock.now())
    clock.forward(minutes=2)
    sara.password()

    def typed(**code: str) -> str:
        return words(sara.client.post("/logga-in/kod", data=code).text)

    assert "Koden är för gammal. Vänta på nästa och skriv in den." in typed(kod=old)
    assert "Koden stämmer inte. Vänta på nästa" in typed(kod="٣٤٥²")
    assert "eller är redan använd" in typed(reservkod="k7m2p-9q4xt")
    now = app.at(clock.now())
    assert sara.client.post("/logga-in/kod", data={"kod": f" {now[:3]} {now[3:]}\n"}).status_code == 303
