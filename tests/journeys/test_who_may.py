"""Who may go where (ux §2): every way in of the application, asked as everybody, from the one table who_may.txt.

A way in that the table does not name fails the first test.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import permission_town
import pytest
from builders import Browser, signed_in
from conftest import DEMO_KEY
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hidden_town import HiddenTown, read
from httpx import Response
from permission_town import BOTH, StandingClock
from starlette.routing import Match, Route
from who_may import ENDLESS, OWN, ROLES, Line, lines

import storage.campaigns
from bot.app import create_app
from bot.settings import Settings
from bot.wiring import build

WORK_WITH_PEOPLE = ("enhetschef", "samordnare", "konsulent")
# Whom the town is about: what would tell that there is such a person.
SECRET = re.compile("Alva|Amari|Bilal|Cilla|Xerxina|Gyllenskugga|70-?174 ?06 ?1[0-2]|20100709")


@dataclass
class Street:
    """The town with a browser for each role; after something has been changed it is put back."""

    town: HiddenTown
    client: TestClient
    file: Path
    browsers: dict[str, Browser]
    as_it_was: bytes = field(default=b"", repr=False)

    def ask(self, line: Line, role: str, codes: dict[str, str] | None = None) -> Response:
        """Come in by a line of the table."""
        codes = codes or self.town.codes
        address = line.address.format(**codes)
        form = {name: value.format(**codes) for name, value in line.form.items()}
        browser = self.browsers.get(role)
        if browser is None:
            self.client.cookies.clear()
            return self.client.get(address) if line.method == "GET" else self.client.post(address, data=form)
        return browser.get(address) if line.method == "GET" else browser.post(address, **form)

    def let_in(self, line: Line, role: str) -> Response:
        """The same, and put back what it has changed."""
        answer = self.ask(line, role)
        if line.method == "POST" and answer.status_code < 400:
            self.put_back()
        return answer

    def is_changed(self) -> bool:
        """Whether anything of what is kept is different, to the last byte."""
        self.town.house.database.close()
        return self.file.read_bytes() != self.as_it_was

    def put_back(self) -> None:
        """As it was at first."""
        if self.is_changed():
            self.file.write_bytes(self.as_it_was)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Iterator[Street]:
    """One town for all."""
    file = tmp_path_factory.mktemp("street") / "town.db"
    file.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{file}", secret_key=DEMO_KEY), clock=StandingClock())
    town = permission_town.build(house)
    with TestClient(create_app(house, keep_time=False), follow_redirects=False) as client:
        browsers = {role: signed_in(client, house.database, staff) for role, staff in town.staff.items()}
        street = Street(town, client, file, browsers)
        house.database.close()
        street.as_it_was = file.read_bytes()
        yield street


def routes(app: FastAPI) -> list[Route]:
    """Every way in, in the order they are tried."""
    return [route for route in app.routes if isinstance(route, Route)]


def test_the_table_names_every_way_in(street: Street) -> None:
    ways = routes(street.client.app)  # type: ignore[arg-type]
    there = {(method, route.path) for route in ways for method in (route.methods or set()) - {"HEAD"}}
    named = {(line.method, _leads_to(line, ways)) for line in lines()}

    assert there - named == set(), "a way in that the table does not name"


def _leads_to(line: Line, ways: list[Route]) -> str:
    path = re.sub(r"{\w+}", "1", line.address.partition("?")[0])
    scope = {"type": "http", "method": line.method, "path": path, "root_path": ""}
    return next((way.path for way in ways if way.matches(scope)[0] is Match.FULL), "")


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_nobody_gets_in_where_the_table_does_not_say_so(street: Street, role: str) -> None:
    asked = [(one, street.ask(one, role)) for one in lines() if role not in one.who]

    changed = street.is_changed()
    street.put_back()
    assert not changed, "somebody who may not has changed something"
    assert [_said(one, answer) for one, answer in asked if not _is_refused(answer, role)] == []
    assert [one.address for one, answer in asked if SECRET.search(read(answer))] == []


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_whoever_may_comes_in(street: Street, role: str, request: pytest.FixtureRequest) -> None:
    """With --many everybody tries every door that is theirs, else only whoever has the fewest others."""
    many = request.config.getoption("--many")
    mine = [one for one in lines() if role in one.who and (many or role == _humblest(one)) and one.address != ENDLESS]
    asked = [(one, street.let_in(one, role)) for one in mine]
    street.put_back()

    assert [_said(one, answer) for one, answer in asked if not _is_welcome(one, answer)] == []
    told = [one.address for one, answer in asked if SECRET.search(read(answer))]
    assert role in WORK_WITH_PEOPLE or told == []
    assert [one.address for one, answer in asked if SECRET.search(_in_passing(answer))] == []


def _in_passing(answer: Response) -> str:
    """What others see of a page: its title, and where it leads (ux §9.10)."""
    title = re.search("<title>(.*?)</title>", answer.text, re.DOTALL)
    return answer.headers.get("location", "") + (title.group(1) if title else "")


def _humblest(line: Line) -> str:
    """Of those who may, the one who may least."""
    return next(role for role in ("nobody", "lasare", "ambassador", "konsulent", "samordnare", "administrator",
                                  "enhetschef") if role in line.who)  # fmt: skip


def test_somebody_at_another_office_is_refused_or_asked_why(street: Street) -> None:
    asked = [(one, street.ask(one, _colleague(one))) for one in lines() if one.elsewhere != OWN]

    wrong = [_said(one, answer) for one, answer in asked if not _is_kept_out(one, answer)]
    assert wrong == []
    assert [one.address for one, answer in asked if SECRET.search(read(answer))] == []
    changed = street.is_changed()
    street.put_back()
    assert not changed, "somebody at another office has changed something"


def test_somebody_at_another_office_finds_nobody(street: Street) -> None:
    shows = [one for one in lines() if one.method == "GET" or "/sok" in one.address]
    own = [one for one in shows if one.elsewhere == OWN and one.who & set(WORK_WITH_PEOPLE) and one.address != ENDLESS]
    asked = [(one, street.ask(one, _colleague(one))) for one in own]
    street.put_back()

    assert [one.address for one, answer in asked if SECRET.search(read(answer))] == []


def test_a_role_at_one_office_gives_nothing_at_another(street: Street) -> None:
    """Somebody who leads at Unga Söder and is konsulent at Unga Norr may do here what a konsulent may, and no more."""
    above = [one for one in lines() if "konsulent" not in one.who and one.who & {"administrator", "enhetschef"}]
    above += [one for one in lines() if "/svarar/borta" in one.address]
    asked = [(one, street.ask(one, BOTH)) for one in above if one.elsewhere != OWN]

    changed = street.is_changed()
    street.put_back()
    assert [_said(one, answer) for one, answer in asked if not _is_kept_out(one, answer)] == []
    assert not changed, "the role at the other office has changed something here"
    shown = [(one, street.ask(one, BOTH)) for one in above if one.elsewhere == OWN and one.method == "GET"]
    street.put_back()
    assert [one.address for one, answer in shown if SECRET.search(read(answer))] == []
    at_home = [one for one in lines() if one.address in ("/register/{neighbour}", "/inkorg/{neighbours_talk}")]
    assert [street.ask(one, BOTH).status_code for one in at_home] == [200, 200]
    street.put_back()


def test_what_is_made_is_made_where_the_role_is(street: Street) -> None:
    both, norr = street.browsers[BOTH], street.town.codes["norr"]
    added = both.post("/register/ny", first_name="Ny", grupp="kaa", kalla="skola", kontor=norr)
    draft = both.post("/utskick/nytt", mall="INV-1", urval="alla").headers["location"]
    page = both.see(draft.replace("meddelande", "mottagare"))
    with street.town.house.database.read() as session:
        made = storage.campaigns.by_code(session, draft.partition("u=")[2])
    street.put_back()

    assert (added.status_code, "Välj ett av dina kontor." in added.text) == (422, True)
    assert made is not None
    assert made.office_id not in (None, int(norr))
    assert not SECRET.search(page)


def test_the_named_role_at_one_office_opens_no_protected_person_at_another(street: Street) -> None:
    street.town.protect()
    asked = [street.browsers[role].get(f"/register/{street.town.codes['person']}") for role in ("samordnare", BOTH)]
    street.put_back()

    assert [answer.status_code for answer in asked] == [200, 403]


def test_what_is_anothers_is_not_reached_through_ones_own(street: Street) -> None:
    """The page of somebody at one's own office, with something that belongs to a page at the other."""
    own = street.town.codes | {"neighbour": street.town.codes["own"]}
    mixed = [one for one in lines() if "neighbour" in one.names and len(one.names) > 1]
    asked = [(one, street.ask(one, _colleague(one), own)) for one in mixed]

    changed = street.is_changed()
    street.put_back()
    assert len(mixed) > 15
    assert [_said(one, answer) for one, answer in asked if answer.status_code not in (403, 404, 422)] == []
    assert [one.address for one, answer in asked if SECRET.search(read(answer))] == []
    assert not changed, "something of another office's has been changed"


def _colleague(line: Line) -> str:
    return next(f"{role} i Söder" for role in ("enhetschef", "samordnare", "konsulent") if role in line.who)


def _is_refused(answer: Response, role: str) -> bool:
    return _asks_to_sign_in(answer) if role == "nobody" else answer.status_code in (403, 404)


def _is_welcome(line: Line, answer: Response) -> bool:
    if "nobody" in line.who:
        return answer.status_code not in (403, 405, 500)
    usual = answer.status_code < 300 or answer.status_code in (303, 409, 422)
    return usual and not _asks_to_sign_in(answer)


def _is_kept_out(line: Line, answer: Response) -> bool:
    if line.elsewhere == "skäl":
        return "Varför behöver du öppna sidan?" in answer.text or answer.headers.get("location", "").startswith(
            "/register/"
        )
    return line.elsewhere == "utan verkan" or answer.status_code in (403, 404)


def _said(line: Line, answer: Response) -> tuple[str, str, int]:
    return line.method, line.address, answer.status_code


def _asks_to_sign_in(answer: Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/logga-in?till=")
