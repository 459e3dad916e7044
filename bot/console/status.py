"""Status: how everything runs, in plain words, with what each thing means and what to do (ux §4.18). The page is there
also when the database is not.
"""

import shutil
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response

import storage.health
import storage.inbound
import storage.messages
from bot import requests, shown
from bot.requests import Ask, House, Installation
from outreach import linking
from storage.database import FAULT
from storage.health import Traffic

routes = APIRouter(include_in_schema=False)
log = structlog.get_logger()

LOOKED_BACK = timedelta(days=7)
# A text that has been due for so long: whoever sends has stopped, or the provider takes nothing.
STANDS_STILL = timedelta(minutes=5)
# Bytes left on the disk at which somebody should do something.
LITTLE_ROOM = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing: its state as a shape and a word, and what it means or what to do."""

    title: str
    kind: str
    word: str
    text: str


@routes.get("/status")
def page(request: Request, house: House) -> Response:
    """Every tile; where the database does not answer, that and what can be told without it."""
    try:
        with contextmanager(requests.reading)(request, house) as ask:
            ask.needs("log")
            return requests.page(ask, "status.html", title="Status", status=_data(_tiles(ask)))
    except FAULT as error:
        log.error("status_without_database", kind=type(error).__name__)
        return _without_database(request, house)


def _without_database(request: Request, house: Installation) -> Response:
    database = Tile("Databas", "fault", "Svarar inte", "Inget kan läsas eller sparas just nu. Kontrollera disken och "
                    "att databasfilen finns kvar, och starta sedan om tjänsten.")  # fmt: skip
    tiles = [database, _disk(house), _release()]
    return requests.bare_page(
        request, "status_utan.html", title="Status", now=house.now(), practice=house.settings.practice,
        status_code=503, status=_data(tiles),
    )  # fmt: skip


def _data(tiles: list[Tile]) -> dict[str, object]:
    faults = sum(tile.kind == "fault" for tile in tiles)
    many = "En sak" if faults == 1 else f"{faults} saker"
    said = f"{many} fungerar inte." if faults else "Allt fungerar."
    return {"tiles": sorted(tiles, key=lambda tile: tile.kind != "fault"), "said": said}


def _tiles(ask: Ask) -> list[Tile]:
    sms = storage.health.traffic(ask.session, "sms", ask.now - LOOKED_BACK)
    return [
        _sms_out(ask, sms), _heard("Sms in", sms, ask.now), _telegram(ask), _queue(ask), _reader(ask), _disk(ask.house),
        _release(),
    ]  # fmt: skip


def _sms_out(ask: Ask, sms: Traffic) -> Tile:
    route = ask.house.sms_route
    if route is not None and not route.is_well:
        return Tile("Sms ut", "fault", "Störning", str(route.health()))
    if sms.delivered_at is not None:
        return Tile("Sms ut", "done", "Fungerar", f"Senaste levererat {_when(sms.delivered_at, ask.now)}.")
    if sms.sent_at is not None:
        return Tile("Sms ut", "waits", "Skickar", f"Senaste skickat {_when(sms.sent_at, ask.now)}. Inget kvitto på en "
                    "vecka. Kontrollera leverantörens adress för kvitton.")  # fmt: skip
    return Tile("Sms ut", "rests", "Inget skickat", "Inget sms har skickats den senaste veckan.")


def _heard(title: str, traffic: Traffic, now: datetime) -> Tile:
    if traffic.received_at is None:
        return Tile(title, "rests", "Inget ännu", "Inget svar har kommit in. Prova genom att svara på ett sms.")
    return Tile(title, "done", "Fungerar", f"Senaste svaret kom {_when(traffic.received_at, now)}.")


def _telegram(ask: Ask) -> Tile:
    if not any(linking.is_on(ask.session, office.id) for office in ask.who.offices):
        return Tile("Telegram", "rests", "Av", "Slås på av enheten under Inställningar, Kanaler.")
    return _heard("Telegram", storage.health.traffic(ask.session, linking.TELEGRAM, ask.now - LOOKED_BACK), ask.now)


def _queue(ask: Ask) -> Tile:
    depth, since = storage.messages.queue_depth(ask.session, ask.now)
    if not depth or since is None:
        return Tile("Kö", "done", "Tom", "Inget sms väntar på att skickas nu.")
    waited = shown.waited((ask.now - since).total_seconds() / 60)
    said = f"{shown.number(depth)} väntar, det äldsta {waited}."
    if ask.now - since > STANDS_STILL:
        return Tile("Kö", "fault", "Står still", f"{said} Kontrollera att schemaläggaren går (brygga work) och att "
                    "utskick inte är pausade.")  # fmt: skip
    return Tile("Kö", "waits", "Skickar", said)


def _reader(ask: Ask) -> Tile:
    unread, since = storage.inbound.unread_count(ask.session), storage.inbound.next_due(ask.session)
    if since is not None and ask.now - since > STANDS_STILL:
        return Tile("Schemaläggare", "fault", "Står still", f"{shown.number(unread)} svar har inte lästs. Starta om "
                    "tjänsten (brygga serve eller brygga work).")  # fmt: skip
    return Tile("Schemaläggare", "done", "Går", "Svar som kommer in läses i tid.")


def _disk(house: Installation) -> Tile:
    folder = house.database.folder
    if folder is None:
        return Tile("Disk", "rests", "På en annan maskin", "Databasen ligger på en server med egen tillsyn.")
    free = shutil.disk_usage(folder if folder.is_dir() else Path.cwd()).free
    said = f"{shown.number(round(free / 1024**3))} GB ledigt där databasen ligger."
    if free < LITTLE_ROOM:
        return Tile("Disk", "fault", "Nästan full", f"{said} Frigör plats: en full disk stoppar allt.")
    return Tile("Disk", "done", "Gott om plats", said)


def _release() -> Tile:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return Tile("Version", "done", project["version"], "Den version av Brygga som kör.")


def _when(moment: datetime, now: datetime) -> str:
    return f"{shown.relative_day(moment, now)} kl. {shown.time_text(moment)}"
