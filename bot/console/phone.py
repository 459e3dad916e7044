"""Telefonen (ux §4.15): practice phones side by side, what happens behind them, the clock that can be moved, and faults
to try. Nothing here can leave the machine; in live operation the page is locked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from anyio import from_thread
from fastapi import APIRouter, Depends, Form
from fastapi.responses import PlainTextResponse, Response

import storage.inbound
import storage.messages
from bot import requests
from bot.console import phone_desk, phone_view, phone_words
from bot.console.phone_desk import Phone, Wish
from bot.requests import Ask, Reading
from bot.shown import date_table
from outreach import receipts
from outreach.channels import Inbound, Receipt
from outreach.errors import BadInput, NotAllowed
from scheduler import jobs, time_travel
from scheduler.clock import MovableClock, SystemClock
from storage.codes import new_code

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]

FURTHEST = timedelta(days=400)
LONGEST_TEXT = 1600
# A trick with a receipt: how the text must stand, what the receipt says, the answer when no text stands so.
_RECEIPTS: dict[str, tuple[str, str, str]] = {
    "sent": ("sent", "delivered", "kvitterat"),
    "kvitto": ("delivered", "sent", "inget"),
}
_LOCKED = "Telefonen är avstängd i skarp drift. Öva i en egen installation, till exempel med brygga demo."


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in member of staff at Telefonen, with the phones in front of them."""

    ask: Ask
    phones: list[Phone]

    def phone(self, key: str) -> Phone:
        """The phone with this key. Raises NotFound."""
        return phone_desk.find(self.phones, key)


def looking(ask: Reading) -> Desk:
    """Somebody who looks. Raises NotAllowed without the right, and in live operation."""
    ask.needs("phone")
    if not ask.house.settings.practice:
        raise NotAllowed(_LOCKED)
    return Desk(ask, phone_desk.phones(ask.session, ask.who.staff.id, may_pick=ask.who.may("register")))


def pressing(ask: Reading, csrf: Text = "") -> Desk:
    """Somebody who presses a button. What it does is written in transactions of its own, since the clock, the inbox and
    the timetable each keep theirs.
    """
    if csrf != ask.who.csrf:
        raise NotAllowed("Sidan var för gammal. Läs om den och försök igen.")
    return looking(ask)


Looking = Annotated[Desk, Depends(looking, scope="function")]
Pressing = Annotated[Desk, Depends(pressing, scope="function")]


@routes.get("/telefonen")
def front(ask: Reading) -> Response:
    """The desk with its first phone; locked in live operation."""
    ask.needs("phone")
    if not ask.house.settings.practice:
        locked = {"text": "Riktiga sms kan gå ut härifrån. Öva i en egen installation, till exempel med brygga demo.",
                  "who": "Den som driver Brygga hos er kan slå på övningsläget."}  # fmt: skip
        return requests.page(ask, "telefonen.html", title="Telefonen", tel={"locked": locked})
    desk = looking(ask)
    return _page(desk, desk.phones[0] if desk.phones else None)


def _page(desk: Desk, phone: Phone | None, status_code: int = 200) -> Response:
    shown = phone_view.page(desk.ask, desk.phones, phone)
    return requests.page(desk.ask, "telefonen.html", title="Telefonen", status_code=status_code, tel=shown)


@routes.get("/telefonen/del/telefoner")
def part_phones(desk: Looking, nu: str = "") -> Response:
    """Live: the phones on the desk."""
    return requests.fragment(
        desk.ask, "_phone_lista.html", tel={"phones": phone_view.phones(desk.ask, desk.phones, nu)}
    )


@routes.get("/telefonen/del/guide")
def part_guide(desk: Looking) -> Response:
    """Live: the newcomer's cards."""
    return requests.fragment(desk.ask, "_phone_guide.html", tel={"guide": phone_view.guide(desk.ask, desk.phones)})


@routes.get("/telefonen/del/klocka")
def part_clock(desk: Looking) -> Response:
    """Live: what time it is and what comes next."""
    return requests.fragment(desk.ask, "_phone_klocka_nu.html", tel={"clock": phone_view.clock(desk.ask)})


@routes.get("/telefonen/{key}")
def one(desk: Looking, key: str, prov: str = "") -> Response:
    """The desk with this phone in the middle."""
    if prov in phone_words.TRICK_DONE:
        desk.ask.notices.append({"kind": "info", "title": "Provat", "text": phone_words.TRICK_DONE[prov]})
    return _page(desk, desk.phone(key))


@routes.get("/telefonen/{key}/del/telefon")
def part_phone(desk: Looking, key: str) -> Response:
    """Live: what stands on the phone's screen."""
    shown = phone_view.telephone(desk.ask, desk.phone(key))
    return requests.fragment(desk.ask, "_phone_logg.html", tel={"phone": shown})


@routes.get("/telefonen/{key}/del/bakom")
def part_behind(desk: Looking, key: str) -> Response:
    """Live: what goes on behind the phone."""
    return requests.fragment(
        desk.ask, "_phone_bakom.html", tel={"behind": phone_view.behind(desk.ask, desk.phone(key))}
    )


@routes.get("/telefonen/{key}/test")
def as_file(desk: Looking, key: str) -> Response:
    """The dialogue as a text file; its name holds no name."""
    name = f"telefonen_{date_table(desk.ask.now)}.txt"
    return PlainTextResponse(
        phone_view.as_text(desk.ask, desk.phone(key)), headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@routes.post("/telefonen/ny")
def add(
    desk: Pressing,
    person: Text = "",
    namn: Text = "",
    alder: Text = "",
    sprak: Text = "sv",
    nummer: Text = "unverified",
) -> Response:
    """A phone more on the desk: somebody's in the register, or one made up."""
    ask = desk.ask
    if person:
        ask.needs("register")
    with ask.house.database.write() as session:
        if person:
            phone = phone_desk.pick(session, person, ask.office_ids, desk.phones)
        else:
            office = ask.office or next(iter(ask.who.offices), None)
            phone = phone_desk.make(session, Wish(namn, alder, sprak, nummer), office, desk.phones, now=ask.now)
        phone_desk.keep(session, ask.who.staff.id, [*desk.phones, phone], now=ask.now)
    return requests.go(f"/telefonen/{phone.key}")


@routes.post("/telefonen/klocka")
def move_clock(desk: Pressing, flytta: Text = "", tid: Text = "", tillbaka: Text = "") -> Response:
    """Move the clock; everything that comes due on the way happens, in order."""
    clock = desk.ask.house.clock
    if not isinstance(clock, MovableClock):
        raise NotAllowed(_LOCKED)
    try:
        to = _wanted(desk.ask, flytta, tid, desk.ask.house.now())
    except BadInput as error:
        desk.ask.notices.append({"kind": "danger", "title": "Klockan flyttades inte", "text": error.sentence})
        return _page(desk, next((row for row in desk.phones if row.key == tillbaka), None), status_code=422)
    house = desk.ask.house
    from_thread.run(time_travel.travel, clock, house.database, house.jobs, to)
    if flytta == "riktig":
        clock.reset()
    return requests.go(f"/telefonen/{tillbaka}#klockan" if tillbaka.isalnum() else "/telefonen#klockan")


def _wanted(ask: Ask, how: str, written: str, now: datetime) -> datetime:
    if how == "riktig":
        return SystemClock().now()
    if how == "nasta":
        coming = phone_view.next_event(ask)
        return max(coming["at"], now) if coming is not None else now
    to = now + time_travel.parse_length(how) if how in ("1h", "1d") else time_travel.parse_moment(written, now)
    if abs(to - now) > FURTHEST:
        raise BadInput("Tiden ligger för långt bort. Välj en tid inom ett år.")
    return to


@routes.post("/telefonen/{key}/skicka")
def send(desk: Pressing, key: str, text: Text = "", text2: Text = "", text3: Text = "") -> Response:
    """Write from the phone: one text, or up to three in a row."""
    phone = desk.phone(key)
    for words in (text, text2, text3):
        if words.strip():
            _write(desk.ask, phone, words.strip()[:LONGEST_TEXT], f"ovning-{new_code()}")
    _run_jobs(desk.ask)
    return requests.go(f"/telefonen/{key}")


def _write(ask: Ask, phone: Phone, words: str, provider_id: str) -> None:
    ask.house.keep_inbound(
        Inbound(channel="sms", provider_id=provider_id, sender=phone.address, text=words, received_at=ask.house.now())
    )


def _run_jobs(ask: Ask) -> None:
    # The timetable would do it within a second or two; whoever presses a button should not have to wait for that.
    from_thread.run(jobs.run_until_idle, ask.house.jobs)


@routes.post("/telefonen/{key}/las")
def read_now(desk: Pressing, key: str) -> Response:
    """Do not wait for the person to pause typing."""
    phone = desk.phone(key)
    with desk.ask.house.database.write() as session:
        storage.inbound.read_now(session, "sms", phone.address, now=desk.ask.house.now())
    _run_jobs(desk.ask)
    return requests.go(f"/telefonen/{key}")


@routes.post("/telefonen/{key}/bjud")
def invite(desk: Pressing, key: str) -> Response:
    """Send the first text to the phone."""
    phone = desk.phone(key)
    with desk.ask.house.database.write() as session:
        office = phone_view.office_of(desk.ask, phone_desk.owner(session, phone))
        if office is None:
            raise BadInput("Det finns inget kontor än. Lägg upp ett kontor först.")
        phone_desk.invite(session, phone, office, now=desk.ask.house.now())
    _run_jobs(desk.ask)
    return requests.go(f"/telefonen/{key}")


@routes.post("/telefonen/{key}/nollstall")
def reset(desk: Pressing, key: str) -> Response:
    """Let the phone start over; the log is kept."""
    now = desk.ask.house.now()
    with desk.ask.house.database.write() as session:
        fresh = phone_desk.reset(session, desk.phone(key), now=now)
        phone_desk.keep(session, desk.ask.who.staff.id, phone_desk.replace_phone(desk.phones, fresh), now=now)
    return requests.go(f"/telefonen/{key}")


@routes.post("/telefonen/{key}/stang")
def close(desk: Pressing, key: str) -> Response:
    """Put the phone away; whose it is and what was said stays."""
    away = desk.phone(key)
    with desk.ask.house.database.write() as session:
        phone_desk.set_fault(session, away.address, "")
        phone_desk.keep(session, desk.ask.who.staff.id, [row for row in desk.phones if row != away], now=desk.ask.now)
    return requests.go("/telefonen")


@routes.post("/telefonen/{key}/fel")
def go_wrong(desk: Pressing, key: str, fel: Text = "", pa: Text = "ja") -> Response:
    """Let something go wrong with the phone, or mend it."""
    phone = desk.phone(key)
    if fel == "dubbelt":
        return requests.go(f"/telefonen/{key}?prov={_write_again(desk.ask, phone)}")
    if fel in _RECEIPTS:
        return requests.go(f"/telefonen/{key}?prov={_receipt(desk.ask, phone, fel)}")
    if fel not in {name for name, _, _ in phone_words.FAULTS}:
        raise BadInput("Felet finns inte. Välj ett i listan.")
    with desk.ask.house.database.write() as session:
        phone_desk.set_fault(session, phone.address, fel if pa == "ja" else "")
    return requests.go(f"/telefonen/{key}")


def _write_again(ask: Ask, phone: Phone) -> str:
    wrote = storage.inbound.of_sender(ask.session, "sms", phone.address, after_id=phone.inbound_after)
    if not wrote:
        return "inget"
    _write(ask, phone, wrote[-1].text, wrote[-1].provider_id)
    _run_jobs(ask)
    return "dubbelt"


def _receipt(ask: Ask, phone: Phone, trick: str) -> str:
    stands, says, nothing = _RECEIPTS[trick]
    rows = storage.messages.of_address(ask.session, "sms", phone.address)
    fitting = [row for row in rows if row.state == stands and row.id > phone.texts_after]
    if not fitting:
        return nothing
    with ask.house.database.write() as session:
        receipts.record(session, Receipt(state=says, at=ask.now, code=fitting[-1].code), now=ask.house.now())
    return trick
