"""A row becomes a person with values, notices and at most one fault."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lists.dates import read_birth_date, read_date
from outreach.lists.layout import recognise
from outreach.lists.rows import ReadRow, read_people, split_name
from outreach.lists.tables import Line, Table

TODAY = date(2026, 11, 24)
PNR = "20070906-2384"


def people(
    *rows: str, list_type: str = "kaa", with_hidden: bool = False, hidden: frozenset[int] = frozenset()
) -> list[ReadRow]:
    lines = [Line(number, tuple(row.split(";"))) for number, row in enumerate(rows, start=1)]
    layout = recognise(Table(tuple(lines), hidden_rows=hidden), today=TODAY)
    return read_people(layout, list_type=list_type, today=TODAY, with_hidden=with_hidden)


def person(heads: str, row: str, list_type: str = "kaa") -> ReadRow:
    (read,) = people(heads, row, list_type=list_type)
    return read


def fault(heads: str, row: str) -> tuple[str, str | None] | None:
    found = person(heads, row).fault
    return (found.code, found.column) if found else None


def notices(heads: str, row: str, list_type: str = "kaa") -> list[tuple[str, str | None]]:
    return [(notice.code, notice.column) for notice in person(heads, row, list_type).notices]


# Names


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("Linn Ek", "Linn", "Ek"), ("Ek, Linn", "Linn", "Ek"), ("Haddad Darwish, Omar", "Omar", "Haddad Darwish"),
        ("Räsänen, Antti Jussi", "Antti Jussi", "Räsänen"), ("  Linn   Ek ", "Linn", "Ek"), ("Linn", "Linn", ""),
        ("Hodan Nuur Warsame", "Hodan", "Nuur Warsame"), ("Ek,", "Ek", ""), ("Ek ,Linn", "Linn", "Ek"),
    ],
)  # fmt: skip
def test_a_name_is_first_name_and_surname_in_either_order(written: str, first: str, last: str) -> None:
    read = person("Namn;Pnr", f"{written};{PNR}")

    assert (read.first_name, read.last_name) == (first, last)
    assert (read.first_name, read.last_name) == split_name(" ".join(written.split()))


def test_a_name_may_have_two_columns_or_one_with_the_surname_first() -> None:
    assert person("Förnamn;Efternamn;Pnr", f"Anna Maria;von Ek;{PNR}").name == "Anna Maria von Ek"
    assert person("Efternamn Förnamn;Pnr", f"Ek Linn Maria;{PNR}").name == "Linn Maria Ek"
    assert person("Förnamn;Efternamn;Pnr", f"Linn;;{PNR}").name == "Linn"


@pytest.mark.parametrize(
    ("heads", "names"),
    [
        ("Namn;Efternamn", "Linn;Ek"),
        ("Namn;Förnamn", "Ek;Linn"),
        ("Namn;Efternamn", "Linn Ek;Ek"),
        ("Namn;Förnamn", "Ek, Linn;Linn"),
    ],
)
def test_half_a_name_beside_the_other_half_is_put_together(heads: str, names: str) -> None:
    read = person(f"{heads};Pnr", f"{names};{PNR}")

    assert (read.first_name, read.last_name) == ("Linn", "Ek")


def test_letters_are_composed_whatever_computer_wrote_them() -> None:
    assert person("Namn;Pnr", f"A\u030asa O\u0308berg;{PNR}").name == "Åsa Öberg"


def test_signs_that_nobody_sees_are_no_part_of_a_name() -> None:
    assert person("Namn;Pnr", f"\ufeffLi\u200bnn \u202eEk\u00ad;{PNR}").name == "Linn Ek"


@pytest.mark.parametrize("name", ["", "-", "?", "..."])
def test_a_row_without_a_name_is_held_back(name: str) -> None:
    assert fault("Namn;Pnr", f"{name};{PNR}") == ("name_missing", "Namn")


# Identity


def test_a_personnummer_goes_before_a_birth_date() -> None:
    read = person("Född;Namn;Pnr", f"1999-01-01;Linn Ek;{PNR}")

    assert read.identity is not None
    assert read.birth_date == date(2007, 9, 6)


def test_a_birth_date_is_enough() -> None:
    read = person("Namn;Pnr;Född", "Linn Ek;saknas;2007-09-06")

    assert (read.identity, read.birth_date, read.fault) == (None, date(2007, 9, 6), None)


def test_a_column_of_birth_data_may_hold_personnummer() -> None:
    linn, bo, eva, al = people(
        "Namn;Födelsedata", f"Linn Ek;{PNR}", "Bo Ek;090508", "Eva Ek;905082384", "Al Ek;20070906-2385"
    )  # fmt: skip

    assert linn.identity is not None
    assert (bo.identity, bo.birth_date) == (None, date(2009, 5, 8))
    assert eva.identity is not None
    assert [notice.code for notice in eva.notices] == ["personnummer_leading_zero"]
    assert al.fault is not None
    assert al.fault.code == "personnummer_check_digit"


@pytest.mark.parametrize(
    ("heads", "row", "code", "column"),
    [
        ("Namn;Pnr", "Linn Ek;20070906-2385", "personnummer_check_digit", "Pnr"),
        ("Namn;Pnr", "Linn Ek;2,00709E+11", "personnummer_unreadable", "Pnr"),
        ("Namn;Pnr;Född", "Linn Ek;2007090;2007-09-06", "personnummer_unreadable", "Pnr"),
        ("Namn;Född", "Linn Ek;2003", "birth_date_unreadable", "Född"),
        ("Namn;Född", "Linn Ek;2007-02-30", "birth_date_unreadable", "Född"),
        ("Namn;Född", "Linn Ek;2031-01-01", "birth_date_unreadable", "Född"),
        ("Namn;Född", "Linn Ek;50907", "birth_date_unreadable", "Född"),
        ("Namn;Född", "Linn Ek;", "identity_missing", "Född"),
        ("Namn;Född;Pnr", "Linn Ek;-;okänt", "identity_missing", "Pnr"),
        ("Namn;Pnr;Mobil", f"Linn Ek;{PNR};7,01741E+08", "phone_ruined_by_excel", "Mobil"),
        ("Namn;Pnr;Mobil", f"Linn Ek;{PNR};070-174 06", "phone_unreadable", "Mobil"),
        ("Namn;Pnr;Tel vårdnadshavare", f"Linn Ek;{PNR};070-174 06", "phone_unreadable", "Tel vårdnadshavare"),
    ],
)  # fmt: skip
def test_a_fault_names_its_column(heads: str, row: str, code: str, column: str) -> None:
    assert fault(heads, row) == (code, column)


def test_a_row_has_one_fault_and_the_identity_comes_first() -> None:
    assert fault("Namn;Mobil;Pnr", ";070-174 06;20070906-2385") == ("personnummer_check_digit", "Pnr")


def test_a_faulty_row_still_tells_whom_it_means() -> None:
    read = person("Namn;Pnr;Född;Mobil", "Linn Ek;2007090;2007-09-06;070-174 06 05")

    assert (read.name, read.birth_date, len(read.phones)) == ("Linn Ek", date(2007, 9, 6), 1)


@pytest.mark.parametrize(
    ("list_type", "born", "outside"),
    [
        ("kaa", "2006-11-25", False), ("kaa", "2006-11-24", True), ("kaa", "2012-01-01", False),
        ("uppsok", "2006-11-25", True), ("uppsok", "2006-11-24", False), ("uppsok", "1996-11-25", False),
        ("uppsok", "1996-11-24", True),
    ],
)  # fmt: skip
def test_outside_the_lists_ages_is_a_notice(list_type: str, born: str, outside: bool) -> None:
    wanted = [("outside_age_range", "Född")] if outside else []

    assert notices("Namn;Född", f"Linn Ek;{born}", list_type) == wanted


# Numbers and guardians


def test_numbers_of_all_columns_are_the_persons_whatever_the_heads_say() -> None:
    read = person("Namn;Pnr;Hemtelefon;Mobil", f"Linn Ek;{PNR};070-174 06 05;08-465 004 10 / 070-174 06 05")

    assert [(number.e164, number.kind) for number in read.phones] == [
        ("+46701740605", "mobile"), ("+46846500410", "landline"),
    ]  # fmt: skip


def test_a_guardians_number_is_never_the_persons_own() -> None:
    read = person("Namn;Pnr;Vårdnadshavare;Telefon vårdnadshavare", f"Linn Ek;{PNR};Anna Ek;070-174 06 05")

    assert read.phones == ()
    assert (read.guardians[0].name, read.guardians[0].phones[0].e164) == ("Anna Ek", "+46701740605")


def test_a_number_beside_a_guardians_name_is_the_guardians() -> None:
    read = person("Namn;Pnr;Vårdnadshavare", f"Linn Ek;{PNR};Anna Ek, 070-174 06 05")

    assert (read.guardians[0].name, read.guardians[0].phones[0].e164) == ("Anna Ek", "+46701740605")


@pytest.mark.parametrize(
    ("cell", "first", "second"),
    [
        ("Eva Ek 070-174 06 06, Olle Ek 070-174 06 07", ("Eva Ek", ["06"]), ("Olle Ek", ["07"])),
        ("Eva Ek (mamma) tel 0701740606; Olle Ek (pappa) tel. 0701740607", ("Eva Ek", ["06"]), ("Olle Ek", ["07"])),
        ("Eva Ek +46 (0)70 174 06 06 / Olle 070 174 06 07", ("Eva Ek", ["06"]), ("Olle", ["07"])),
        ("Eva Ek mob 070-174 06 06, hem 070-174 06 07", ("Eva Ek", ["06", "07"]), ("", [])),
    ],
)
def test_two_guardians_in_one_cell_are_two(
    cell: str, first: tuple[str, list[str]], second: tuple[str, list[str]]
) -> None:
    read = person("Namn;Pnr;Vårdnadshavare", f"Linn Ek;{PNR};{cell.replace(';', chr(10))}")

    told = [(guardian.name, [number.e164[-2:] for number in guardian.phones]) for guardian in read.guardians]
    assert told == [first, second]


def test_notices_stand_in_the_order_of_the_columns_and_only_once() -> None:
    heads = "Mobil;Namn;Tel 2;Pnr"

    assert notices(heads, "701740605;Linn Ek;846500410 / 313900600;709062384") == [
        ("phone_leading_zero", "Mobil"), ("phone_leading_zero", "Tel 2"), ("several_numbers_in_cell", "Tel 2"),
        ("personnummer_leading_zero", "Pnr"),
    ]  # fmt: skip


# Address


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ("Adress;Postnr;Ort", "Storgatan 1;99012;Björkstad"), ("Adress;Postnr;Ort", "Storgatan 1;990 12;Björkstad"),
        ("Adress;Postadress", "Storgatan 1;990 12 Björkstad"), ("Adress", "Storgatan 1, 990 12 Björkstad"),
        ("Adress", "Storgatan 1\n990 12 Björkstad"), ("Adress;Postnr;Ort", "Storgatan 1;SE-990 12;Björkstad"),
        ("Adress;Postnr;Ort", "Storgatan 1;S-99012; Björkstad "), ("Postadress", "Storgatan 1,  99012  Björkstad"),
    ],
)  # fmt: skip
def test_an_address_is_taken_apart(heads: str, row: str) -> None:
    read = person(f"Namn;Pnr;{heads}", f"Linn Ek;{PNR};{row}")

    assert (read.care_of, read.street, read.postcode, read.town) == ("", "Storgatan 1", "990 12", "Björkstad")


def test_care_of_is_found_in_its_own_column_or_in_the_street() -> None:
    own = person("Namn;Pnr;c/o;Adress", f"Linn Ek;{PNR};Berg;Storgatan 1")
    beside = person("Namn;Pnr;Adress", f"Linn Ek;{PNR};c/o Berg, Storgatan 1")

    assert (own.care_of, own.street) == (beside.care_of, beside.street) == ("Berg", "Storgatan 1")


def test_a_flat_is_part_of_the_street() -> None:
    assert person("Namn;Pnr;Adress", f"Linn Ek;{PNR};Storgatan 1 B, lgh 1201").street == "Storgatan 1 B, lgh 1201"


# Protection


@pytest.mark.parametrize("sign", ["", "N", "n", "Nej", "NEJ", " nej ", "Nej."])
def test_only_empty_and_no_mean_not_protected(sign: str) -> None:
    assert not person("Namn;Pnr;Sekretess", f"Linn Ek;{PNR};{sign}").protected


@pytest.mark.parametrize("sign", ["J", "j", "Ja", "X", "1", "Sekretess", "Skyddad folkbokföring", "yes", "SANT", "S"])
def test_a_sign_for_yes_means_protected(sign: str) -> None:
    read = person("Namn;Pnr;Sekretess", f"Linn Ek;{PNR};{sign}")

    assert (read.protected, read.protection_unclear, read.notices) == (True, False, ())


@pytest.mark.parametrize("sign", ["?", "-", "0", "kanske", "FALSKT", "se akt", "*"])
def test_a_sign_nobody_understands_means_protected_with_a_notice(sign: str) -> None:
    read = person("Namn;Pnr;Sekretess", f"Linn Ek;{PNR};{sign}")

    assert (read.protected, read.protection_unclear) == (True, True)
    assert [notice.code for notice in read.notices] == ["protection_unclear"]


def test_either_of_two_columns_protects() -> None:
    read = person("Namn;Pnr;Sekretess;Skyddad folkbokföring", f"Linn Ek;{PNR};N;J")

    assert (read.protected, read.protection_unclear) == (True, False)


@pytest.mark.parametrize(
    ("name", "mobile", "street"),
    [
        ("Linn Ek (skyddad identitet)", "", ""), ("Sekretessmarkerad Linn Ek", "", ""), ("Ek, Linn - sekr.", "", ""),
        ("Linn Ek", "Sekretess", ""), ("Linn Ek", "", "Skyddad adress"), ("Linn Ek", "", "SKYDDADE PERSONUPPGIFTER"),
        ("Linn Ek", "", "Skyddad folkbokföring"), ("Linn Ek", "skyddat", "Kvarskriven"),
    ],
)  # fmt: skip
def test_a_mark_in_a_cell_that_is_taken_in_protects_and_is_no_part_of_it(name: str, mobile: str, street: str) -> None:
    read = person("Namn;Pnr;Mobil;Adress", f"{name};{PNR};{mobile};{street}")

    assert (read.protected, read.protection_unclear, read.fault) == (True, False, None)
    assert (read.name, read.phones, read.street) == ("Linn Ek", (), "")


@pytest.mark.parametrize("remark", ["Skyddad identitet, ring ej", "sekretess", "Sekretessmarkering sedan maj"])
def test_a_mark_in_a_column_that_is_left_out_protects_with_a_notice(remark: str) -> None:
    read = person("Namn;Pnr;Övrigt", f"Linn Ek;{PNR};{remark}")

    assert (read.protected, read.protection_unclear) == (True, True)
    assert [(notice.code, notice.column) for notice in read.notices] == [("protection_unclear", "Övrigt")]


@pytest.mark.parametrize("street", ["Skyddsvägen 3", "Sekreteraregatan 1", "Hemliga gränd 2", "Skyddshemsvägen 1"])
def test_a_street_that_only_sounds_like_it_protects_nobody(street: str) -> None:
    read = person("Namn;Pnr;Adress", f"Linn Ek;{PNR};{street}")

    assert (read.protected, read.street) == (False, street)


# Dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)), ("20260302", date(2026, 3, 2)), ("260302", date(2026, 3, 2)),
        ("26-03-02", date(2026, 3, 2)), ("2/3 2026", date(2026, 3, 2)), ("2/3-26", date(2026, 3, 2)),
        ("02.03.2026", date(2026, 3, 2)), ("02-03-2026", date(2026, 3, 2)), ("2 mars 2026", date(2026, 3, 2)),
        ("2 mar. 2026", date(2026, 3, 2)), ("den 2:a mars 2026", date(2026, 3, 2)),
        ("mån 2 mars 2026", date(2026, 3, 2)),
        ("måndagen den 2 mars 2026", date(2026, 3, 2)), ("2026-03-02 00:00:00", date(2026, 3, 2)),
        ("2026-03-02T13:30:00Z", date(2026, 3, 2)), ("2026/03/02", date(2026, 3, 2)), ("2026.03.02", date(2026, 3, 2)),
        ("02/03/2026", date(2026, 3, 2)), ("46083", date(2026, 3, 2)), ("46083.0", date(2026, 3, 2)),
        ("46083.5", date(2026, 3, 2)), ("20260302.0", date(2026, 3, 2)), ("March 2, 2026", date(2026, 3, 2)),
        ("2-mar-26", date(2026, 3, 2)), ("2026 mars 2", date(2026, 3, 2)), ("2/3 2026 kl. 13.00", date(2026, 3, 2)),
        ("8 AUG 2026", date(2026, 8, 8)), ("2 mars  2026", date(2026, 3, 2)), ("990302", date(1999, 3, 2)),
    ],
)  # fmt: skip
def test_dates_are_read_day_before_month(text: str, day: date) -> None:
    assert read_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "", "ht 2026", "höstlovet", "2026", "2026-03", "mars 2026", "2 mars", "2026-13-01", "32.1.2026", "10/25/2026",
        "19999", "60001", "1", "v. 12", "30 feb 2026", "2026-03-02-01", "12345678", "0000-00-00",
    ],
)  # fmt: skip
def test_what_names_no_whole_date_is_none(text: str) -> None:
    assert read_date(text, TODAY) is None
    assert read_birth_date(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("050907", date(2005, 9, 7)), ("970228", date(1997, 2, 28)), ("261124", date(2026, 11, 24)),
        ("261125", date(1926, 11, 25)), ("3/2 2003", date(2003, 2, 3)), ("3/2 03", date(2003, 2, 3)),
        ("19970429-XXXX", date(1997, 4, 29)), ("970429-0000", date(1997, 4, 29)), ("38774", date(2006, 2, 26)),
        ("19991008", date(1999, 10, 8)),
    ],
)  # fmt: skip
def test_a_birth_date_of_two_digit_year_is_the_latest_that_fits(text: str, day: date) -> None:
    assert read_birth_date(text, TODAY) == day


@given(st.dates(date(1955, 1, 1), TODAY), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d/%m %Y", "%d.%m.%Y", "%Y/%m/%d"]))
def test_any_birth_date_is_read_back(day: date, form: str) -> None:
    assert read_birth_date(day.strftime(form), TODAY) == day


@given(st.text(alphabet="0123456789-/. :TEjanfebmrsilugokv", max_size=25))
def test_no_text_makes_the_dates_stumble(text: str) -> None:
    read_date(text, TODAY)
    read_birth_date(text, TODAY)


def test_an_unreadable_date_of_dropping_out_is_a_notice_and_the_rest_is_taken_in() -> None:
    read = person("Namn;Pnr;Avbrottsdatum;Skola", f"Linn Ek;{PNR};ht 2026;Norra")

    assert (read.dropout_date, read.school, read.fault) == (None, "Norra", None)
    assert [notice.code for notice in read.notices] == ["date_unreadable"]
    assert notices("Namn;Pnr;Avbrottsdatum", f"Linn Ek;{PNR};-") == []


# Hidden rows


def test_hidden_rows_are_left_out_until_the_reader_says_otherwise() -> None:
    rows = ["Namn;Pnr", f"Linn Ek;{PNR}", "Bo Ek;1002182390"]

    assert [read.row for read in people(*rows, hidden=frozenset({2}))] == [3]
    assert [read.row for read in people(*rows, hidden=frozenset({2}), with_hidden=True)] == [2, 3]


# Whoever has died


@pytest.mark.parametrize("said", ["Avliden", "AV - Avliden", "avliden 2026-03-01", "död", "Dödförklarad"])
@pytest.mark.parametrize("head", ["Status", "Kommentar", "Xyz"])
def test_a_row_that_says_that_somebody_has_died_is_held_back(head: str, said: str) -> None:
    assert fault(f"Namn;Pnr;{head}", f"Linn Ek;{PNR};{said}") == ("says_deceased", head)


@pytest.mark.parametrize("said", ["Mamma avliden 2020", "inte nådd", "Dödsbo har ringt", "-", ""])
def test_words_about_somebody_else_hold_no_row_back(said: str) -> None:
    assert fault("Namn;Pnr;Kommentar", f"Linn Ek;{PNR};{said}") is None
