"""Commands that run the service: serve, work, demo, migrate, doctor."""

import asyncio
import logging
import sys
import threading
import webbrowser
from argparse import Namespace
from pathlib import Path

import anyio
import structlog
import uvicorn

import storage.audit
import storage.meetings
import storage.messages
import storage.offices
import storage.schema
import storage.staff
from bot import demo
from bot.app import create_app
from bot.commands.house import bring_up_to_date, build, opened, settings
from bot.commands.output import say
from bot.settings import Settings
from bot.wiring import House
from scheduler import jobs


def serve(arguments: Namespace) -> int:
    """The web, and in the embedded default the timetable too, until stopped."""
    with opened() as house:
        _serve(house, host=arguments.host, port=arguments.port)
    return 0


def _serve(house: House, *, host: str, port: int) -> None:
    # Streams of events never end by themselves: without a limit a stop would wait for every open page.
    config = uvicorn.Config(
        create_app(house), host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run()


def work(arguments: Namespace) -> int:
    """Send and keep time without the web; with --drain until nothing is due."""
    with opened() as house:
        if arguments.drain:
            dealt_with = anyio.run(jobs.run_until_idle, house.jobs)
            with house.database.read() as session:
                uncertain = storage.messages.counts(session).get("sending", 0)
            words = f"Klart. {dealt_with} gjorda, inget mer är på tur."
            if uncertain:
                words += (
                    f" {uncertain} sms är osäkra: en sändning avbröts. De avgörs inom ett par minuter, av nästa work."
                )
            say(arguments, {"dealt_with": dealt_with, "uncertain": uncertain}, words)
        else:
            anyio.run(_work, house)
    return 0


async def _work(house: House) -> None:
    async with house.keeping_time():
        await anyio.sleep_forever()


def run_demo(arguments: Namespace) -> int:
    """A fresh practice town, and its console in the browser."""
    address = f"http://127.0.0.1:{arguments.port}"
    sys.stdout.write("Bygger övningsstaden Björkstad …\n")
    sys.stdout.flush()
    house = asyncio.run(demo.start(Settings(practice=True, public_url=address)))
    sys.stdout.write(f"Klart. Öppna {address} och välj vem du vill vara. Avsluta med Ctrl+C.\n")
    sys.stdout.flush()
    if not arguments.no_browser:
        threading.Timer(1.0, webbrowser.open, [address]).start()
    _serve(house, host="127.0.0.1", port=arguments.port)
    return 0


def migrate(arguments: Namespace) -> int:
    """Bring the schema up to date."""
    house = build()
    try:
        changed = bring_up_to_date(house, asked=True)
    finally:
        anyio.run(house.close)
    say(arguments, {"changed": changed}, "Databasen är uppdaterad." if changed else "Databasen var redan uppdaterad.")
    return 0


def doctor(arguments: Namespace) -> int:
    """Say in words what is missing or wrong; exit code 1 when something is."""
    missing = _missing_file(settings().database_url)
    if missing:
        say(arguments, {"fault": missing}, f"- {missing}")
        return 1
    with opened() as house:
        faults = _faults(house)
    for fault in faults:
        say(arguments, {"fault": fault}, f"- {fault}")
    if not faults:
        say(arguments, {"fault": None}, "Allt ser bra ut.")
    return 1 if faults else 0


def _missing_file(address: str) -> str:
    """The embedded database that is not there: looking must not make an empty one in its place."""
    if not address.startswith("sqlite:///") or Path(address.removeprefix("sqlite:///")).exists():
        return ""
    return f"Databasfilen {address.removeprefix('sqlite:///')} finns inte. Kontrollera BRYGGA_DATABASE_URL."


def _faults(house: House) -> list[str]:
    chosen = house.settings
    checks = [
        (
            not chosen.practice and not chosen.twilio_account_sid,
            "Ingen sms-leverantör är inställd (BRYGGA_TWILIO_ACCOUNT_SID med flera).",
        ),
        (
            not chosen.practice and not chosen.public_url.startswith("https://"),
            "BRYGGA_PUBLIC_URL börjar inte med https: leverantören kan inte nå oss säkert.",
        ),
        (
            chosen.telegram_enabled and not chosen.telegram_token.get_secret_value(),
            "Telegram är på men saknar nyckel (BRYGGA_TELEGRAM_TOKEN).",
        ),
        (chosen.allowed_hours == "always", "Utskick får gå dygnet runt (BRYGGA_ALLOWED_HOURS=always)."),
        (chosen.frequency_cap == "off", "Ingen gräns för hur ofta någon får sms (BRYGGA_FREQUENCY_CAP=off)."),
    ]  # fmt: skip
    return [sentence for wrong, sentence in checks if wrong] + _register_faults(house)


def _register_faults(house: House) -> list[str]:
    with house.database.read() as session:
        offices = storage.offices.all_offices(session)
        free = storage.meetings.next_free(session, [office.id for office in offices], now=house.now())
        checks = [
            (not offices, "Det finns inget kontor. Lägg upp ett med: brygga office add NAMN."),
            (not storage.staff.everyone(session), "Det finns inget konto. Lägg upp ett med: brygga staff add E-POST."),
            (bool(offices) and not free, "Det finns inga lediga tider. Utan tider kan automaten inte boka."),
            (storage.audit.first_break(session) is not None, "Loggens kedja är bruten. Ta reda på när och varför."),
        ]
    return [sentence for wrong, sentence in checks if wrong]


def quiet_logging(level: str) -> None:
    """One JSON line an event on standard error; libraries only when something is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    # A tick that is still at work when the next one is due is no fault.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_without_traceback)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_traceback_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        # Looked up for each line: whoever has put another stream in its place gets it there.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _without_traceback(record: logging.LogRecord) -> bool:
    # The server logs a fault with its words, which may quote a note or a number; `bot.errors` has logged its kind.
    record.exc_info = record.exc_text = None
    return True


def _without_traceback_values(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    # An exception's words may hold a row's values: its kind and place say enough.
    if event.pop("exc_info", None):
        error = sys.exc_info()[1]
        event["error"] = type(error).__name__
        trace = error.__traceback__ if error else None
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            event["at"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
    return event
