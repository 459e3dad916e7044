"""The register as a file."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from builders import a_booking, a_number, a_person, a_slot, a_talk, a_text_in, a_text_out, an_office
from python_calamine import CalamineWorkbook

import storage.audit
import storage.tasks
from outreach import export
from outreach.errors import BadInput
from storage.database import Session
from storage.register import Filter


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """What a workbook holds, by sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_workbook_holds_what_the_register_knows(session: Session, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    a_number(session, leila, "06", standing="wrong_person")
    talk = a_talk(session, leila, state="booked")
    a_text_out(session, talk, state="delivered", at=now - timedelta(days=3))
    a_text_in(session, talk, "jag pluggar", intent="occupied", at=now - timedelta(days=2))
    a_booking(session, leila, a_slot(session, now + timedelta(days=1)))

    rows = sheets(export.register_xlsx(session, Filter(), now=now, purpose="test"))["Register"]

    assert [name for name, _ in export.COLUMNS] == rows[0]
    assert rows[1] == [
        "Leila Amari", date(2008, 5, 14), 18.0, "Hallen", "Unga Norr", "KAA", "Bokad", "070-174 06 05 (overifierat)",
        date(2026, 11, 25), date(2026, 11, 22), "jobbar eller pluggar", "",
    ]  # fmt: skip


def test_the_second_sheet_says_whom_the_file_holds_but_not_what_was_searched_for(
    session: Session, now: datetime
) -> None:
    north, south = an_office(session), an_office(session, "Unga Söder")
    leila = a_person(session, mobile="05")

    def told(wanted: Filter) -> dict[str, str]:
        return dict(sheets(export.register_xlsx(session, wanted, now=now, purpose="test"))["Förklaring"])

    ticked = told(Filter(ids=(leila.id,), office_ids=(north.id, south.id)))
    searched = told(Filter(text="Amari", office_ids=(north.id,), programme="kaa"))

    assert (ticked["Urval"], ticked["Kontor"]) == ("de som kryssades i", "Unga Norr, Unga Söder")
    assert (searched["Urval"], searched["Kontor"]) == ("kaa · en sökning", "Unga Norr")
    assert "Amari" not in str(searched)


def test_a_second_sheet_explains_the_file(session: Session, now: datetime) -> None:
    office = an_office(session)
    a_person(session, mobile="05")
    wanted = Filter(programme="kaa", office_id=office.id, has_mobile=True)

    told = dict(sheets(export.register_xlsx(session, wanted, now=now, purpose="Årsrapport"))["Förklaring"])

    assert told["Urval"] == "kaa · Unga Norr · har mobil"
    assert (told["Antal personer"], told["Ändamål"], told["Gjord"]) == ("1", "Årsrapport", "2026-11-24 kl. 13.04")
    assert "Status" in told


def test_protected_people_are_never_in_it(session: Session, now: datetime) -> None:
    a_person(session, "Hemlig", "Persson", mobile="07", protected=True)
    a_person(session, mobile="05")

    for make in (export.register_xlsx, export.register_csv):
        content = make(session, Filter(), now=now, purpose="test")
        text = str(sheets(content)) if make is export.register_xlsx else content.decode("utf-8-sig")
        assert "Leila" in text
        assert "Hemlig" not in text
        assert "06 07" not in text


def test_the_text_file_is_what_a_swedish_excel_reads(session: Session, now: datetime) -> None:
    a_person(session, "Åsa", "Öst")

    content = export.register_csv(session, Filter(), now=now, purpose="test")

    assert content.startswith(b"\xef\xbb\xbfNamn;F\xc3\xb6delsedatum;")
    assert content.count(b"\r\n") == 2
    assert content.decode("utf-8-sig").splitlines()[1].startswith("Åsa Öst;2008-05-14;18;Hallen;")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "\rx"])
def test_nothing_in_a_cell_is_run_as_a_formula(session: Session, now: datetime, name: str) -> None:
    a_person(session, "Leila", district=name)

    lines = list(
        csv.reader(
            io.StringIO(export.register_csv(session, Filter(), now=now, purpose="t").decode("utf-8-sig"), newline=""),
            delimiter=";",
        )
    )  # noqa: E501
    workbook = export.register_xlsx(session, Filter(), now=now, purpose="t")

    assert lines[1][3] == f"'{name}"
    assert str(sheets(workbook)["Register"][1][3]).strip() == name.strip()
    assert b"<f>" not in workbook


@pytest.mark.parametrize("intent", ["crisis", "struggling", "abuse", "my_data"])
def test_a_cry_for_help_does_not_become_a_field(session: Session, now: datetime, intent: str) -> None:
    talk = a_talk(session, a_person(session, mobile="05"), state="human")
    a_text_in(session, talk, "jag orkar inte", intent=intent)

    rows = sheets(export.register_xlsx(session, Filter(), now=now, purpose="test"))["Register"]

    assert dict(zip(rows[0], rows[1], strict=True))["Senaste svar"] == ""


def test_only_confirmed_outcomes_are_in_it(session: Session, now: datetime) -> None:
    leila = a_person(session)
    for kind, confirmed in (("studies", now), ("work", None)):
        storage.tasks.add_outcome(
            session,
            storage.tasks.Outcome(
                person_id=leila.id, kind=kind, on=now.date(), proposed_at=now, confirmed_at=confirmed
            ),
        )

    content = export.register_csv(session, Filter(), now=now, purpose="test").decode("utf-8-sig")

    assert content.splitlines()[1].endswith(";Studier")


def test_every_export_is_logged_with_its_purpose_and_count(session: Session, now: datetime) -> None:
    a_person(session)

    export.register_csv(session, Filter(), now=now, purpose="Uppföljning", actor="kommandoraden")

    line = storage.audit.latest(session)[0]
    assert (line.action, line.actor) == ("exported", "kommandoraden")
    assert line.detail == {"what": "register", "format": "csv", "people": 1, "purpose": "Uppföljning"}


def test_no_file_without_a_purpose(session: Session, now: datetime) -> None:
    with pytest.raises(BadInput, match="vad filen ska användas till"):
        export.register_xlsx(session, Filter(), now=now, purpose=" ")


@pytest.mark.parametrize(
    ("selection", "name"),
    [
        ("Unga Norr", "brygga_register_unga-norr_2026-11-24.xlsx"),
        ("Unga Söder/Öst", "brygga_register_unga-soder-ost_2026-11-24.xlsx"),
        ("", "brygga_register_alla_2026-11-24.xlsx"),
    ],
)
def test_the_file_name_says_what_and_when(now: datetime, selection: str, name: str) -> None:
    assert export.filename(selection, "xlsx", now=now) == name
