"""Nobody with protected identity is to be found in anything that leaves Brygga (ux §1.4, domain B7).

The addresses are those of the application itself: a page that is added must be given its addresses in asked_pages, or
the first test fails. Each is asked as every role, in a town where she is protected and again when she has never been
there.
"""

import re
from collections.abc import Callable
from pathlib import Path

import hidden_town
import pytest
from asked_pages import ADDRESSES, HERS, NAMED, TOLD_TO_ALL, TOLD_TO_THE_NAMED
from builders import Browser, signed_in
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hidden_town import HiddenTown, read, secrets_in
from httpx import Response

from bot import __main__ as command
from bot.wiring import House

# A page with somebody's number in its address, whom nobody is.
REFUSED = "/register/nobody"
ROLES = (
    "administrator", "enhetschef", "samordnare", "konsulent", "ambassador", "lasare", "samordnare i Söder", "nobody",
)  # fmt: skip


@pytest.fixture
def town(house: House, client: TestClient) -> HiddenTown:
    """She is in the register like everybody else."""
    return hidden_town.build(house)


@pytest.fixture
def brygga(town: HiddenTown, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a command with --json in the town; all that it says."""
    monkeypatch.setenv("BRYGGA_DATABASE_URL", town.house.settings.database_url)
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)
    monkeypatch.setenv("BRYGGA_PRACTICE", "true")

    def run(*words: str) -> str:
        assert command.main([*words, "--json"]) in (0, 1)
        return "".join(capsys.readouterr())

    return run


def pages(app: FastAPI) -> set[str]:
    """The path of every page the application can be asked for."""
    return {route.path for route in app.routes if isinstance(route, APIRoute) and "GET" in route.methods}


def test_every_page_of_the_application_is_asked(client: TestClient) -> None:
    asked, there = set(ADDRESSES), pages(client.app)  # type: ignore[arg-type]

    assert there - asked == set(), "a page nobody asks for the protected: give it its addresses in ADDRESSES"
    assert asked - there == set(), "an address of a page that is no more"


@pytest.mark.parametrize("role", ROLES)
def test_she_is_in_no_answer_to_anybody(town: HiddenTown, client: TestClient, role: str) -> None:
    town.protect()
    browser = _browser(town, client, role)
    hers, others = town.addresses(HERS), town.addresses(ADDRESSES)
    protected = {address: browser.get(address) for address in (*hers, *others)}
    before = {address: read(protected[address]) for address in others}
    for address in hers:
        assert role in NAMED or not (secrets_in(read(protected[address])) or protected[address].is_success), address

    # A refusal in the same words as any other tells nothing; whatever says more is asked for once more without her.
    refusal = browser.get(REFUSED)
    others = [address for address in others if not _is_just_refused(protected[address], refusal)]
    town.remove()
    after = {address: read(browser.get(address)) for address in others}

    for address in others:
        told = set(secrets_in(before[address])) - set(secrets_in(after[address]))
        assert not told, (address, told)
        assert town.codes["person"] not in before[address].replace(after[address], "") or role in NAMED, address
    may_differ = town.addresses(TOLD_TO_ALL | (TOLD_TO_THE_NAMED if role in NAMED else {}))
    differ = [address for address in others if _said(before[address], role) != _said(after[address], role)]
    assert [address for address in differ if address not in may_differ] == []


def _is_just_refused(answer: Response, refusal: Response) -> bool:
    return answer.status_code == 403 and answer.text == refusal.text


def _browser(town: HiddenTown, client: TestClient, role: str) -> Browser:
    if role == "nobody":
        return Browser(client, town.staff["samordnare"], csrf="", token="")
    return signed_in(client, town.house.database, town.staff[role])


def _said(page: str, role: str) -> str:
    """What a page says, without the key that each form gets; the navigation tells the named roles that she waits."""
    page = re.sub(r'name="nyckel" value="\w+"', "", page)
    return re.sub("<nav.*?</nav>", "", page, flags=re.DOTALL) if role in NAMED else page


@pytest.mark.parametrize("words", [
    "Xerxina", "gyllenskugga", "xerxna", "Gyllenskugga Xerxina", "2008-12-20", "070-174 06 94", "0694", "Skuggdalen",
    "20100709-2396",
])  # fmt: skip
@pytest.mark.parametrize("role", ["samordnare", "konsulent", "samordnare i Söder"])
def test_a_search_does_not_find_her(town: HiddenTown, client: TestClient, role: str, words: str) -> None:
    def found() -> tuple[str, str]:
        browser = signed_in(client, town.house.database, town.staff[role])
        browser.client.cookies.clear()
        answer = browser.post("/register/sok", q=words)
        return answer.headers["location"], re.sub('name="csrf" value="\\w+"', "", browser.see("/register"))

    town.protect()
    address, page = found()

    if words == "20100709-2396" and role in NAMED:
        # The two named roles look somebody up by the whole personnummer; everybody else finds nobody.
        assert address == f"/register/{town.codes['person']}"
        return
    town.remove()
    gone = found()
    assert address == gone[0]
    assert _said(page, role) == _said(gone[1], role)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_she_is_in_no_file_whoever_makes_it(town: HiddenTown, client: TestClient, kind: str) -> None:
    sara = signed_in(client, town.house.database, town.staff["samordnare"])
    both = [town.codes["neighbour"], town.codes["person"]]
    town.protect()

    everybody = sara.post("/register/exportera", syfte="prov", format=kind)
    ticked = sara.post("/register/exportera", syfte="prov", format=kind, person=both)
    sent_to = sara.post(f"/utskick/{town.codes['campaign']}/exportera", syfte="prov", format=kind)
    trial = sara.post(f"/utskick/nytt/provkorning.xlsx?u={town.codes['draft']}")

    for answer in (everybody, ticked, sent_to, trial):
        assert answer.is_success
        assert "Alva" in read(answer) or "Alva" in answer.content.decode("utf-8-sig", "ignore")
        assert secrets_in(read(answer)) == []


@pytest.mark.parametrize(("address", "what"), [
    ("/register/markerade", "exportera"), ("/register/markerade", "utskick"), ("/register/markerade", "vykort"),
    ("/register/flera/fraga", "ringpass"), ("/register/flera/fraga", "ansvarig"), ("/register/flera/fraga", "status"),
])  # fmt: skip
def test_whoever_ticks_her_row_does_nothing_with_her(
    town: HiddenTown, client: TestClient, address: str, what: str
) -> None:  # fmt: skip
    sara = signed_in(client, town.house.database, town.staff["samordnare"])
    town.protect()

    answer = sara.post(address, gor=what, person=town.codes["person"])

    assert answer.status_code == 422
    assert "Ingen är vald" in answer.text


def test_figures_for_machines_do_not_change_with_protection(town: HiddenTown, client: TestClient) -> None:
    before = client.get("/metrics").text
    town.protect()

    after = client.get("/metrics").text

    assert after == before
    assert secrets_in(after) == []


def test_a_command_says_nothing_of_her(town: HiddenTown, brygga: Callable[..., str], tmp_path: Path) -> None:
    town.protect()
    register, corrections = tmp_path / "register.csv", tmp_path / "tolkningar.tsv"
    listed = tmp_path / "lista.csv"
    listed.write_text("Namn;Personnummer;Mobil\nNågon Ny;20100709-2396;0701740694\n")

    said = [
        brygga("export", str(register), "--purpose", "prov", "--audience", "unga norr"),
        brygga("corrections", str(corrections), "--purpose", "prov"),
        brygga("import", str(listed), "--office", "Unga Norr", "--dry-run"),
        brygga("campaign", "create", "Alla", "--audience", "unga norr", "--text", "Hej! Svara JA eller NEJ."),
        brygga("campaign", "status", "Utskicket"),
        brygga("doctor"),
    ]

    for words in (*said, register.read_text("utf-8-sig"), corrections.read_text("utf-8-sig")):
        assert secrets_in(words) == []
