"""One request: who asks, one session, one transaction; and the frame every page stands in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

import segno
from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

import storage.gatherings
import storage.offices
import storage.settings
import storage.staff
from bot import shown
from bot.flashes import FLASHES
from outreach import access, global_pause, in_words, waiting
from outreach.access import Who
from outreach.errors import NotAllowed
from storage.conversations import Conversation
from storage.database import Database, Session
from storage.local_time import local, local_date
from storage.offices import Office
from storage.people import Person
from storage.staff import StaffSession

COOKIE = "brygga"
# What the script says when it fetches a part of a page by itself, and where it hears that there is something new.
FRAGMENT, EVENTS = "x-brygga-fragment", "/handelser"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters.update(shown.FILTERS)
TEMPLATES = Jinja2Templates(env=_ENVIRONMENT)


class Installation(Protocol):
    """What pages need of the house; `bot.wiring.House` is one."""

    database: Database
    settings: Any
    clock: Any
    sender: Any
    jobs: Any
    sms_route: Any
    single_sign_on: Any

    def now(self) -> datetime:
        """What time it is here."""
        ...

    @property
    def sms_number(self) -> str:
        """The number that our texts come from now."""
        ...

    def keep_inbound(self, inbound: Any) -> None:
        """Keep a text that came in."""
        ...


class SignInNeeded(Exception):
    """Nobody is signed in: the browser is sent to the sign-in page and back."""


@dataclass(slots=True)
class Ask:
    """One request by a signed-in member of staff; `who` is narrowed by what it needs."""

    request: Request
    house: Installation
    session: Session
    who: Who
    now: datetime
    notices: list[dict[str, str]] = field(default_factory=list)
    _waiting: list[tuple[Conversation, Person | None]] | None = None
    _everywhere: Who = field(init=False)

    def __post_init__(self) -> None:
        self._everywhere = self.who

    @property
    def waiting(self) -> list[tuple[Conversation, Person | None]]:
        """Talks that wait for a human, as far as one may know of them; asked once a request."""
        if self._waiting is None:
            inbox = self._everywhere.narrowed("inbox")
            self._waiting = waiting.for_staff(self.session, inbox, self._chosen(inbox))
        return self._waiting

    def needs(self, *any_of: str) -> None:
        """From here on this is about the offices where one's role allows one of these, and no others. Raises NotAllowed
        where no role does.
        """
        self.who = self.who.narrowed(*any_of)

    @property
    def leads_everywhere(self) -> bool:
        """Whether one may change what holds for the whole municipality; others read it."""
        everybody = self._everywhere
        offices = storage.offices.all_offices(self.session)
        return everybody.may("settings") and everybody.leads(office.id for office in offices)

    def needs_everywhere(self) -> None:
        """Raises NotAllowed for whoever does not decide for the whole municipality."""
        if not self.leads_everywhere:
            raise NotAllowed(
                "Det här gäller hela kommunen. Bara en administratör, eller en chef för alla kontor, kan ändra det."
            )

    def where(self, what: str) -> list[int]:
        """Those of the offices this page is about where one may do something else, too."""
        return [office_id for office_id in self.office_ids if self.who.may(what, office_id)]

    def where_else(self, what: str) -> list[int]:
        """The chosen offices where one may do something else than this page is for; none where no role does."""
        return self._chosen(self._everywhere.narrowed(what)) if self._everywhere.may(what) else []

    @property
    def office_ids(self) -> list[int]:
        """The offices this page is about: the chosen one, else all where one may do what it is for."""
        return self._chosen(self.who)

    def _chosen(self, who: Who) -> list[int]:
        chosen, mine = whole(self.request.cookies.get("kontor", "")), who.office_ids
        return [chosen] if chosen in mine and chosen is not None else mine

    @property
    def office(self) -> Office | None:
        """The office chosen in the switcher, or the only one."""
        chosen = [office for office in self.who.offices if office.id in self.office_ids]
        return chosen[0] if len(chosen) == 1 else None


def whole(written: str) -> int | None:
    """A whole number as it came in an address, a cookie or a form; None for anything that is none, or too large."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None  # noqa: PLR2004


def installation(request: Request) -> Installation:
    """The house this application serves."""
    house: Installation = request.app.state.house
    return house


House = Annotated[Installation, Depends(installation)]


def reading(request: Request, house: House) -> Iterator[Ask]:
    """A page that changes nothing."""
    now = house.now()
    _keep_awake(request, house, now)
    with house.database.read() as session:
        yield Ask(request, house, session, _who(request, session, now), now)


def writing(request: Request, house: House, csrf: Annotated[str, Form()] = "") -> Iterator[Ask]:
    """A form that changes something: committed before the answer leaves. Raises NotAllowed for a form from
    elsewhere.
    """
    now = house.now()
    with house.database.write() as session:
        who = _who(request, session, now)
        if csrf != who.csrf:
            raise NotAllowed("Sidan var för gammal. Läs om den och försök igen.")
        _stay_awake(session, browser_session(request, session, now), now)
        yield Ask(request, house, session, who, now)


def posting(request: Request, house: House, csrf: Annotated[str, Form()] = "") -> Iterator[Ask]:
    """A form that takes a while to carry out: read from without holding up those who write. What it changes goes into a
    transaction of its own. Raises NotAllowed for a form from elsewhere.
    """
    now = house.now()
    _keep_awake(request, house, now)
    with house.database.read() as session:
        who = _who(request, session, now)
        if csrf != who.csrf:
            raise NotAllowed("Sidan var för gammal. Läs om den och försök igen.")
        yield Ask(request, house, session, who, now)


# "function" scope: the transaction ends before the answer is sent, so the next page sees what this one did.
Reading = Annotated[Ask, Depends(reading, scope="function")]
Writing = Annotated[Ask, Depends(writing, scope="function")]
Posting = Annotated[Ask, Depends(posting, scope="function")]


def browser_session(request: Request, session: Session, now: datetime) -> StaffSession | None:
    """The browser's session, whatever step it has come to."""
    return access.find_session(session, request.cookies.get(COOKIE, ""), now=now)


def _who(request: Request, session: Session, now: datetime) -> Who:
    row = browser_session(request, session, now)
    if row is None or row.step != "in":
        raise SignInNeeded
    return access.who(session, row, now=now)


def _keep_awake(request: Request, house: Installation, now: datetime) -> None:
    # A page that is left open fetches its parts again by itself all night: that is nobody at work.
    if FRAGMENT in request.headers or request.url.path == EVENTS:
        return
    # Idle time is counted by the minute, so that reading pages seldom has to write.
    with house.database.read() as session:
        row = browser_session(request, session, now)
        if row is None or (now - row.seen_at).total_seconds() < 60:
            return
    with house.database.write() as session:
        _stay_awake(session, browser_session(request, session, now), now)


def _stay_awake(session: Session, row: StaffSession | None, now: datetime) -> None:
    if row is not None:
        row.seen_at = now
        session.add(row)


async def written(request: Request) -> dict[str, str]:
    """Everything a form holds, where which fields there are depends on what the page showed."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Written = Annotated[dict[str, str], Depends(written)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation."""

    label: str
    href: str
    icon: str
    needs: str


ENTRIES = (
    Entry("Idag", "/idag", "home", "inbox"),
    Entry("Inkorg", "/inkorg", "inbox", "inbox"),
    Entry("Register", "/register", "people", "register"),
    Entry("Utskick", "/utskick", "send", "campaigns"),
    Entry("Kontakttrappan", "/trappan", "ladder", "register"),
    Entry("Kalender", "/kalender", "calendar", "inbox"),
    Entry("Dialogmöten", "/dialogmoten", "circle", "gatherings"),
    Entry("Mina möten", "/a", "calendar", "own_meetings"),
    Entry("Telefonen", "/telefonen", "phone", "phone"),
    Entry("Logg", "/logg", "report", "log"),
    Entry("Status", "/status", "circle", "log"),
    Entry("Inställningar", "/installningar", "settings", "settings"),
)


def page(ask: Ask, template: str, *, title: str, status_code: int = 200, **data: Any) -> Response:
    """A page in its frame. `title` never holds a person's name; `frame` in data overrides parts of the frame."""
    frame = {**_frame(ask, title), **data.pop("frame", {})}
    return _render(ask.request, template, {"page": frame, **data}, status_code)


def fragment(ask: Ask, template: str, **data: Any) -> Response:
    """A part of a page, for live updating; says when it was made."""
    answer = _render(ask.request, template, {"page": _frame(ask, ""), **data})
    answer.headers["X-Brygga-Tid"] = shown.time_text(local(ask.now))
    return answer


def bare_page(
    request: Request, template: str, *, title: str, now: datetime, practice: bool, status_code: int = 200, **data: Any
) -> Response:
    """A page for somebody who is not signed in; `frame` in data overrides parts of the frame."""
    frame = {"title": title, "unit": "Brygga", "practice": practice, "csrf": "", "now": local(now), "scripts": True}
    frame |= data.pop("frame", {})
    return _render(request, template, {"page": frame, **data}, status_code)


def _render(request: Request, template: str, data: dict[str, Any], status_code: int = 200) -> Response:
    answer: Response = TEMPLATES.TemplateResponse(request, template, data, status_code=status_code)
    return answer


def _frame(ask: Ask, title: str) -> dict[str, Any]:
    office = ask.office
    path = ask.request.url.path
    counts = {"/inkorg": len(ask.waiting) if ask.who.may("inbox") else 0, "/dialogmoten": _gatherings(ask)}
    return {
        "title": title,
        "unit": _unit(ask),
        "office_name": office.name if office else "Alla mina kontor",
        "offices": _switcher(ask),
        "staff_name": ask.who.staff.name,
        "staff_role": ask.who.role_name,
        "nav": [_nav(entry, path, counts) for entry in ENTRIES if ask.who.may(entry.needs)],
        "practice": ask.house.settings.practice,
        "paused": _paused(ask),
        "clock_moved": _clock_moved(ask),
        "csrf": ask.who.csrf,
        "now": local(ask.now),
        "notices": ask.notices + _flash(ask.request),
        "events": EVENTS,
        "idle": int(access.idle_of(ask.who.roles).total_seconds()),
        "shortcuts": True,
    }


def _unit(ask: Ask) -> str:
    """The name the chosen offices write under, when it is one."""
    names = {office.sender_name for office in ask.who.offices if office.id in ask.office_ids}
    return names.pop() if len(names) == 1 else ""


def _gatherings(ask: Ask) -> int:
    """Dialog meetings that wait for somebody: a yes, whether they run, or who came."""
    ids = ask.where_else("gatherings")
    return storage.gatherings.count_waiting(ask.session, ids, ask.now) if ids else 0


def _nav(entry: Entry, path: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "label": entry.label, "href": entry.href, "icon": entry.icon, "current": path.startswith(entry.href),
        "count": counts.get(entry.href, 0), "last": entry.href == "/installningar",
    }  # fmt: skip


def _switcher(ask: Ask) -> list[dict[str, Any]]:
    if len(ask.who.offices) < 2:
        return []
    chosen = ask.office
    rows = [{"id": office.id, "label": office.name, "current": office is chosen} for office in ask.who.offices]
    return [{"id": "alla", "label": "Alla mina kontor", "current": chosen is None}, *rows]


def _paused(ask: Ask) -> dict[str, str] | None:
    """The pause of all sending, told on every page; whoever may end it gets the way there."""
    pause = global_pause.current(ask.session)
    if pause is None:
        return None
    by = storage.staff.find(ask.session, pause.by_id)
    day = "" if local_date(pause.since) == local_date(ask.now) else f"{shown.relative_day(pause.since, ask.now)} "
    return {
        "since": f"{day}kl. {shown.time_text(local(pause.since))}",
        "by": by.first_name if by is not None else "kommandoraden",
        "href": "/installningar/utskick#paus" if ask.who.may("settings") else "",
    }


def _clock_moved(ask: Ask) -> str | None:
    if not ask.house.settings.practice:
        return None
    offset = float(storage.settings.read(ask.session, "clock_offset", default=0.0))
    return f"{shown.date_text(local(ask.now))} kl. {shown.time_text(local(ask.now))}" if abs(offset) >= 60 else None


# How the word begins about a reading that has been corrected.
CORRECTED = "rattat"


def _flash(request: Request) -> list[dict[str, str]]:
    done = request.query_params.get("klart", "")
    if known := FLASHES.get(done):
        return [{"kind": known[0], "title": known[1], "text": known[2]}]
    corrected = in_words.set_right(*_set_right(done))
    return [{"kind": "ok", "title": "Rättat", "text": corrected}] if corrected else []


def _set_right(done: str) -> tuple[str, list[str]]:
    """ "rattat.wrong_number.struck": what a text meant, and what followed."""
    kind, _, rest = done.partition(".")
    meant, *followed = rest.split(".")
    return (meant, followed) if kind == CORRECTED else ("", [])


def go(address: str, *, done: str = "") -> RedirectResponse:
    """After a form: on to a page that can be read again, with a word about what was done (a key of the flash table)."""
    joint = "&" if "?" in address else "?"
    path, _, anchor = address.partition("#")
    target = f"{path}{joint}klart={done}" if done else path
    return RedirectResponse(f"{target}#{anchor}" if anchor else target, status_code=303)


def qr_picture(text: str) -> Markup:
    """A QR code as a picture in the page."""
    return Markup(segno.make(text, error="m").svg_inline(scale=5, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704
