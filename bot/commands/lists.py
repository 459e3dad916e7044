"""Commands on the register: import, export, seed."""

from argparse import Namespace
from pathlib import Path

import storage.offices
from bot.commands import seeding
from bot.commands.house import opened
from bot.commands.output import complain, print_json, say
from outreach import audience, export
from outreach.errors import BadInput, Refused
from outreach.lists import report, run, words
from outreach.lists.plan import Choices
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office


def import_list(arguments: Namespace) -> int:
    """The same import as the console's, with the same report. A file that cannot be taken in is refused with exit 2."""
    content = _content(arguments.file)
    with opened() as house:
        now = house.now()
        try:
            with house.database.write() as session:
                office = _office(session, arguments.office)
                choices = Choices(
                    list_type=arguments.list_type or _list_type(arguments.file), office_id=office.id,
                    complete=arguments.complete, with_hidden=arguments.with_hidden,
                )  # fmt: skip
                plan = run.make_plan(session, content, Path(arguments.file).name, choices, today=local_date(now))
                told = report.as_dict(plan)
                if arguments.dry_run:
                    session.rollback()
                else:
                    run.apply(session, plan, now=now, actor="kommandoraden")
        except Refused as refusal:
            if arguments.json:
                print_json({"refused": True, "code": refusal.code, "message": refusal.sentence})
            complain(refusal.sentence)
            return 2
    say(arguments, told, words.in_words(told, dry_run=arguments.dry_run))
    return 0


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise BadInput(f"Filen {Path(file).name} går inte att öppna. Kontrollera namnet och var den ligger.") from error


def _list_type(file: str) -> str:
    name = Path(file).name.casefold()
    return "uppsok" if "upps" in name else "tip" if "tip" in name else "kaa"


def _office(session: Session, name: str) -> Office:
    """The office with this name. In an installation without offices the first one named is made; later a misspelt name
    is a fault.
    """
    found = storage.offices.by_name(session, name)
    if found is not None:
        return found
    known = storage.offices.all_offices(session)
    if known:
        names = ", ".join(office.name for office in known)
        raise BadInput(f"Kontoret finns inte. Välj ett av: {names}. Eller lägg upp det med: brygga office add NAMN.")
    return storage.offices.add(session, Office(name=name.strip(), sender_name=name.strip()))


def export_register(arguments: Namespace) -> int:
    """The updated register as .xlsx or .csv, by the file's name; logged with its purpose."""
    path = Path(arguments.file)
    make = {".xlsx": export.register_xlsx, ".csv": export.register_csv}.get(path.suffix.lower())
    if make is None:
        raise BadInput("Filen ska sluta på .xlsx eller .csv.")
    with opened() as house, house.database.write() as session:
        wanted = audience.read(session, arguments.audience)
        path.write_bytes(make(session, wanted, now=house.now(), purpose=arguments.purpose))
    say(arguments, {"file": str(path)}, f"Registret är sparat i {path}.")
    return 0


def seed(arguments: Namespace) -> int:
    """A synthetic register for trials and benchmarks: practice data, never mixed with real people."""
    with opened() as house:
        seeding.check_safe(house.settings)
        with house.database.write() as session:
            made = seeding.seed(session, people=arguments.people, seed=arguments.seed, now=house.now())
    say(arguments, {"people": made}, f"{made} påhittade personer med mobil ligger i registret.")
    return 0
