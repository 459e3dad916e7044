"""Mitt konto: where one is signed in, another password, new recovery codes; a stranger at an open browser gets no
further.
"""

from dataclasses import dataclass

import pyotp
import pytest
from builders import Browser, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient

import storage.staff
from bot.app import create_app
from bot.wiring import House
from outreach import access

PASSWORD, BETTER = "en lång mening om båtar", "en ännu längre mening om tåg"
HERE = "/mitt-konto"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"


@dataclass
class Person:
    """Sara, who signs in with a password and an app."""

    client: TestClient
    house: House
    key: str
    email: str = "sara@bjorkstad.example"

    def code(self, clock) -> str:
        """The next code of her app: each works once."""
        return pyotp.TOTP(self.key).at(clock.forward(seconds=60))

    def sign_in(self, clock, password: str = PASSWORD, agent: str = FIREFOX) -> str:
        """Her browser's token; empty where she does not come in."""
        self.client.cookies.clear()
        first = self.client.post("/logga-in", data={"epost": self.email, "losenord": password},
                                 headers={"user-agent": agent})  # fmt: skip
        if first.status_code != 303:
            return ""
        door = first.headers["location"].partition("?")[0]
        self.client.post(door, data={"kod": self.code(clock)})
        return self.client.cookies["brygga"]

    def browser(self, token: str) -> Browser:
        """The page's form token is that of the browser."""
        with self.house.database.read() as session:
            row = access.find_session(session, token, now=self.house.now())
            assert row is not None
            self.client.cookies.clear()
            return Browser(self.client, storage.staff.get(session, row.staff_id), row.csrf, token)


@pytest.fixture
def sara(client: TestClient, house: House, clock) -> Person:
    with house.database.write() as session:
        _, key = access.new_staff(session, email="sara@bjorkstad.example", name="Sara Lind", password=PASSWORD,
                                  role="samordnare", office_id=an_office(session).id, now=clock.now())  # fmt: skip
    return Person(client, house, key)


def is_open(browser: Browser) -> bool:
    browser.client.cookies.clear()
    return browser.get(HERE).status_code == 200


def test_one_sees_where_one_is_signed_in_and_signs_out_the_others(sara: Person, clock) -> None:
    phone, desk = (sara.browser(sara.sign_in(clock, agent=agent)) for agent in (IPHONE, FIREFOX))
    third = sara.browser(sara.sign_in(clock))

    page = words(desk.see(HERE))
    assert "Firefox på Windows Den här" in page
    assert "Safari på iPhone" in page
    assert "140" not in page

    which = desk.see(HERE).split('name="vilken" value="')
    assert phone.token not in desk.see(HERE)
    assert len(which) == 4
    desk.post(f"{HERE}/logga-ut", vilken=which[2].partition('"')[0])
    assert [is_open(one) for one in (phone, desk, third)] == [False, True, True]
    desk.client.cookies.clear()
    desk.post(f"{HERE}/logga-ut", vilken="andra")
    assert [is_open(one) for one in (desk, third)] == [True, False]


def test_nobody_signs_out_somebody_elses_browser(sara: Person, house: House, clock) -> None:
    mine = sara.browser(sara.sign_in(clock))
    with house.database.write() as session:
        other, _ = access.new_staff(session, email="x@bjorkstad.example", name="Xi", password=PASSWORD,
                                    role="konsulent", office_id=an_office(session).id, now=clock.now())  # fmt: skip
    theirs = signed_in(sara.client, house.database, other, now=clock.now())
    with house.database.read() as session:
        row = access.find_session(session, mine.token, now=clock.now())
        assert row is not None
    assert theirs.post(f"{HERE}/logga-ut", vilken=row.mark[:16]).status_code == 404
    assert is_open(mine)


def test_another_password_asks_for_the_old_one_and_a_code_and_ends_the_others(sara: Person, clock) -> None:
    other, mine = (sara.browser(sara.sign_in(clock)) for _ in range(2))

    def ask(**typed: str) -> int:
        mine.client.cookies.clear()
        return mine.post(f"{HERE}/losenord", **{"nuvarande": PASSWORD, "nytt": BETTER, **typed}).status_code

    assert ask(kod="000000") == 422
    assert ask(kod=sara.code(clock), nuvarande="fel lösenord") == 422
    assert ask(kod=sara.code(clock), nytt="kort") == 422
    assert is_open(other)
    assert ask(kod=sara.code(clock)) == 303

    assert [is_open(one) for one in (mine, other)] == [True, False]
    assert sara.sign_in(clock) == ""
    assert sara.sign_in(clock, BETTER)


def test_guesses_at_an_open_browser_are_counted_like_those_at_the_door(sara: Person, clock) -> None:
    mine = sara.browser(sara.sign_in(clock))

    for address, typed in ((f"{HERE}/losenord", {"nuvarande": "x", "nytt": BETTER}), (f"{HERE}/koder", {})) * 3:
        mine.client.cookies.clear()
        refused = mine.post(address, **typed)
        assert refused.status_code == 422

    assert "Vänta 15 minuter" in refused.text
    right = mine.post(f"{HERE}/losenord", nuvarande=PASSWORD, kod=sara.code(clock), nytt=BETTER)
    assert "För många försök" in right.text


def test_new_recovery_codes_replace_the_old_ones(sara: Person, house: House, clock) -> None:
    mine = sara.browser(sara.sign_in(clock))
    with house.database.read() as session:
        before = storage.staff.recovery_codes_left(session, mine.staff.id)
    assert f"Du har {before} kvar." in words(mine.see(HERE))

    made = mine.post(f"{HERE}/koder", appkod=sara.code(clock))

    assert made.text.count('<li class="key">') == 10
    code = made.text.split('<li class="key">')[1].partition("<")[0]
    mine.client.cookies.clear()
    assert code not in mine.see(HERE)
    used = mine.post(f"{HERE}/losenord", nuvarande=PASSWORD, kod=code, nytt=BETTER)
    assert used.status_code == 303
    assert "Du har 9 kvar." in words(mine.see(HERE))


def test_a_form_in_another_charset_is_read_as_every_other(client: TestClient) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="epost"\r\n\r\nsara+2AA-\r\n--x--\r\n'
    for charset in ("; charset=utf-7", "; Charset*=utf-8''utf-7", ";charset=punycode", ""):
        headers = {"content-type": f"multipart/form-data; boundary=x{charset}"}
        answer = client.post("/logga-in", content=form, headers=headers)
        assert (answer.status_code, "sara+2AA-" in answer.text) == (422, True), charset


def test_a_fault_of_ours_is_logged_with_where_it_was(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(house, keep_time=False)
    app.add_api_route("/trasig/{code}", lambda code: 1 // 0)

    answer = TestClient(app, raise_server_exceptions=False).get("/trasig/abc")

    assert (answer.status_code, "/trasig/{code}" in capsys.readouterr().out) == (500, True)
