"""Files are opened whatever program saved them, and those that cannot be are refused with a reason."""

import contextlib
import datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from made_lists import TODAY, compound, old_excel, open_document, sheet, unzipped, workbook, zipped

from outreach.errors import Refused
from outreach.lists import files, layout
from outreach.lists.tables import Table

LIST = "Namn;Personnr;Mobil\r\nBjörn Åkerström;20070906-2384;070-174 06 05\r\n"
ROW = ("Björn Åkerström", "20070906-2384", "070-174 06 05")


def cells(table: Table, number: int) -> tuple[str, ...]:
    return next(line.cells for line in table.lines if line.number == number)


def refusal(content: bytes, filename: str) -> str:
    with pytest.raises(Refused) as refused:
        layout.recognise(files.read(content, filename), today=TODAY)
    assert refused.value.sentence.endswith(".")
    return refused.value.code


# Text files


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "windows-1252"), ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16"),
    ],
)  # fmt: skip
def test_the_characters_are_found(codec: str, told: str) -> None:
    table = files.read(LIST.encode(codec), "lista.csv")

    assert table.encoding == told
    assert cells(table, 1) == ("Namn", "Personnr", "Mobil")
    assert cells(table, 2) == ROW


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("filename", ["lista.csv", "lista.tsv", "LISTA.TXT"])
def test_the_separator_is_found_whatever_the_file_is_called(separator: str, filename: str) -> None:
    table = files.read(LIST.replace(";", separator).encode(), filename)

    assert table.separator == separator
    assert cells(table, 2) == ROW


def test_a_comma_in_the_names_does_not_make_it_the_separator() -> None:
    content = "Efternamn, Förnamn;Född\n" + "Ek, Linn, Anna;2007-09-06\n" * 5

    assert files.read(content.encode(), "lista.csv").separator == ";"


def test_titles_above_the_heads_do_not_hide_the_separator() -> None:
    content = "Björkstad, lista, hösten, 2026\n\n" + LIST

    assert files.read(content.encode(), "lista.csv").separator == ";"


def test_the_reader_may_say_otherwise() -> None:
    table = files.read(LIST.encode("cp1252"), "lista.csv", encoding="windows-1252", separator=",")

    assert cells(table, 2) == (";".join(ROW),)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_have_the_numbers_excel_shows(newline: str) -> None:
    content = newline.join(["Titel", "", "Namn;Personnr", '"Linn', 'Ek";20070906-2384', "", ";", "Bo Ek;1002182390"])

    table = files.read(content.encode(), "lista.csv")

    assert cells(table, 4)[1] == "20070906-2384"
    assert cells(table, 7) == ("Bo Ek", "1002182390")


def test_excels_own_line_about_the_separator_has_no_row_number() -> None:
    table = files.read(b"sep=|\nNamn|Personnr\nLinn Ek|20070906-2384\n", "lista.csv")

    assert table.separator == "|"
    assert cells(table, 1) == ("Namn", "Personnr")


def test_quotes_in_the_middle_of_a_cell_are_kept() -> None:
    table = files.read(b'Namn;Personnr\nLinn "Linan" Ek;20070906-2384\n"Bo ""Bosse"" Ek";1002182390\n', "lista.csv")

    assert [cells(table, 2)[0], cells(table, 3)[0]] == ['Linn "Linan" Ek', 'Bo "Bosse" Ek']


def test_a_formula_that_keeps_a_number_text_is_the_text() -> None:
    """Some systems write their lists so, lest Excel take the zeros."""
    table = files.read(b'Namn;Personnr;Mobil\n="Linn Ek";="0709062384";=1+1\n', "lista.csv")

    assert cells(table, 2) == ("Linn Ek", "0709062384", "=1+1")


@pytest.mark.parametrize("content", [b"", b"  \r\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_text_file_is_refused(content: bytes) -> None:
    assert refusal(content, "lista.csv") == "empty_file"


@pytest.mark.parametrize(
    "content",
    [
        LIST.encode() + "Åsa Öberg;1002182390;\r\n".encode("cp1252"),
        LIST.encode().decode("cp1252").encode(),
        LIST.encode("cp1252").replace(b"rn", b"\x81n"),
        LIST.encode().replace(b"Mobil", b"Mo\0bil"),
        LIST.replace("ö", "\ufffd").encode(),
        LIST.encode("mac-roman"),
        LIST.encode("cp850"),
        LIST.encode("cp437"),
    ],
    ids=["mixed", "decoded wrongly before", "undefined", "nul", "lost letters", "mac", "dos", "old dos"],
)
def test_text_that_cannot_be_trusted_is_refused(content: bytes) -> None:
    assert refusal(content, "lista.csv") == "unreadable_text"


@pytest.mark.parametrize("name", ["JOÃO Ek", "Aleš Šehić".replace("ć", "c"), "Œuvre Ek", "O’Brien „Bo” Ek", "Zoë – Ek"])
def test_unusual_letters_in_windows_1252_are_no_reason_to_refuse(name: str) -> None:
    content = f"Namn;Personnr\r\n{name};20070906-2384\r\nÅsa;1002182390\r\n".encode("cp1252")

    assert cells(files.read(content, "lista.csv"), 2)[0] == name


def test_a_quote_that_is_never_closed_is_refused_rather_than_people_lost() -> None:
    assert refusal(b'Namn;Personnr\n"Linn Ek;20070906-2384\nBo Ek;1002182390\n', "lista.csv") == "damaged_file"


def test_a_cell_that_is_too_long_is_refused() -> None:
    assert refusal(f"{LIST}Bo;1002182390;{'x' * 10_001}".encode(), "lista.csv") == "cell_too_long"
    assert refusal(f"{LIST}Bo;1002182390;{'x' * 200_000}".encode(), "lista.csv") == "cell_too_long"
    assert refusal(sheet(["Namn", "Personnr"], ["Linn Ek", "x" * 10_001]), "lista.xlsx") == "cell_too_long"


def test_too_many_columns_are_refused_but_empty_ones_do_not_count() -> None:
    heads = "Namn;Personnr;" + ";".join(f"Kolumn {number}" for number in range(250))

    assert refusal(f"{heads}\nLinn Ek;20070906-2384\n".encode(), "lista.csv") == "too_many_columns"
    empty = f"Namn;Personnr{';' * 300}\nLinn Ek;20070906-2384{';' * 300}\n"
    assert layout.recognise(files.read(empty.encode(), "lista.csv"), today=TODAY).people


def test_twenty_thousand_people_are_taken_in_and_one_more_is_refused() -> None:
    person = "Linn Ek;20070906-2384\n"

    full = layout.recognise(files.read(("Namn;Personnr\n" + person * 20_000).encode(), "lista.csv"), today=TODAY)

    assert len(full.people) == 20_000
    assert refusal(("Namn;Personnr\n" + person * 20_001).encode(), "lista.csv") == "too_many_rows"


# What the name says and what it is


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (LIST.encode(), "lista.xlsx"), (LIST.encode(), "lista.xls"), (LIST.encode(), "lista.ods"),
        (b"<html><table></table></html>", "lista.xls"), (b"%PDF-1.7", "lista.xlsx"), (b"%PDF-1.7", "lista.csv"),
        (LIST.encode(), "lista.pdf"), (LIST.encode(), "lista"), (sheet(["Namn", "Personnr"]), "lista.csv"),
        (sheet(["Namn", "Personnr"]), "lista.ods"), (sheet(["Namn", "Personnr"]), "lista.xls"),
        (zipped({"word/document.xml": "<w/>"}), "lista.xlsx"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_its_name_says_is_refused(content: bytes, filename: str) -> None:
    assert refusal(content, filename) == "wrong_format"


@pytest.mark.parametrize("filename", ["lista.xlsx", "lista.xlsm", "lista.xls", "lista.ods"])
def test_an_empty_workbook_is_refused(filename: str) -> None:
    assert refusal(b"", filename) == "empty_file"


def test_a_workbook_without_a_single_cell_is_refused() -> None:
    assert refusal(workbook(lambda book: book.add_worksheet()), "lista.xlsx") == "empty_file"


def test_damaged_workbooks_are_refused() -> None:
    whole = sheet(["Namn", "Personnr"], ["Linn Ek", "20070906-2384"])
    parts = unzipped(whole)

    assert refusal(whole[:-200], "lista.xlsx") == "damaged_file"
    assert refusal(whole[:300] + b"\0\0\0\0" + whole[304:], "lista.xlsx") == "damaged_file"
    assert refusal(zipped(parts | {"xl/worksheets/sheet1.xml": b"<worksheet><row"}), "lista.xlsx") == "damaged_file"
    del parts["xl/worksheets/sheet1.xml"]
    assert refusal(zipped(parts), "lista.xlsx") == "damaged_file"


@given(cut=st.integers(9, 7_000), junk=st.binary(max_size=20))
def test_no_damage_makes_the_reader_stumble(cut: int, junk: bytes) -> None:
    whole = old_excel([["Namn", "Personnr"], ["Linn Ek", "20070906-2384"]])
    broken = whole[:cut] + junk + whole[cut + len(junk) : -cut]

    with contextlib.suppress(Refused):
        layout.recognise(files.read(broken, "lista.xls"), today=TODAY)


# Excel


def test_excels_cells_become_what_would_be_typed() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(1, 1, ["text ", 701740605, 20070906.0, 0.5, True, False])
        page.write_datetime(2, 1, datetime.date(2007, 9, 6), day)
        page.write_number(2, 2, 39331.5625, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        page.write_formula(2, 3, '="a"', None, "a")

    table = files.read(workbook(build), "lista.xlsx")

    assert cells(table, 2) == ("", "text", "701740605", "20070906", "0.5", "SANT", "FALSKT")
    assert cells(table, 3)[1:4] == ("2007-09-06", "2007-09-06 13:30:00", "a")


def test_hidden_rows_are_found_also_those_of_no_height() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        for number, row in enumerate(
            [["Namn", "Personnr"], ["Linn", "20070906-2384"], ["Bo", "1002182390"], ["Al", "0"]]
        ):
            page.write_row(number, 0, row)
        page.set_row(1, None, None, {"hidden": True})
        page.set_row(2, 0)

    assert files.read(workbook(build), "lista.xlsx").hidden_rows == {2, 3}


def test_rows_without_numbers_of_their_own_are_counted() -> None:
    parts = unzipped(sheet(["Namn", "Personnr"], ["Linn", "20070906-2384"]))
    parts["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row><c t="inlineStr"><is><t>Namn</t></is></c></row>'
        '<row hidden="true"><c t="inlineStr"><is><t>Bo</t></is></c></row>'
        "</sheetData></worksheet>"
    )

    assert files.read(zipped(parts), "lista.xlsx").hidden_rows == {2}


def test_the_sheet_with_known_heads_is_proposed_and_hidden_sheets_are_left_alone() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Anteckningar").write("A1", "Polisen ringde")
        secret = book.add_worksheet("Dold")
        secret.write_row(0, 0, ["Namn", "Personnr", "Mobil", "Stadsdel"])
        secret.hide()
        book.add_worksheet("Lista").write_row(0, 0, ["Namn", "Personnr"])
        book.add_chartsheet("Diagram")

    content = workbook(build)

    assert files.read(content, "lista.xlsx").sheet == "Lista"
    assert files.read(content, "lista.xlsx").sheets == ("Anteckningar", "Lista")
    assert files.read(content, "lista.xlsx", sheet="Anteckningar").sheet == "Anteckningar"


def test_a_forgotten_mark_far_away_fills_no_memory() -> None:
    def build(book: xlsxwriter.Workbook, row: int, column: int) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Namn", "Personnr"])
        page.write(row, column, "x")

    assert refusal(workbook(lambda book: build(book, 1_000_000, 100)), "lista.xlsx") == "too_many_rows"
    assert refusal(workbook(lambda book: build(book, 5, 16_000)), "lista.xlsx") == "too_many_columns"


def test_a_forgotten_mark_in_the_last_row_makes_no_million_rows() -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet()
        page.write_row(1, 1, ["Namn", "Personnr"])
        page.write_row(2, 1, ["Linn Ek", "20070906-2384"])
        page.write(1_048_575, 1, "x")

    lines = files.read(workbook(build), "lista.xlsx").lines

    assert (lines[1].cells, lines[2].number, lines[-1].number) == (("", "Namn", "Personnr"), 3, 1_048_576)
    assert len(lines) < 2_000


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    parts = unzipped(sheet(["Namn", "Personnr"]))
    entities = '<!DOCTYPE x [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'

    assert refusal(zipped(parts | {"xl/worksheets/sheet1.xml": entities}), "lista.xlsx") == "damaged_file"
    assert refusal(zipped(parts | {"xl/media/a.bin": b"\0" * 310_000_000}), "lista.xlsx") == "damaged_file"


# OpenDocument


def test_open_document_rows_keep_their_numbers_and_hidden_ones_are_found() -> None:
    content = open_document(
        ("", ["Titel"]), ('table:number-rows-repeated="2"', [""]), ("", ["Namn", "Personnr"]),
        ('table:visibility="collapse"', ["Linn Ek", "20070906-2384"]),
        ('table:visibility="filter"', ["Bo Ek", "1002182390"]),
        ('table:number-rows-repeated="1048570"', [""]),
    )  # fmt: skip

    table = files.read(content, "lista.ods")

    assert cells(table, 4) == ("Namn", "Personnr")
    assert table.hidden_rows == {5, 6}


def test_an_open_document_that_repeats_a_row_a_million_times_is_refused() -> None:
    assert refusal(open_document(('table:number-rows-repeated="1000000"', ["Namn"])), "lista.ods") == "too_many_rows"


# Excel's old format, and passwords


def test_excels_old_format_is_read_and_says_what_it_cannot_see() -> None:
    table = files.read(old_excel([["Namn", "Mobil"], ["Åsa Öberg", 701740605.0]]), "lista.xls")

    assert cells(table, 2) == ("Åsa Öberg", "701740605")
    assert "dolda" in table.warnings[0]


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (compound("EncryptedPackage", b"x"), "lista.xlsx"), (compound("EncryptedPackage", b"x"), "lista.xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "lista.xlsx"),
        (old_excel([["Namn"]], password=True), "lista.xls"),
        (open_document(("", ["x"]), manifest="<manifest:encryption-data/>"), "lista.ods"),
    ],
)  # fmt: skip
def test_a_password_is_told_from_damage(content: bytes, filename: str) -> None:
    assert refusal(content, filename) == "password_protected"


def test_other_compound_files_are_not_workbooks() -> None:
    assert refusal(compound("WordDocument", b"x"), "lista.xls") == "wrong_format"
    assert refusal(compound("WordDocument", b"x"), "lista.xlsx") == "wrong_format"
    assert refusal(old_excel([["Namn"]]), "lista.xlsx") == "wrong_format"
