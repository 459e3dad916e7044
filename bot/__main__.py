"""The command line, `brygga` or `python -m bot`: 0 when it went well, 1 when doctor found faults, 2 on bad input."""

import os
import pkgutil
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Sequence
from typing import NoReturn, TypeAlias

import structlog

import storage.database
from bot.commands import house
from bot.commands.logs import quiet_logging
from bot.commands.output import complain
from outreach.errors import BryggaError
from storage.staff import ROLES

log = structlog.get_logger()

Commands: TypeAlias = "_SubParsersAction[OneSentence]"


class OneSentence(ArgumentParser):
    """A parser whose complaints are one plain sentence, as every other fault's."""

    def error(self, message: str) -> NoReturn:
        """Say what was wrong and where help is; exit code 2."""
        complain(f"Kommandot går inte att förstå: {message}. Skriv {self.prog} --help för att se vad som går.")
        sys.exit(2)


def parser() -> ArgumentParser:
    """All commands and their arguments."""
    top = OneSentence(prog="brygga", description="Outreach by text for municipalities.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_running(commands)
    _add_lists(commands)
    _add_campaigns(commands)
    _add_language(commands)
    _add_setting_up(commands)
    return top


def _add_running(commands: Commands) -> None:
    demo = commands.add_parser("demo", help="a fresh practice town with simulator phones")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--no-browser", action="store_true")
    demo.set_defaults(run="running:run_demo")
    serve = commands.add_parser("serve", help="the service; it also keeps time")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.set_defaults(run="running:serve")
    work = commands.add_parser("work", help="sends and keeps time without the web")
    work.add_argument("--drain", action="store_true", help="stop when nothing is due")
    _finish(work, "running:work")
    _finish(commands.add_parser("migrate", help="brings the database's schema up to date"), "running:migrate")
    _finish(commands.add_parser("doctor", help="says what is missing or wrong"), "running:doctor")
    pause = commands.add_parser("pause", help="pauses all sending, or lets it go on; says how it stands")
    pause.add_argument("how", nargs="?", choices=("on", "off"))
    pause.add_argument("--why", default="", help="shown to everybody who works here")
    _finish(pause, "pausing:pause")
    provider = commands.add_parser("provider", help="which SMS provider is in use, or another choice")
    provider.add_argument("choice", nargs="?", choices=("twilio", "46elks", "auto"))
    _finish(provider, "providers:show_or_choose")


def _add_lists(commands: Commands) -> None:
    importing = commands.add_parser("import", help="takes a list into the register")
    importing.add_argument("file")
    importing.add_argument("--office", required=True)
    importing.add_argument("--list-type", choices=("kaa", "uppsok", "tip"))
    importing.add_argument("--complete", action="store_true", help="report who is missing from the list")
    importing.add_argument("--dry-run", action="store_true", help="save nothing")
    importing.add_argument("--with-hidden", action="store_true", help="take hidden rows along")
    _finish(importing, "lists:import_list")
    export = commands.add_parser("export", help="takes the register out as .xlsx or .csv")
    export.add_argument("file")
    export.add_argument("--audience", default="alla")
    export.add_argument("--purpose", required=True, help="why; it is logged")
    _finish(export, "lists:export_register")
    seed = commands.add_parser("seed", help="a synthetic register for trials (practice data)")
    seed.add_argument("--people", type=int, required=True)
    seed.add_argument("--seed", type=int, default=1)
    _finish(seed, "lists:seed")


def _add_campaigns(commands: Commands) -> None:
    campaign = commands.add_parser("campaign", help="campaigns from a script")
    steps = campaign.add_subparsers(dest="step", required=True, metavar="STEP")
    for name in ("create", "run"):
        step = steps.add_parser(name)
        step.add_argument("name")
        step.add_argument("--audience", required=True, help='for example "kaa och unga norr och har mobil"')
        step.add_argument("--text", required=True)
        step.add_argument("--at", help="when to start; Europe/Stockholm without an offset")
        step.add_argument("--meeting", help="the code of the dialog meeting it invites to")
        if name == "run":
            step.add_argument("--drain", action="store_true", help="send until nothing is due")
        _finish(step, f"campaigns:{name}")
    for name in ("launch", "status"):
        step = steps.add_parser(name)
        step.add_argument("name")
        _finish(step, f"campaigns:{name}")


def _add_language(commands: Commands) -> None:
    understand = commands.add_parser("understand", help="what the conversation reads in a text")
    understand.add_argument("--file")
    _finish(understand, "language:understand")
    _finish(commands.add_parser("texts", help="every text a youth can get"), "language:texts")
    evaluate = commands.add_parser("evaluate", help="how well a list of replies is read")
    evaluate.add_argument("file")
    _finish(evaluate, "language:evaluate")
    corrections = commands.add_parser("corrections", help="readings that staff have corrected, as a list for evaluate")
    corrections.add_argument("file")
    corrections.add_argument("--purpose", required=True, help="why; it is logged")
    _finish(corrections, "language:corrections")


def _add_setting_up(commands: Commands) -> None:
    office = commands.add_parser("office", help="offices").add_subparsers(dest="step", required=True).add_parser("add")
    office.add_argument("name")
    office.add_argument("--districts", nargs="*", default=[])
    office.add_argument("--sender", default="", help="the neutral name that texts carry")
    for name in ("--municipality", "--phone", "--switchboard", "--website"):
        office.add_argument(name, default="")
    _finish(office, "setting_up:add_office")
    meeting = commands.add_parser("meeting", help="times").add_subparsers(dest="step", required=True).add_parser("add")
    meeting.add_argument("--at", required=True)
    meeting.add_argument("--place", required=True)
    meeting.add_argument("--dialog", action="store_true")
    meeting.add_argument("--capacity", type=int, default=12)
    meeting.add_argument("--topic", default="", help="what a dialog meeting is about")
    meeting.add_argument("--office")
    _finish(meeting, "setting_up:add_meeting")
    staff = commands.add_parser("staff", help="accounts").add_subparsers(dest="step", required=True).add_parser("add")
    staff.add_argument("email")
    staff.add_argument("--name", default="")
    staff.add_argument("--role", required=True, choices=ROLES)
    staff.add_argument("--office")
    staff.add_argument("--password-stdin", action="store_true")
    _finish(staff, "setting_up:add_staff")
    chat = commands.add_parser("telegram", help="Telegram: how it stands, on or off for an office, its webhook")
    chat.add_argument("step", nargs="?", choices=("on", "off", "webhook"))
    chat.add_argument("--office")
    _finish(chat, "telegram:telegram")
    clock = commands.add_parser("clock", help="the practice clock")
    clock.add_argument("how", choices=("set", "forward", "real"))
    clock.add_argument("value", nargs="?")
    _finish(clock, "setting_up:move_clock")


def _finish(command: ArgumentParser, run: str) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=run)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    parsed = parser().parse_args(arguments)
    try:
        quiet_logging(house.settings().log_level)
        # Imported when chosen: a campaign from a script needs no web server, and starts a second sooner.
        run = pkgutil.resolve_name(f"bot.commands.{parsed.run}")
        return int(run(parsed))
    except BryggaError as error:
        complain(error.sentence)
        return 2
    except BrokenPipeError:
        # Whoever read what we say has seen enough (`head`, `less`); the interpreter must not try to say the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except storage.database.FAULT:
        log.exception("database_failed", command=parsed.command)
        complain("Databasen går inte att läsa eller skriva. Är disken full, eller filen låst eller skrivskyddad?")
        return 1
    except Exception:
        # Its words could quote a row; the log line says the kind and the place.
        log.exception("command_failed", command=parsed.command)
        complain("Något gick fel i Brygga. Raden ovanför säger var; inget halvt är sparat.")
        return 1


if __name__ == "__main__":
    sys.exit(main())
