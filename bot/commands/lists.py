"""Commands on the register: import, export, seed."""

from argparse import Namespace
from pathlib import Path

import storage.imports
import storage.offices
from bot.commands import seeding
from bot.commands.house import opened
from bot.commands.output import complain, print_json, say
from bot.wiring import House
from outreach import audience, export
from outreach.errors import BadInput, BryggaError, Refused
from outreach.lists import report, run, saving, words
from outreach.lists.plan import Choices, Plan
from scheduler.imports import Carrier
from storage.database import Session
from storage.imports import SavedFile
from storage.local_time import local_date
from storage.offices import Office


def import_list(arguments: Namespace) -> int:
    """The same import as the console's, with the same report. A file that cannot be taken in is refused with exit 2."""
    content, filename = _content(arguments.file), Path(arguments.file).name
    with opened() as house:
        try:
            made = (_try if arguments.dry_run else _take_in)(house, arguments, content, filename)
        except Refused as refusal:
            if arguments.json:
                print_json({"refused": True, "code": refusal.code, "message": refusal.sentence})
            complain(refusal.sentence)
            return 2
    told = report.as_dict(made)
    say(arguments, told, words.in_words(told, dry_run=arguments.dry_run))
    return 0


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise BadInput(f"Filen {Path(file).name} går inte att öppna. Kontrollera namnet och var den ligger.") from error


def _choices(arguments: Namespace, office_id: int) -> Choices:
    return Choices(
        list_type=arguments.list_type or _list_type(arguments.file), office_id=office_id,
        complete=arguments.complete, with_hidden=arguments.with_hidden,
    )  # fmt: skip


def _try(house: House, arguments: Namespace, content: bytes, filename: str) -> Plan:
    """What importing the list would do. Where this has to make an office, the office is forgotten again."""
    with house.database.read() as session:
        choices = _choices(arguments, _office(session, arguments.office).id)
        return run.make_plan(session, content, filename, choices, today=local_date(house.now()))


def _take_in(house: House, arguments: Namespace, content: bytes, filename: str) -> Plan:
    """As if somebody had uploaded the list: should this process die, the service carries the import on."""
    now = house.now()
    run.look_at(content, filename, _choices(arguments, office_id=0), today=local_date(now))
    with house.database.write() as session:
        choices = _choices(arguments, _office(session, arguments.office).id)
        file = storage.imports.keep_file(session, SavedFile(filename=filename, content=content, uploaded_at=now))
        begun = saving.begin(session, file, choices, now=now, staff_id=None)
    made = Carrier(house.database, house.clock).carry(begun)
    if made is None:
        raise BryggaError("Importen stannade halvvägs. Öppna den i webbläsaren för att fortsätta eller ångra.")
    return made


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
