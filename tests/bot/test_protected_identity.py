"""Nobody with protected identity is to be found in anything that leaves Brygga (ux §1.4, domain B7).

The addresses are those of the application itself: a page that is added must be given its addresses here, or the first
test fails. Each is asked as every role, in a town where she is protected and again when she has never been there.
"""

import re
from collections.abc import Callable
from pathlib import Path

import hidden_town
import pytest
from builders import Browser, signed_in
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hidden_town import HiddenTown, read, secrets_in
from httpx import Response

from bot import __main__ as command
from bot.wiring import House

OF_A_MEETING = ("", "/dela", "/qr", "/vilka", "/sag", "/efter")
# What each page of the application is asked for; the codes are the town's. A page of the person's own is asked for with
# her code, one about somebody else with a neighbour's.
ADDRESSES: dict[str, tuple[str, ...]] = {
    "/healthz": ("/healthz",),
    "/readyz": ("/readyz",),
    # Counts texts and talks of the whole installation: see the test of its own.
    "/metrics": (),
    "/": ("/",),
    "/logga-in": ("/logga-in",),
    "/logga-in/kod": ("/logga-in/kod",),
    "/logga-in/koppla": ("/logga-in/koppla",),
    "/logga-in/aterstall": ("/logga-in/aterstall",),
    "/logga-in/inbjudan": ("/logga-in/inbjudan",),
    "/logga-in/kommun": ("/logga-in/kommun",),
    "/logga-in/kommun/svar": ("/logga-in/kommun/svar",),
    "/vaken": ("/vaken",),
    "/senast-gjort": ("/senast-gjort",),
    "/har/{place}": ("/har/samtal-{talk}",),
    "/utkast": ("/utkast",),
    "/mitt-konto": ("/mitt-konto",),
    "/idag": ("/idag", *(f"/idag?visa={part}" for part in ("manniska", "bokat", "ring", "nummer"))),
    "/idag/del/{name}": tuple(
        f"/idag/del/{part}" for part in ("manniska", "bokat", "ring", "nummer", "sida", "godkanna")
    ),
    "/register": (
        "/register",
        "/register?avslutade=ja",
        "/register?omrade=Skuggdalen",
        "/register?sprak=tornedalska",
        "/register?fyller=18",
        "/register?ejfram=alla",
        "/register?ordning=waiting",
        "/register?status=nya",
        "/register?mobil=ja",
        "/register?bokad=ja",
        "/register?nadd=nej",
        "/register?fran=17&till=17",
        "/register?steg=ring",
        "/register?steg=sms",
        "/register?uppgift=duplicate",
        "/register?uppgift=shared_number",
        "/register?kalla=Skugglistan",
        "/register?kontakt=7",
        "/register?kontakt=-30",
        "/register?ansvarig=0",
    ),
    "/register/ny": ("/register/ny",),
    "/register/urval": ("/register/urval",),
    "/register/annan-malgrupp": ("/register/annan-malgrupp",),
    "/register/exportera": ("/register/exportera", "/register/exportera?omrade=Skuggdalen"),
    "/register/importera": ("/register/importera",),
    "/register/importera/exempel.xlsx": ("/register/importera/exempel.xlsx",),
    "/register/importera/{code}": (
        "/register/importera/{file}",
        *(f"/register/importera/{{file}}?visa={which}" for which in ("nya", "andras", "saknas", "dubbletter", "fel")),
    ),
    "/register/importera/{code}/fel.xlsx": ("/register/importera/{file}/fel.xlsx",),
    "/register/import/{code}": ("/register/import/{run}", "/register/import/{complete}"),
    "/register/import/{code}/lage": ("/register/import/{run}/lage",),
    "/register/import/{code}/saknas": ("/register/import/{complete}/saknas",),
    "/register/import/{code}/{which}": ("/register/import/{run}/nya", "/register/import/{run}/andrade"),
    "/register/{code}": ("/register/{neighbour}",),
    "/register/{code}/tidslinje": ("/register/{neighbour}/tidslinje",),
    "/inkorg": ("/inkorg", *(f"/inkorg?flik={tab}" for tab in ("mina", "automaten", "klara"))),
    "/inkorg/del/lista": ("/inkorg/del/lista", "/inkorg/del/lista?flik=automaten&amne=fraga"),
    "/status": ("/status",),
    "/logg": ("/logg", "/logg?handelse=lasning"),
    "/inkorg/{code}": ("/inkorg/{neighbours_talk}",),
    "/inkorg/{code}/lista": ("/inkorg/{neighbours_talk}/lista", "/inkorg/{neighbours_talk}/lista?flik=automaten"),
    "/inkorg/{code}/samtal": ("/inkorg/{neighbours_talk}/samtal",),
    "/inkorg/{code}/tider": ("/inkorg/{neighbours_talk}/tider",),
    "/installningar/snabbsvar": ("/installningar/snabbsvar",),
    "/installningar/svarar": ("/installningar/svarar",),
    "/inkorg/{code}/tolkning/stoppet": (
        "/inkorg/{neighbours_talk}/tolkning/stoppet?text={neighbours_text}&betydelse=no",
    ),
    "/utskick": ("/utskick", *(f"/utskick?flik={tab}" for tab in ("pagar", "schemalagda", "utkast", "klara"))),
    "/utskick/del/lista": ("/utskick/del/lista",),
    "/utskick/nytt": ("/utskick/nytt", "/utskick/nytt?urval=unga+norr"),
    "/utskick/nytt/{step}": tuple(
        f"/utskick/nytt/{step}?u={{draft}}" for step in ("mottagare", "meddelande", "tid", "kontroll")
    ),
    "/utskick/nytt/{step}/del/{part}": tuple(
        f"/utskick/nytt/{step}/del/{part}?u={{draft}}"
        for step, part in (("mottagare", "antal"), ("meddelande", "forhandsvisning"), ("kontroll", "kontroll"))
    ),
    "/utskick/nytt/personer": tuple(
        f"/utskick/nytt/personer?u={{draft}}&visa={reason}" for reason in ("protected", "no_mobile", "")
    ),
    "/utskick/nytt/provkorning": ("/utskick/nytt/provkorning?u={draft}",),
    "/utskick/{code}": ("/utskick/{campaign}",),
    "/utskick/{code}/godkann": ("/utskick/{draft}/godkann",),
    "/utskick/{code}/del/{part}": ("/utskick/{campaign}/del/progress", "/utskick/{campaign}/del/resultat"),
    "/utskick/{code}/exportera": ("/utskick/{campaign}/exportera",),
    "/utskick/{code}/personer": tuple(
        f"/utskick/{{campaign}}/personer?visa={which}" for which in ("alla", "utan:protected", "utan_svar", "skickade")
    ),
    "/utskick/okanda": ("/utskick/okanda",),
    "/utskick/okanda/{code}/igen": ("/utskick/okanda/x/igen",),
    "/register/{code}/ratta": ("/register/{neighbour}/ratta",),
    "/register/{code}/uppgifter": ("/register/{neighbour}/uppgifter",),
    "/register/{code}/slaihop": ("/register/{neighbour}/slaihop",),
    "/register/{code}/slaihop/{other_code}": ("/register/{neighbour}/slaihop/{second}",),
    "/installningar/insatser": ("/installningar/insatser",),
    "/installningar/partner": ("/installningar/partner",),
    "/installningar/trappan": ("/installningar/trappan",),
    "/trappan": ("/trappan",),
    "/trappan/ring": ("/trappan/ring",),
    "/trappan/ring/pass": ("/trappan/ring/pass",),
    "/trappan/ring/pass/lage": ("/trappan/ring/pass/lage",),
    "/trappan/sms": ("/trappan/sms",),
    "/trappan/nummer": ("/trappan/nummer",),
    "/trappan/ovrigt": ("/trappan/ovrigt",),
    "/trappan/vykort": ("/trappan/vykort", "/trappan/vykort?slag=closing", "/trappan/vykort?urval=unga+norr"),
    "/trappan/vykort/saknar-adress.xlsx": ("/trappan/vykort/saknar-adress.xlsx?urval=unga+norr",),
    "/trappan/vykort/{code}": ("/trappan/vykort/{batch}",),
    "/trappan/vykort/{code}/vykort.pdf": ("/trappan/vykort/{batch}/vykort.pdf",),
    "/trappan/vykort/{code}/etiketter.xlsx": ("/trappan/vykort/{batch}/etiketter.xlsx",),
    "/k": ("/k",),
    "/k/{code}": ("/k/{card}",),
    "/m/{code}": ("/m/7K3P", "/m/7K3P?sprak=en", "/m/AAAA"),
    "/m/{code}/tack": ("/m/7K3P/tack",),
    "/m/{code}.ics": ("/m/7K3P.ics",),
    "/dialogmoten/{code}/affisch": ("/dialogmoten/{gathering}/affisch",),
    "/a/mote/{code}/affisch": ("/a/mote/{gathering}/affisch",),
    "/om-sms": ("/om-sms", "/om-sms?sprak=en", "/om-sms?skickat=1"),
    **{path: (path,) for path in ("/integritet", "/tillganglighet", "/hem")},
    "/kalender": ("/kalender", "/kalender?visa=vecka", "/kalender?vem=jag", "/kalender?vecka=2026-48"),
    "/kalender/tider": ("/kalender/tider",),
    "/kalender/sjuk": ("/kalender/sjuk",),
    "/kalender/boka": ("/kalender/boka",),
    "/kalender/mote/{code}": ("/kalender/mote/{meeting_of_Alva}",),
    "/kalender/flode/{secret}.ics": ("/kalender/flode/nothing.ics",),
    "/dialogmoten": ("/dialogmoten", "/dialogmoten?visa=genomforda", "/dialogmoten?visa=installda"),
    "/dialogmoten/nytt": ("/dialogmoten/nytt", "/dialogmoten/nytt?kopia={gathering}"),
    "/dialogmoten/{code}": tuple(
        f"/dialogmoten/{{{which}}}" for which in ("gathering", "held_gathering", "draft_gathering")
    ),
    "/dialogmoten/{code}/andra": ("/dialogmoten/{gathering}/andra",),
    "/dialogmoten/{code}/stallin": ("/dialogmoten/{gathering}/stallin",),
    # The token that forms carry is in /a/vaken.
    "/a/vaken": (),
    **{one: (one,) for one in ("/dialogmoten/ambassadorer", "/a", "/a/worker.js", "/a/dela", "/a/hjalp", "/a/annan")},
    "/a/nytt": ("/a/nytt", "/a/nytt?kopiera={own_meeting}"),
    "/a/timmar": ("/a/timmar", "/a/timmar?mote={own_meeting}"),
    **{f"/a/mote/{{code}}{part}": (f"/a/mote/{{own_meeting}}{part}",) for part in OF_A_MEETING},
    "/telefonen": ("/telefonen",),
    "/telefonen/del/telefoner": ("/telefonen/del/telefoner",),
    "/telefonen/del/guide": ("/telefonen/del/guide",),
    "/telefonen/del/klocka": ("/telefonen/del/klocka",),
    "/telefonen/{key}": ("/telefonen/{phone}",),
    "/telefonen/{key}/del/telefon": ("/telefonen/{phone}/del/telefon",),
    "/telefonen/{key}/del/bakom": ("/telefonen/{phone}/del/bakom",),
    "/telefonen/{key}/test": ("/telefonen/{phone}/test",),
    "/installningar": ("/installningar",),
    "/installningar/utskick": ("/installningar/utskick",),
    "/installningar/kanaler": ("/installningar/kanaler",),
    "/installningar/jour": ("/installningar/jour",),
    "/installningar/sprak": ("/installningar/sprak",),
    "/installningar/sakerhet": ("/installningar/sakerhet",),
    "/installningar/ordlista": ("/installningar/ordlista", "/installningar/ordlista?sok=skydd"),
    "/installningar/mal": ("/installningar/mal",),
    "/installningar/listor": ("/installningar/listor",),
    "/installningar/fragor": ("/installningar/fragor",),
    "/installningar/mallar": ("/installningar/mallar",),
    "/installningar/mallar/{code}": ("/installningar/mallar/OFFER", "/installningar/mallar/TIME-OK%3F"),
    "/installningar/tolkningar": ("/installningar/tolkningar",),
    "/installningar/checklista": ("/installningar/checklista",),
    "/installningar/kontor": ("/installningar/kontor",),
    "/installningar/personal": ("/installningar/personal",),
    "/installningar/personal/{code}": ("/installningar/personal/{colleague}",),
    # Never ends; it says that there is something new, and carries nothing.
    "/handelser": (),
}

# Pages by her own codes: the two named roles open them with a plain notice, nobody else does.
HERS = {
    "person": (
        "/register/{person}", "/register/{person}/tidslinje", "/register/{person}/ratta",
        "/register/{person}/uppgifter", "/register/{person}/slaihop",
    ),
    "merge": ("/register/{neighbour}/slaihop/{person}", "/register/{person}/slaihop/{neighbour}"),
    "talk": (
        "/inkorg/{talk}", "/inkorg/{talk}/samtal", "/inkorg/{talk}/tolkning/stoppet?text={text}&betydelse=no",
    ),
    "meeting": ("/kalender/mote/{meeting}", "/kalender/boka?mote={meeting}"),
    "text": ("/utskick/okanda/{lost}/igen",),
    "phone": (
        "/telefonen/{person}", "/telefonen/{person}/del/telefon", "/telefonen/{person}/del/bakom",
        "/telefonen/{person}/test",
    ),
}  # fmt: skip
NAMED = ("enhetschef", "samordnare")
# Where the two named roles of her office are told that there is somebody, never who: whoever waits for a human and
# whoever has a time (ux §4.2), texts whose fate must be decided, and of a campaign that so and so many got nothing
# (ux §4.8: "a count only; opens for the two roles"; the parts of a campaign add up).
TOLD_TO_THE_NAMED = {
    "today": (*ADDRESSES["/idag"], *ADDRESSES["/idag/del/{name}"]),
    "inbox": (
        *ADDRESSES["/inkorg"], *ADDRESSES["/inkorg/del/lista"], *ADDRESSES["/inkorg/{code}"],
        *ADDRESSES["/inkorg/{code}/lista"],
    ),
    "unsettled": ADDRESSES["/utskick/okanda"],
    "draft": (
        *ADDRESSES["/utskick/nytt/{step}"], *ADDRESSES["/utskick/nytt/{step}/del/{part}"],
        *ADDRESSES["/utskick/nytt/provkorning"], *ADDRESSES["/utskick/{code}/godkann"],
    ),
    "campaign": (
        *ADDRESSES["/utskick/{code}"], *ADDRESSES["/utskick/{code}/del/{part}"], *ADDRESSES["/utskick/{code}/personer"],
    ),
}  # fmt: skip
# A card that was printed before must be taken out of the pile: the page says its code, never whose it is or why.
# That a page was merged with another and parted again is the neighbour's own history; it does not say with whose.
# What staff have done stays in the log, whomever it was about; whom is said to those alone who may know. The page of
# lists in and out tells from the log which files have been taken out.
# That a time is taken is seen in the calendar by everybody who keeps it, as of anybody they may not see; never by whom.
# How many talks, people and times a colleague has in hand is told to whoever ends their employment, never whom; that an
# alert has been tried, and that there are times, stands in the checklist for going live.
TOLD_TO_ALL = {
    "in_hand": (*ADDRESSES["/installningar/personal/{code}"], *ADDRESSES["/installningar/checklista"]),
    "log": (*ADDRESSES["/logg"], *ADDRESSES["/senast-gjort"], *ADDRESSES["/installningar/listor"]),
    "calendar": (*ADDRESSES["/kalender"], *ADDRESSES["/kalender/boka"], *ADDRESSES["/inkorg/{code}/tider"]),
    "batch": ADDRESSES["/trappan/vykort/{code}"],
    "merged": (
        *(f"/register/{{neighbour}}{part}" for part in ("", "/tidslinje", "/uppgifter")),
        *ADDRESSES["/inkorg/{code}"],
    ),
}

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
