"""Commands that run the service: serve, work, demo, migrate, doctor."""

import asyncio
import signal
import sys
import threading
import webbrowser
from argparse import Namespace
from pathlib import Path

import anyio
import uvicorn

import storage.audit
import storage.meetings
import storage.messages
import storage.offices
import storage.schema
import storage.staff
from bot import demo
from bot.app import create_app
from bot.commands.draining import drain
from bot.commands.house import bring_up_to_date, build, opened, settings
from bot.commands.output import say
from bot.conversation import understanding
from bot.settings import Settings
from bot.wiring import House
from outreach import alerts, help_lines, quiet_hours
from storage.local_time import local_date


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
    understanding.prepare()
    quiet_hours.prepare(local_date(house.now()).year)
    # Between the loop that answers and the thread that keeps what came in, Python changes hands this often (seconds):
    # its own five milliseconds, several times over, would be most of what a provider waits for.
    sys.setswitchinterval(0.0005)
    uvicorn.Server(config).run()


def work(arguments: Namespace) -> int:
    """Send and keep time without the web; with --drain until nothing is due."""
    with opened() as house:
        if arguments.drain:
            dealt_with = drain(house)
            with house.database.read() as session:
                unknown = storage.messages.counts(session).get("unknown", 0)
            words = f"Klart. {dealt_with} gjorda, inget mer är på tur."
            if unknown:
                words += f" {unknown} sms är okända: ingen vet om de gick iväg, och de skickas inte igen av sig själva."
            say(arguments, {"dealt_with": dealt_with, "unknown": unknown}, words)
        else:
            anyio.run(_work, house)
    return 0


async def _work(house: House) -> None:
    """Keep time until told to stop; what is under way then is recorded first."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with house.keeping_time():
            async for _ in signals:
                break


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
            not chosen.practice and not chosen.public_url.startswith("https://"),
            "BRYGGA_PUBLIC_URL börjar inte med https: leverantören kan inte nå oss säkert.",
        ),
        (
            chosen.telegram_enabled and not chosen.telegram_token.get_secret_value(),
            "Telegram är på men saknar nyckel (BRYGGA_TELEGRAM_TOKEN).",
        ),
        (
            bool(chosen.oidc_issuer) and house.single_sign_on is None,
            "Knappen för kommunens konto visas inte: BRYGGA_OIDC_CLIENT_ID saknas, BRYGGA_OIDC_ISSUER börjar inte med "
            "https, eller så är övningsläget på och når bara den egna maskinen.",
        ),
        (chosen.allowed_hours == "always", "Utskick får gå dygnet runt (BRYGGA_ALLOWED_HOURS=always)."),
        (chosen.frequency_cap == "off", "Ingen gräns för hur ofta någon får sms (BRYGGA_FREQUENCY_CAP=off)."),
    ]  # fmt: skip
    return [sentence for wrong, sentence in checks if wrong] + _provider_faults(chosen) + _register_faults(house)


def _provider_faults(chosen: Settings) -> list[str]:
    if chosen.practice:
        return []
    used = {chosen.sms_provider, chosen.sms_fallback}
    checks = [
        (
            "twilio" in used and not (chosen.twilio_account_sid and chosen.twilio_auth_token.get_secret_value()),
            "Sms-leverantören Twilio är inte inställd (BRYGGA_TWILIO_ACCOUNT_SID och _AUTH_TOKEN).",
        ),
        (
            "twilio" in used and not chosen.twilio_from,
            "Sms via Twilio saknar avsändarnummer (BRYGGA_TWILIO_FROM).",
        ),
        (
            "46elks" in used and not (chosen.elks_username and chosen.elks_password.get_secret_value()),
            "Sms-leverantören 46elks saknar nycklar (BRYGGA_ELKS_USERNAME och BRYGGA_ELKS_PASSWORD).",
        ),
        (
            "46elks" in used and not chosen.elks_from,
            "Sms via 46elks saknar avsändarnummer (BRYGGA_ELKS_FROM).",
        ),
        (
            "46elks" in used and not chosen.elks_webhook_secret.get_secret_value(),
            "Svar och kvitton från 46elks kommer inte in utan BRYGGA_ELKS_WEBHOOK_SECRET.",
        ),
        (
            chosen.sms_fallback == chosen.sms_provider,
            "Reservleverantören för sms är samma som den vanliga (BRYGGA_SMS_FALLBACK).",
        ),
    ]
    return [sentence for wrong, sentence in checks if wrong]


def _register_faults(house: House) -> list[str]:
    now = house.now()
    with house.database.read() as session:
        offices = storage.offices.all_offices(session)
        free = storage.meetings.next_free(session, [office.id for office in offices], now=now)
        on_duty = alerts.chosen(session, "on_duty", now) is not None
        checks = [
            (not offices, "Det finns inget kontor. Lägg upp ett med: brygga office add NAMN."),
            (not storage.staff.everyone(session), "Det finns inget konto. Lägg upp ett med: brygga staff add E-POST."),
            (bool(offices) and not free, "Det finns inga lediga tider. Utan tider kan automaten inte boka."),
            (not on_duty, "Ingen har jour. Välj under Inställningar: Jour och hjälplinjer."),
            (on_duty and not alerts.reachable(session, now), "Ingen med jour har ett mobilnummer att få sms på."),
            (storage.audit.first_break(session) is not None, "Loggens kedja är bruten. Ta reda på när och varför."),
        ]
        lines = help_lines.faults(session, local_date(now))
    return [sentence for wrong, sentence in checks if wrong] + [*lines]
