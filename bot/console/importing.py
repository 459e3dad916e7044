"""Taking a list into the register (ux §4.5): choose a file, look at the trial run, carry it out.

Reading a long list takes seconds, so no form holds the database's write lock while it does.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import Response

import storage.imports
import storage.settings
from bot import requests
from bot.console import import_rows, import_sample, import_undo, import_view
from bot.console.import_view import Answers
from bot.requests import Ask, Reading, go
from outreach.errors import BadInput, NotAllowed, NotFound, Refused
from outreach.lists import fault_file, meanings, remembered, run, saving
from outreach.lists.layout import Layout
from outreach.lists.plan import Choices, Plan
from scheduler.imports import Carrier
from storage.imports import SavedFile
from storage.local_time import local_date

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# 20 000 rows are about 5 MB. A file somewhat too large is received all the same, so that the browser hears why.
LARGEST_FILE = 25 * 1024 * 1024
LARGEST_REQUEST = 4 * LARGEST_FILE
# A page of changes has a field or two for each of 500 rows, and up to four ticks.
MOST_FIELDS = 5_000
# A thousand rows or so: a second or two.
SHORT_FILE = 150_000
_LONGEST_NAME = 200
_NO_NAME = "no_name_or_id_column"
_NO_COLUMNS = {
    "what": "Listan behöver en kolumn med namn och en med personnummer eller födelsedatum.",
    "todo": "Välj vilka de är. Inget är ändrat.",
}
_NO_HEADS = {
    "what": "Filen har ingen kolumn med namn, eller ingen med personnummer eller födelsedatum.",
    "todo": "Skriv rubriker över kolumnerna i Excel, till exempel Namn och Personnummer, och välj filen igen.",
}


async def form_fields(request: Request) -> dict[str, str]:
    """Fields whose names depend on the list: one for each column, one for each doubt."""
    form = await request.form(max_fields=MOST_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def posting(ask: Reading, csrf: Text = "") -> Ask:
    """A form whose work is too slow to be done inside a write transaction."""
    if csrf != ask.who.csrf:
        raise NotAllowed("Sidan var för gammal. Läs om den och försök igen.")
    ask.needs("import")
    return ask


Fields = Annotated[dict[str, str], Depends(form_fields)]
Posting = Annotated[Ask, Depends(posting, scope="function")]


@routes.get("/register/importera")
def choose_file(ask: Reading) -> Response:
    """The first part: which list it is, and the file."""
    ask.needs("import")
    return _first_part(ask, _remembered(ask))


@routes.get("/register/importera/exempel.xlsx")
def sample(ask: Reading) -> Response:
    """A list of invented people to try with."""
    ask.needs("import")
    return _download(import_sample.content(), import_sample.NAME, XLSX)


@routes.post("/register/importera/exempel")
def try_sample(ask: Posting) -> Response:
    """Take the sample list in as any other list, in practice mode alone."""
    if not ask.house.settings.practice:
        raise NotAllowed("Exempeldata går bara att läsa in i övningsläget.")
    file = SavedFile(
        filename=import_sample.NAME, content=import_sample.content(), uploaded_at=ask.now, staff_id=ask.who.staff.id
    )
    choices = Choices(list_type="kaa", office_id=_remembered(ask).office_id)
    with ask.house.database.write() as session:
        storage.imports.keep_file(session, file)
        begun = saving.begin(session, file, choices, now=ask.now, staff_id=ask.who.staff.id)
    Carrier(ask.house.database, ask.house.clock).carry(begun)
    return go(f"/register/import/{begun.code}")


@routes.post("/register/importera", max_body_size=LARGEST_REQUEST)
def upload(
    ask: Posting, fil: UploadFile | None = None, slag: Text = "", kontor_id: Text = "", komplett: Text = ""
) -> Response:
    """Keep a file that can be taken in, and go on to the trial run; of one that cannot, nothing is kept."""
    answers = _answers(ask, slag, kontor_id, complete=komplett == "ja")
    try:
        file = _take(ask, fil, answers)
    except BadInput as fault:
        return _first_part(ask, answers, fault=fault)
    with ask.house.database.write() as session:
        storage.imports.keep_file(session, file)
        storage.settings.write(session, _answers_key(ask), asdict(answers), now=ask.now, staff_id=ask.who.staff.id)
    return go(f"/register/importera/{file.code}")


@routes.get("/register/importera/{code}")
def trial_run(ask: Reading, code: str, visa: str = "", sida: int = 1) -> Response:
    """All three parts; `visa` opens the list behind a count."""
    ask.needs("import")
    file = _kept(ask, code)
    if "imported_as" in file.choices:
        return go(_result(file))
    return _all_parts(ask, file, shown=visa, number=sida)


@routes.get("/register/importera/{code}/fel.xlsx")
def faulty_rows(ask: Reading, code: str) -> Response:
    """The rows that were held back, to mend and choose again; also for a day after the import."""
    ask.needs("import")
    file = _kept(ask, code)
    content = file.content if _is_used_up(file) else fault_file.of(ask.session, _plan(ask, file, _choices(file)))
    if not content:
        raise NotFound("Inga rader har fel. Gå tillbaka till importen.")
    return _download(content, f"brygga_rader-med-fel_{local_date(ask.now)}.xlsx", XLSX)


@routes.post("/register/importera/{code}/kolumner")
def read_again(ask: Posting, code: str, fields: Fields) -> Response:
    """Read the file another way, or let other columns mean other things; remembered for the next list of the type."""
    file = _waiting(ask, code)
    choices = _choices(file)
    wanted = _reread(ask, file, choices, fields)
    try:
        run.look_at(file.content, file.filename, wanted, today=local_date(ask.now))
    except Refused as fault:
        return _all_parts(ask, file, shown="kolumner", fault=fault)
    with ask.house.database.write() as session:
        storage.imports.choose(session, code, asdict(wanted))
        if wanted.columns != choices.columns:
            staff_id = ask.who.staff.id
            remembered.keep(session, wanted.list_type, wanted.columns, now=ask.now, staff_id=staff_id)
    return go(f"/register/importera/{code}" if "dolda" in fields else f"/register/importera/{code}?visa=kolumner#p2")


@routes.post("/register/importera/{code}/svar")
def answer_doubts(ask: Posting, code: str, fields: Fields) -> Response:
    """Keep the answers to possible duplicates and reckon again."""
    wanted = import_rows.answered(_choices(_waiting(ask, code)), fields)
    with ask.house.database.write() as session:
        storage.imports.choose(session, code, asdict(wanted))
    return go(f"/register/importera/{code}#p3")


@routes.post("/register/importera/{code}/klart")
def carry_out(ask: Posting, code: str, fields: Fields) -> Response:
    """Take the list in. It is handed in once, however often the button is pressed; a short list is taken in while the
    browser waits, a long one by the timetable, whether or not anybody looks on.
    """
    file = _kept(ask, code)
    if "imported_as" in file.choices:
        return go(_result(file), done="redan")
    choices, is_short = import_rows.answered(_choices(file), fields), len(file.content) <= SHORT_FILE
    if is_short and not _plan(ask, file, choices).people:
        raise BadInput("Ingen rad i filen kan läsas in som den är. Rätta felen och välj filen igen.")
    with ask.house.database.write() as session:
        file = _mine(ask, storage.imports.claim_file(session, code))
        if "imported_as" in file.choices:
            return go(_result(file), done="redan")
        begun = saving.begin(session, file, choices, now=ask.now, staff_id=ask.who.staff.id)
    if is_short:
        Carrier(ask.house.database, ask.house.clock).carry(begun)
    return go(_result(file))


def _first_part(ask: Ask, answers: Answers, *, fault: BadInput | None = None) -> Response:
    imp = import_view.first_part(ask.who.offices, answers, _fault(fault), import_undo.earlier(ask))
    return requests.page(ask, "importera.html", title="Importera lista", imp=imp, status_code=422 if fault else 200)


def _all_parts(ask: Ask, file: SavedFile, *, shown: str, number: int = 1, fault: BadInput | None = None) -> Response:
    plan = _plan(ask, file, _choices(file))
    explained = _NO_COLUMNS if isinstance(fault, Refused) and fault.code == _NO_NAME else _fault(fault)
    imp = import_view.all_parts(
        ask.session, file, plan, offices=ask.who.offices, knows=ask.who.knows, shown=shown, number=number,
        fault=explained,
    )  # fmt: skip
    return requests.page(ask, "importera.html", title="Importera lista", imp=imp, status_code=422 if fault else 200)


def _fault(error: BadInput | None) -> dict[str, str] | None:
    if error is None:
        return None
    if isinstance(error, Refused) and error.code == _NO_NAME:
        return _NO_HEADS
    what, _, todo = error.sentence.partition(". ")
    return {"what": f"{what.rstrip('.')}.", "todo": todo}


def _take(ask: Ask, upload: UploadFile | None, answers: Answers) -> SavedFile:
    """The uploaded file, with the choices it is first read by. Raises BadInput for one that cannot be taken in."""
    if upload is None or not upload.filename:
        raise BadInput("Du har inte valt någon fil. Välj filen med listan.")
    if (upload.size or 0) > LARGEST_FILE:
        raise BadInput("Filen är större än 25 MB. Dela upp den, eller ta bort blad och bilder som inte behövs.")
    content, filename = upload.file.read(), upload.filename.replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
    choices, found = _first_look(ask, content, filename, answers)
    if fault_file.is_one(found):
        choices = _as_the_list_it_is_from(ask, content, choices)
    return SavedFile(
        filename=filename, content=content, uploaded_at=ask.now, staff_id=ask.who.staff.id, choices=asdict(choices)
    )  # fmt: skip


def _as_the_list_it_is_from(ask: Ask, content: bytes, choices: Choices) -> Choices:
    """Mended rows belong to the type and office of their list, whatever is asked for now; and since they are a few,
    nobody is missing from them.
    """
    list_type, office_id = fault_file.origin(content) or (choices.list_type, choices.office_id)
    if office_id not in ask.who.office_ids:
        list_type, office_id = choices.list_type, choices.office_id
    return replace(choices, list_type=list_type, office_id=office_id, complete=False)


def _first_look(ask: Ask, content: bytes, filename: str, answers: Answers) -> tuple[Choices, Layout]:
    """Read by the columns chosen last time, else as if for the first time."""
    plain = Choices(list_type=answers.list_type, office_id=answers.office_id, complete=answers.complete)
    choices = replace(plain, columns=remembered.columns(ask.session, answers.list_type))
    try:
        return choices, run.look_at(content, filename, choices, today=local_date(ask.now))
    except Refused:
        return plain, run.look_at(content, filename, plain, today=local_date(ask.now))


def _remembered(ask: Ask) -> Answers:
    """What this member of staff said about the last list."""
    if not ask.who.offices:
        raise NotAllowed("Du hör inte till något kontor än. Be en administratör om hjälp.")
    office = ask.office or ask.who.offices[0]
    kept = storage.settings.read(ask.session, _answers_key(ask), default=None)
    answers = Answers(**kept) if kept else Answers("kaa", office.id, complete=False)
    return answers if answers.office_id in ask.who.office_ids else replace(answers, office_id=office.id)


def _answers(ask: Ask, list_type: str, office_id: str, *, complete: bool) -> Answers:
    if list_type not in import_view.LIST_TYPES:
        raise BadInput("Vi vet inte vad det är för lista. Gå tillbaka och välj slag.")
    if office_id not in {str(office.id) for office in ask.who.offices}:
        raise NotAllowed("Du hör inte till det kontoret. Välj ett av dina egna.")
    return Answers(list_type, int(office_id), complete)


def _answers_key(ask: Ask) -> str:
    return f"import_answers:{ask.who.staff.id}"


def _kept(ask: Ask, code: str) -> SavedFile:
    return _mine(ask, storage.imports.kept_file(ask.session, code))


def _mine(ask: Ask, file: SavedFile | None) -> SavedFile:
    """The file, if this member of staff uploaded it and still belongs to the office."""
    if file is None or file.staff_id != ask.who.staff.id or file.choices["office_id"] not in ask.who.office_ids:
        raise NotFound("Filen finns inte kvar. Välj den igen: en fil som inte har lästs in tas bort efter ett dygn.")
    return file


def _waiting(ask: Ask, code: str) -> SavedFile:
    file = _kept(ask, code)
    if "imported_as" in file.choices:
        raise NotFound("Filen är redan inläst. Välj den igen om du vill läsa in den på nytt.")
    return file


def _is_used_up(file: SavedFile) -> bool:
    """Whether nothing but the faulty rows are left of it."""
    return "imported_as" in file.choices and "columns" not in file.choices


def _result(file: SavedFile) -> str:
    return f"/register/import/{file.choices['imported_as']}"


def _choices(file: SavedFile) -> Choices:
    return Choices.kept(file.choices)


def _plan(ask: Ask, file: SavedFile, choices: Choices) -> Plan:
    return run.make_plan(ask.session, file.content, file.filename, choices, today=local_date(ask.now))


def _reread(ask: Ask, file: SavedFile, choices: Choices, fields: Mapping[str, str]) -> Choices:
    """The choices with what the form says; a field that is not there changes nothing."""
    if "dolda" in fields:
        return replace(choices, with_hidden=fields["dolda"] == "ja")
    found = run.look_at(file.content, file.filename, choices, today=local_date(ask.now))
    encoding, separator = import_view.read_as(fields.get("lasning", "")) or (choices.encoding, choices.separator)
    read: dict[str, Any] = {"encoding": encoding, "separator": separator, "sheet": fields.get("blad", choices.sheet)}
    if (read["sheet"] or found.table.sheet) != found.table.sheet or _is_other_reading(found, encoding, separator):
        # The columns on the page are those of another sheet or reading.
        return replace(choices, **read)
    return replace(choices, **read, columns={**choices.columns, **_chosen(found, fields)})


def _is_other_reading(found: Layout, encoding: str | None, separator: str | None) -> bool:
    return encoding is not None and (encoding, separator) != (found.table.encoding, found.table.separator)


def _chosen(found: Layout, fields: Mapping[str, str]) -> dict[str, str]:
    """What a person wants columns to be where that is something else; a sensitive column can become nothing."""
    wanted = {column: fields.get(f"kol_{column.index}") for column in found.columns if not column.sensitive}
    return {
        column.head: meaning for column, meaning in wanted.items()
        if meaning is not None and meaning != column.meaning and (meaning == "" or meaning in meanings.LABELS)
    }  # fmt: skip


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
