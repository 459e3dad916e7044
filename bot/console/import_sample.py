"""An invented list to try the import with: official test personnummer, numbers kept free for fiction."""

import csv
import io

NAME = "exempel.csv"
_HEADS = (
    "Personnr", "Namn", "Mobil", "Adress", "Postnummer", "Ort", "Stadsdel", "Skola", "Avbrottsdatum", "Vårdnadshavare",
    "Telefon vårdnadshavare", "Sekretess", "Språk",
)  # fmt: skip
_SCHOOL = "Björkstads gymnasium"
_PEOPLE = (
    ("20080422-2396", "Elias Lindqvist", "070-174 06 51", "Provgatan 1", "Norrby", "2026-02-03", "Karin Lindqvist",
     "031-390 06 51", "N", "svenska"),
    ("20080618-2382", "Amina Warsame", "070-174 06 52", "Provgatan 4", "Norrby", "2026-03-16", "Hodan Warsame",
     "031-390 06 52", "N", "somaliska"),
    ("20070110-2386", "Saga Ek", "070-174 06 53", "Exempelvägen 2", "Hallen", "2025-11-21", "", "", "N", "svenska"),
    ("20090508-2384", "Leila Haddad", "", "Exempelvägen 7", "Hallen", "2026-08-24", "Nour Haddad",
     "070-174 06 54", "N", "arabiska"),
    ("20080807-2391", "Viktor Nilsson", "070-174 06 55 / 08-465 004 55", "Övningsgränd 3", "Centrum", "2026-01-12", "",
     "", "N", "svenska"),
    ("20070324-2396", "Mikko Virtanen", "070-174 06 56", "Övningsgränd 5", "Centrum", "2025-10-02", "", "", "N",
     "finska"),
    ("20081207-2395", "Noah Berg", "031-390 06 57", "Testbacken 9", "Sjöberga", "2026-05-18", "Jonas Berg",
     "031-390 06 57", "N", "svenska"),
    ("20090620-2387", "Tuva Holm", "", "", "Sjöberga", "2026-06-11", "", "", "J", "svenska"),
)  # fmt: skip


def content() -> bytes:
    """Eight people, as Swedish Excel opens and saves a .csv: semicolons, UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_HEADS)
    for number, name, mobile, street, district, *rest in _PEOPLE:
        place = ("999 01", "Björkstad") if street else ("", "")
        writer.writerow((number, name, mobile, street, *place, district, _SCHOOL, *rest))
    return text.getvalue().encode("utf-8-sig")
