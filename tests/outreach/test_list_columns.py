"""Columns are known by the heads that real lists use, and what must not be taken in is named and left."""

from collections.abc import Mapping
from datetime import date

import pytest

from outreach.errors import Refused
from outreach.lists import meanings
from outreach.lists.layout import Layout, recognise
from outreach.lists.tables import Line, Table

TODAY = date(2026, 11, 24)
PNR = "20070906-2384"


def read(*rows: str, chosen: Mapping[str, str] | None = None) -> Layout:
    lines = [Line(number, tuple(row.split(";"))) for number, row in enumerate(rows, start=1)]
    return recognise(Table(tuple(lines)), today=TODAY, chosen=chosen)


def columns(*rows: str, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    return {column.head: column.meaning for column in read(*rows, chosen=chosen).columns}


def meaning(head: str) -> str | None:
    found = meanings.of_head(head)
    return found.meaning if found else None


HEADS = """
personnummer: Personnr | Pnr | Personnummer | PERSONNUMMER | Person-nr | Persnr.
personnummer: Personnummer/Samordningsnummer | Elevens personnummer | Personnummer (12 siffror)
personnummer: Personnummer ÅÅÅÅMMDD-NNNN | P.nr | Samordningsnr | Personal identity number
birth_date: Född | Födelsedatum | Födelsedata | Födelsetid | Födelsedag | F-datum | Född (datum)
birth_date: Date of birth | DOB | Birthdate
name: Namn | För- och efternamn | Förnamn och efternamn | Elev | Elevens namn | Ungdom
name: Ungdomens namn | Namn på elev | Name | Full name
last_first_name: Efternamn, Förnamn | Efternamn och förnamn | Namn (efternamn, förnamn) | Surname, first name
first_name: Förnamn | Tilltalsnamn | First name | Given name
last_name: Efternamn | Släktnamn | Last name | Surname | Family name
own_phone: Mobil | Mobilnr | Mobilnummer | Mobiltelefon | Tel | Tel. | Tel 1 | Tel2 | Telefon | Telefonnr
own_phone: Telefonnummer | Tfn | Telefon bostad | Telefon hem | Hemtelefon | Telefon dagtid
own_phone: Elevens mobil | Mobil (egen) | Mobil elev | Ungdomens telefonnummer | Phone | Mobile phone
own_phone: Phone number | Cell phone | Telefon/mobil | Telefon 2
guardian_phone: Telefon vårdnadshavare | Vårdnadshavare telefon | Vårdnadshavare 1 mobil | Tel vh 1 | Vh1 tel
guardian_phone: Mobil mamma | Pappas mobil | Telefon målsman | Telefon till förälder | Guardian 1 phone
guardian_phone: Tel. vårdnadshavare 2 | Mobil (vårdnadshavare) | Vårdnadshavares telefonnummer
guardian_phone: Telefon anhörig
guardian: Vårdnadshavare | Vårdnadshavare 1 | Vårdnadshavare 2 | Namn vårdnadshavare | Vh 1 | Målsman
guardian: Förälder 1 | Mamma | Far | Guardian | Vårdnadshavare 1 namn | Vårdnadshavre | Parent 2
street: Adress | Gatuadress | Gata | Utdelningsadress | Folkbokföringsadress | Hemadress
street: Street address | Address
care_of: c/o | C/O | c/o-adress | CO
postcode: Postnr | Postnummer | Post nr | Postal code | Zip
town: Ort | Postort | City
postal: Postnr och ort | Postadress | Postnr/ort
district: Stadsdel | Område | Bostadsområde | Stadsdel/område | Kommundel | Distrikt | District
school: Skola | Senaste skola | Skolenhet | Aktuell skola | Gymnasieskola | Senaste gymnasieskola
school: School | Last school
dropout_date: Avbrottsdatum | Avbrott | Datum för avbrott | Studieavbrott | Slutdatum | Avgångsdatum
dropout_date: Utskriven | Hoppade av | Avslutad
language: Språk | Modersmål | Tolkspråk | Hemspråk | Språk/tolk | Language | First language
protected: Sekretess | Skydd | Skyddade personuppgifter | Skyddad identitet | Sekretessmarkering
protected: Skyddad folkbokföring | Protected | Sekretess J/N | Skyddsnivå | Hemlig adress | Adresskydd | Skyddad?
language: Språk hemma | Preferred language | Tolkspråk vid behov
district: SDN-område | Stadsdel/ort | Stadsdelsnämnd
birth_date: Personnummer/födelsedatum | Födelsedatum/personnummer
school: Senast besökta skola | Skola vid avbrott | School name
dropout_date: Senaste avbrottsdatum | Datum då studierna avbröts | Avbrutit
"""


@pytest.mark.parametrize("line", HEADS.split("\n")[1:-1])
def test_heads_of_real_lists_are_known(line: str) -> None:
    wanted, _, heads = line.partition(": ")

    assert {head: meaning(head) for head in heads.split(" | ")} == dict.fromkeys(heads.split(" | "), wanted)


@pytest.mark.parametrize(
    "head",
    [
        "", "Lnr", "Årskurs", "Kommentar", "Handläggare", "Telefon handläggare", "Socialsekreterare tel", "Mentor",
        "Rektor",
        "Kontaktperson telefon", "Skolans telefon", "E-post", "E-post vårdnadshavare", "Mejladress", "Program", "Klass",
        "Inskrivningsdatum", "Avbrottsorsak", "Senast kontaktad", "Kön", "Ålder", "Födelseort", "Födelseår", "Skolform",
        "Vårdnadshavare informerad", "Samtycke vårdnadshavare", "Personnummer vårdnadshavare", "Telefon god man",
        "Samtycke att bryta sekretess", "Häver sekretess", "Skyddsombud",
        "Födelsedatum mentor", "Antal telefonsamtal", "Tolkbehov", "Ring upp", "Kontor", "Kommun", "2026", "Status",
    ],
)  # fmt: skip
def test_heads_about_something_or_somebody_else_are_left(head: str) -> None:
    assert meaning(head) is None


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("Personnumer", "personnummer"), ("Födelsedatm", "birth_date"), ("Avbrotsdatum", "dropout_date"),
        ("Sekretes", "protected"), ("Stadsdell", "district"), ("Efternman", None), ("Skola", "school"),
    ],
)  # fmt: skip
def test_a_letter_missing_is_forgiven(head: str, wanted: str | None) -> None:
    assert meaning(head) == wanted


def test_the_head_row_is_found_under_titles_and_empty_rows() -> None:
    layout = read("Björkstads kommun;;", "Uttag 2026-11-02;;", ";;", "Namn;Personnr;Mobil", f"Linn Ek;{PNR};")

    assert layout.head_row == 4
    assert [line.number for line in layout.people] == [5]


def test_heads_may_stand_in_two_rows() -> None:
    found = columns(
        "Elev;;;Vårdnadshavare 1;;Vårdnadshavare 2;;;",
        "Namn;Personnummer;Mobil;Namn;Telefon;Namn;Telefon;E-post;Avbrottsdatum",
        f"Linn Ek;{PNR};;Anna Ek;;Bo Ek;;;",
    )

    assert list(found.values()) == [
        "name", "personnummer", "own_phone", "guardian_1", "guardian_1_phone", "guardian_2", "guardian_2_phone", "",
        "dropout_date",
    ]  # fmt: skip


def test_a_word_broken_in_the_head_is_whole_again() -> None:
    found = columns("För-\noch efternamn;Person-\nnummer;Avbrotts-\ndatum", f"Linn Ek;{PNR};")

    assert found == {"För- och efternamn": "name", "Personnummer": "personnummer", "Avbrottsdatum": "dropout_date"}


def test_a_row_of_groups_is_not_taken_for_the_heads() -> None:
    layout = read("Elev;;Vårdnadshavare;Skola", "Namn;Pnr;;", f"Linn Ek;{PNR};Bo Ek;Norra")

    assert layout.head_row == 2
    assert [column.meaning for column in layout.columns] == ["name", "personnummer", "guardian_1", "school"]


def test_a_telephone_column_named_again_after_a_guardian_is_the_guardians() -> None:
    found = columns("Namn;Pnr;Telefon;Vårdnadshavare;Telefon", f"Linn Ek;{PNR};;;")

    assert found["Telefon"] == "own_phone"
    assert found["Telefon (2)"] == "guardian_1_phone"


def test_a_telephone_column_named_once_after_a_guardian_is_taken_but_pointed_at() -> None:
    layout = read("Namn;Pnr;Vårdnadshavare;Telefon", f"Linn Ek;{PNR};Anna Ek;070-174 06 05")

    assert [column.meaning for column in layout.columns][-1] == "own_phone"
    assert "Kontrollera" in layout.warnings[0]


def test_mother_and_father_are_guardians_one_and_two() -> None:
    found = columns("Namn;Pnr;Mobil mamma;Mobil pappa;Mamma;Pappa;Anhörig", f"Linn Ek;{PNR};;;;;")

    assert list(found.values())[2:6] == ["guardian_1_phone", "guardian_2_phone", "guardian_1", "guardian_2"]


def test_pnr_over_postcodes_is_a_postcode() -> None:
    found = columns("Namn;Personnr;Pnr;Ort", f"Linn Ek;{PNR};990 12;Björkstad", "Bo Ek;1002182390;99012;Björkstad")

    assert found["Pnr"] == "postcode"


def test_an_address_column_is_told_from_postcode_and_town_by_its_cells() -> None:
    assert columns("Namn;Pnr;Postadress", f"Linn Ek;{PNR};990 12 Björkstad")["Postadress"] == "postal"
    assert columns("Namn;Pnr;Postadress", f"Linn Ek;{PNR};Tranbärsstråket 1")["Postadress"] == "street"


def test_a_town_beside_street_and_postcode_may_be_called_a_postal_address() -> None:
    found = columns("Namn;Pnr;Adress;Postnr;Postadress", f"Linn Ek;{PNR};Storgatan 1;99012;BJÖRKSTAD")

    assert [found[head] for head in ("Adress", "Postnr", "Postadress")] == ["street", "postcode", "town"]


def test_personnummer_and_birth_dates_are_told_apart_by_their_cells() -> None:
    assert columns("Namn;Födelsedata", f"Linn Ek;{PNR}", "Bo Ek;905082384")["Födelsedata"] == "personnummer"
    assert columns("Namn;Födelsedata", f"Linn Ek;{PNR}", "Bo Ek;090508")["Födelsedata"] == "birth_date"
    assert columns("Namn;Personnr", "Linn Ek;20070906", "Bo Ek;090508")["Personnr"] == "birth_date"
    assert columns("Namn;Personnr", "Linn Ek;20070906", f"Bo Ek;{PNR}")["Personnr"] == "personnummer"


def test_personnummer_are_found_under_an_unknown_head() -> None:
    assert columns("Namn;Ref", f"Linn Ek;{PNR}", "Bo Ek;1002182390")["Ref"] == "personnummer"
    with pytest.raises(Refused) as refused:
        columns("Namn;Ref", "Linn Ek;12345", "Bo Ek;1002182390")
    assert refused.value.code == "no_name_or_id_column"


def test_a_column_of_samordningsnummer_stands_beside_the_personnummer() -> None:
    found = columns("Namn;Personnummer;Samordningsnummer;Personnummer", f"Linn Ek;{PNR};;")

    assert list(found.values()) == ["name", "personnummer", "personnummer", ""]


def test_what_a_person_has_chosen_goes_before_what_we_think() -> None:
    found = columns("Namn;Pnr;Skola;Tipsare", f"Linn Ek;{PNR};;Bo", chosen={"Skola": "", "Tipsare": "guardian_1"})

    assert (found["Skola"], found["Tipsare"]) == ("", "guardian_1")


def test_columns_without_heads_are_called_by_their_letter() -> None:
    assert list(columns("Namn;;Pnr;", f"Linn Ek;x;{PNR};")) == ["Namn", "Kolumn B", "Pnr"]


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ("Mobil;Personnr", "namn"),
        ("Namn;Mobil", "personnummer eller födelsedatum"),
        ("Hej;Hopp", "namn eller personnummer"),
    ],
)
def test_a_list_without_name_or_identity_says_which_is_missing(heads: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        read(heads, "a;b")
    assert refused.value.code == "no_name_or_id_column"


def test_heads_without_people_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        read("Namn;Personnr", ";", "Summa;0")
    assert refused.value.code == "no_rows"


# Which rows are people


@pytest.mark.parametrize("total", ["Summa;2;", "Totalt;;2", "Summa: 2 elever;;", "TOTAL;2;2", "Antal;2;", "S:a;;"])
def test_totals_are_no_people(total: str) -> None:
    layout = read("Namn;Pnr;Mobil", f"Linn Ek;{PNR};", total)

    assert [line.number for line in layout.people] == [2]
    assert layout.total_rows == (3,)


def test_somebody_called_like_a_total_is_a_person() -> None:
    assert len(read("Namn;Pnr;Mobil;Ort", "Summa Ek;20070906-2384;070-174 06 05;Björkstad").people) == 1


def test_heads_repeated_on_every_page_are_no_people() -> None:
    layout = read("Namn;Pnr", f"Linn Ek;{PNR}", "Namn;Pnr", "Bo Ek;1002182390")

    assert [line.number for line in layout.people] == [2, 4]


def test_notes_at_the_end_are_no_people() -> None:
    layout = read("Namn;Pnr", f"Linn Ek;{PNR}", ";", "* = skyddad;", "Uppgifterna hämtade 2026-11-02;")

    assert [line.number for line in layout.people] == [2]


def test_a_last_row_with_only_a_name_or_a_number_is_a_person_with_a_fault() -> None:
    assert len(read("Namn;Pnr", f"Linn Ek;{PNR}", "Bo Ek;").people) == 2
    assert len(read("Namn;Pnr", f"Linn Ek;{PNR}", ";1002182390").people) == 2


def test_a_row_with_only_its_running_number_is_no_person() -> None:
    assert len(read("Lnr;Namn;Pnr", f"1;Linn Ek;{PNR}", "2;;", "3;;").people) == 1


def test_empty_rows_after_the_list_are_not_counted() -> None:
    assert read("Namn;Pnr", f"Linn Ek;{PNR}", ";", "Bo;1002182390", ";", ";").empty_rows == (3,)


# What must not be taken in


@pytest.mark.parametrize(
    "head",
    [
        "Diagnos",
        "Försörjning",
        "Ekonomi",
        "Skulder",
        "Brott",
        "Hälsa",
        "Medicin",
        "Kontakt med soc",
        "LSS",
        "Sjukskriven",
    ],
)
def test_a_column_is_sensitive_by_its_head(head: str) -> None:
    (column,) = [column for column in read(f"Namn;Pnr;{head}", f"Linn Ek;{PNR};x").columns if column.head == head]

    assert column.sensitive
    assert column.meaning == ""


@pytest.mark.parametrize(
    "remark",
    [
        "Autismdiagnos 2023", "ADHD-utredning pågår på BUP", "Gravid", "Självskadat tidigare", "Pappa i missbruk",
        "LSS-boende", "Skuld hos Kronofogden, 42 tkr", "Dömd för ringa narkotikabrott", "Polisanmäld",
        "Familjen har försörjningsstöd",
        "Går på soc varje torsdag", "kontakt via god man", "Sjukskriven för depression", "får aktivitetsersättning",
        "sitter häktad", "utsatt för våld", "ORKAR INTE, ÅNGEST", "sjukpenning", "bor på HVB",
    ],
)  # fmt: skip
def test_a_column_is_sensitive_by_what_is_written_in_it(remark: str) -> None:
    layout = read("Namn;Pnr;Övrigt", f"Linn Ek;{PNR};Ring efter kl 15", f"Bo Ek;1002182390;{remark}")

    assert [column.head for column in layout.columns if column.sensitive] == ["Övrigt"]


@pytest.mark.parametrize(
    "remark",
    [
        "Ring efter kl 15", "Brev åter", "Sökt via skolan i oktober", "Vill läsa på kvällen", "Gjorde avbrott i våras",
        "Säger kanske till våren", "bor på Brottargatan", "Oberoende av andra", "kompis", "fritidsgården Norrbacken",
    ],
)  # fmt: skip
def test_ordinary_remarks_are_left_out_without_alarm(remark: str) -> None:
    layout = read("Namn;Pnr;Kommentar", f"Linn Ek;{PNR};{remark}")

    assert [(column.meaning, column.sensitive) for column in layout.columns][-1] == ("", False)


def test_a_programme_is_no_remark_about_anybody() -> None:
    layout = read("Namn;Pnr;Program", f"Linn Ek;{PNR};Ekonomi")

    assert not any(column.sensitive for column in layout.columns)
