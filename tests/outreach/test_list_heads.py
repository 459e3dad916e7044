"""Heads that nobody had in mind: a list with other heads than any seen is mapped by recognition (issue: done when)."""

import pytest

from outreach.lists import meanings

IN_OTHER_WORDS = {
    "personnummer": [
        "Personnr.", "Pers.nr", "Personnummer (ÅÅÅÅMMDD-XXXX)", "PersNr", "Elevens personnr", "Pnr elev",
        "Personnummer/samordningsnr", "SSN", "Civic registration number", "Personal identity no", "National ID",
        "Swedish personal number", "Person-ID", "PNR12", "personnummer ungdom", "P-nummer", "Persnr 12 siffror",
        "Födelsenr", "ID-nummer",
    ],
    "birth_date": [
        "Född år-mån-dag", "Födelsedat.", "Date of Birth (DOB)", "Birthdate", "Fdat", "Föd.datum",
        "Födelsedag/datum", "Född (datum)", "Birth day", "Fodelsedatum",
    ],
    "name": [
        "Namn på ungdomen", "Elevens namn", "Full name", "Ungdomens namn", "Namn (för- och efternamn)",
        "Ungdom namn", "Student name", "Name of student", "Personens namn", "Deltagarens namn",
    ],
    "last_first_name": [
        "Efternamn, förnamn", "Namn (efternamn, förnamn)", "Surname, first name", "Efternamn/Förnamn",
        "Last name, First name",
    ],
    "first_name": [
        "Förnamn", "Tilltalsnamn", "Given name", "Elevens förnamn", "Fornamn", "First",
    ],
    "last_name": [
        "Efternamn", "Surname", "Family name", "Ungdomens efternamn", "Last", "Släktnamn",
    ],
    "own_phone": [
        "Mobil", "Mobilnr", "Tel 1", "Tel. 2", "Telefon bostad", "Tfn mobil", "Mobiltelefon (elev)",
        "Elevens mobilnummer", "Kontakt tel", "Telefonnummer 1", "Phone no", "Cell phone", "Mobile number",
        "Tel hem", "Telefon dagtid", "Mob.", "Mobil ungdom", "Hemtelefon", "Ungdomens telefonnr", "Tel/mobil",
        "Telefon (mobil)", "Mobilnummer till eleven", "Kontaktuppgift telefon", "Nummer mobil",
    ],
    "street": [
        "Gatuadress", "Folkbokf.adress", "Utdeln.adress", "Adress 1", "Street address", "Bostadsadress",
        "Adress (gata)", "Gata och nummer", "Gatuadr.", "Home address", "Adress folkbokföring",
    ],
    "care_of": [
        "c/o", "C/o-adress", "CO", "c/o adress", "Care of",
    ],
    "postcode": [
        "Postnr", "Post nr.", "Postkod", "Zip code", "Postal code", "Postnummer",
    ],
    "town": [
        "Ort", "Postort", "City", "Town", "Bostadsort",
    ],
    "postal": [
        "Postadress", "Postnr och ort", "Postnr/ort", "Postnr + ort", "Postnummer och postort",
    ],
    "district": [
        "Stadsdel", "Område", "Bostadsområde", "Stadsdelsområde", "District", "Area", "Kommundel", "Stadsdelsnämnd",
        "Bostadsomr.", "Geogr. område", "Omrade",
    ],
    "school": [
        "Skola", "Senaste skola", "Gymnasieskola", "Skolenhet", "Senast inskriven på", "School",
        "Last school attended", "Skolenhetens namn", "Skola (senaste)", "Tidigare gymnasieskola", "Avlämnande skola",
        "Skola vid avbrott",
    ],
    "dropout_date": [
        "Avbrottsdatum", "Datum för avbrott", "Slutdatum", "Studieavbrott", "Avslutad utbildning datum",
        "Drop-out date", "Avgångsdatum", "Avbr.datum", "Datum avhopp", "Avbrott dat.", "Utskriven datum",
        "Inskriven t.o.m.", "Date of dropout", "Avslutsdatum",
    ],
    "language": [
        "Språk", "Tolkspråk", "Modersmål", "Mother tongue", "Preferred language", "Behov av tolk - språk",
        "Kontaktspråk", "Hemspråk", "Språk vid kontakt", "Sprak",
    ],
    "protected": [
        "Sekretess", "Skydd", "Skyddad ID", "Sekretessmarkering (J/N)", "Skyddade personuppg.", "Sekr.mark", "Sekr",
        "Protected", "Skyddad folkbokf.", "Skyddsmarkerad", "Protected ID", "Sekretess J/N", "Adress skyddad",
        "Skyddad adress?", "Sekr. märkn.",
    ],
    "guardian": [
        "Vårdnadshavare 1", "VH1", "Vårdnadshavare 2 namn", "Förälder 1", "Guardian 1", "Målsman",
        "Namn vårdnadshavare 1", "VH 2 namn", "Mors namn", "Vårdn.havare 1", "Vårdnadshavares namn",
        "Parent/guardian name", "Vh1 namn", "VH-1", "Vardnadshavare",
    ],
    "guardian_phone": [
        "VH1 tel", "Tel vårdnadshavare 1", "Vårdnadshavare 1 mobil", "Mobil VH 2", "Guardian phone",
        "Målsmans telefon", "Förälders mobilnr", "Telefon till vårdnadshavare", "Vh1 mobilnr", "Vårdn.havare 1 tel",
        "Parent phone number", "VH 1 - mobil",
    ],
    "": [
        "E-post", "Kön", "Årskurs", "Kommentar", "Anteckning", "Diagnos", "Handläggare", "Handläggares telefon",
        "Skolans telefon", "Mentor", "Klass", "Programkod", "Löpnr", "Datum för inskrivning", "Senaste kontakt",
        "Skuldsatt", "Försörjningsstöd", "Kontor", "Status", "Lägenhetsnr", "Samtycke sekretessbrytande", "Program",
        "Inkomst", "Antal frånvarotimmar",
    ],
}  # fmt: skip


@pytest.mark.parametrize("meaning", IN_OTHER_WORDS)
def test_a_head_in_other_words_is_understood(meaning: str) -> None:
    found = {head: meanings.of_head(head) for head in IN_OTHER_WORDS[meaning]}

    assert [head for head, one in found.items() if (one.meaning if one else "") != meaning] == []


@pytest.mark.parametrize(
    "head", ["Sekr", "SKYDDSM.", "sekretess?", "Skydd av person", "Secret identity", "Protected person"]
)
def test_whatever_may_be_about_protection_is_taken_for_it(head: str) -> None:
    found = meanings.of_head(head)

    assert found is not None
    assert found.meaning == "protected"


@pytest.mark.parametrize("head", ["Sekreterare", "Skyddsombud", "Samtycke till hävd sekretess"])
def test_what_only_sounds_like_it_is_not(head: str) -> None:
    assert meanings.of_head(head) is None
