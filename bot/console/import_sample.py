"""An invented list to try the import with: official test personnummer, numbers kept free for fiction."""

import io
from datetime import date

import xlsxwriter

NAME = "exempel.xlsx"
_COLUMNS = (
    ("Personnr", 16), ("Namn", 20), ("Mobil", 30), ("Adress", 18), ("Postnummer", 12), ("Ort", 12), ("Stadsdel", 12),
    ("Skola", 22), ("Avbrottsdatum", 15), ("Vårdnadshavare", 18), ("Telefon vårdnadshavare", 24), ("Sekretess", 10),
    ("Språk", 12),
)  # fmt: skip
_SCHOOL = "Björkstads gymnasium"
_PEOPLE = (
    ("20080422-2396", "Elias Lindqvist", "070-174 06 51", "Provgatan 1", "Norrby", date(2026, 2, 3), "Karin Lindqvist",
     "031-390 06 51", "N", "svenska"),
    ("20080618-2382", "Amina Warsame", "070-174 06 52", "Provgatan 4", "Norrby", date(2026, 3, 16), "Hodan Warsame",
     "031-390 06 52", "N", "somaliska"),
    ("20070110-2386", "Saga Ek", "070-174 06 53", "Exempelvägen 2", "Hallen", date(2025, 11, 21), "", "", "N",
     "svenska"),
    ("20090508-2384", "Leila Haddad", "", "Exempelvägen 7", "Hallen", date(2026, 8, 24), "Nour Haddad",
     "070-174 06 54", "N", "arabiska"),
    ("20080807-2391", "Viktor Nilsson", "070-174 06 55 / 08-465 004 55", "Övningsgränd 3", "Centrum",
     date(2026, 1, 12), "", "", "N", "svenska"),
    ("20070324-2396", "Mikko Virtanen", "070-174 06 56", "Övningsgränd 5", "Centrum", date(2025, 10, 2), "", "", "N",
     "finska"),
    ("20081207-2395", "Noah Berg", "031-390 06 57", "Testbacken 9", "Sjöberga", date(2026, 5, 18), "Jonas Berg",
     "031-390 06 57", "N", "svenska"),
    ("20090620-2387", "Tuva Holm", "", "", "Sjöberga", date(2026, 6, 11), "", "", "J", "svenska"),
)  # fmt: skip


def content() -> bytes:
    """Eight people as a workbook: personnummer and numbers as text, dates as dates."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Lista")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for column, (head, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head, bold)
        for line, (number, name, mobile, street, district, left, *rest) in enumerate(_PEOPLE, start=1):
            place = ("999 01", "Björkstad") if street else ("", "")
            for column, cell in enumerate((number, name, mobile, street, *place, district, _SCHOOL, left, *rest)):
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, day)
                elif cell:
                    sheet.write_string(line, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(_PEOPLE), len(_COLUMNS) - 1)
    return out.getvalue()
