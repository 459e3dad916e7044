"""What a text was read as, shown to staff and corrected with one press; and the corrections as a masked list."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, Browser, a_person, a_staff, a_talk, a_text_in, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

import bot.__main__ as brygga
import storage.audit
import storage.conversations
import storage.corrections
from bot.conversation import evaluate, known_names
from bot.wiring import House
from outreach import consent, corrections, masking
from outreach.errors import BadInput
from storage.conversations import Conversation
from storage.corrections import Correction
from storage.inbound import InboundText

HERE = "/installningar/tolkningar"


@pytest.fixture
def talk(house: House) -> Conversation:
    """Leila's talk."""
    with house.database.write() as session:
        return a_talk(session, a_person(session, mobile="05"))


@pytest.fixture
def text(house: House, talk: Conversation) -> InboundText:
    """A text of hers that was read as a yes, by a rule, and could have been something else."""
    return came(house, talk, "ja ok sen", considered=["later: sen"])


def came(
    house: House, talk: Conversation, written: str, *, intent: str = "yes", considered: object = ()
) -> InboundText:
    """A text that came in and was read."""
    with house.database.write() as session:
        row = a_text_in(session, storage.conversations.get(session, talk.id), written, intent=intent)
        row.rule, row.considered = "ja ok", list(considered)  # type: ignore[call-overload]
        session.add(row)
    return row


def page_of(sara: Browser, talk: Conversation) -> str:
    """The talk as words."""
    return words(sara.see(f"/inkorg/{talk.code}/samtal"))


def correct(sara: Browser, talk: Conversation, text: InboundText, meant: str) -> int:
    """Press a meaning; the status of the answer."""
    return sara.post(f"/inkorg/{talk.code}/tolkning", text=str(text.id), betydelse=meant).status_code


def kept(house: House, text: InboundText) -> Correction | None:
    """What is kept about this text."""
    with house.database.read() as session:
        return storage.corrections.of_texts(session, [text.id]).get(text.id)


def test_every_text_says_in_words_what_it_was_read_as_why_and_what_else_it_could_be(
    sara: Browser, talk: Conversation, text: InboundText
) -> None:
    page = page_of(sara, talk)

    assert "Tolkat som: ja Fel tolkat? Varför? Orden ”ja ok”. Kunde också vara: vill vänta" in page
    assert all(label in page for label in ("Vill vänta", "Akut läge", "Vill avboka", "Gick inte att tolka"))


@pytest.mark.parametrize("rule", ["ja|japp|jepp", "<when> funkar", "dates.txt, hours.txt", "^ kom $", ""])
def test_a_pattern_is_no_reason_that_anybody_can_read(
    sara: Browser, talk: Conversation, house: House, rule: str
) -> None:
    text = came(house, talk, "japp", considered=["later: sen|senare", "later: vänta"])
    with house.database.write() as session:
        text.rule = rule
        session.add(text)

    page = page_of(sara, talk)

    assert "Varför?" not in page
    assert "Tolkat som: ja Fel tolkat? Kunde också vara: vill vänta Akut läge" in page


def test_a_stop_that_was_missed_is_set_by_the_press_and_not_lifted_by_the_next(
    sara: Browser, talk: Conversation, text: InboundText, house: House
) -> None:
    for meant in ("opt_out", "yes"):
        assert correct(sara, talk, text, meant) == 303

        with house.database.read() as session:
            assert consent.is_stopped(session, storage.conversations.get(session, talk.id))


def test_one_press_corrects_a_reading_and_says_who(
    sara: Browser, talk: Conversation, text: InboundText, house: House
) -> None:
    assert correct(sara, talk, text, "later") == 303

    assert "Tolkat som: ja Rättat av Sara 2026-11-24: vill vänta" in page_of(sara, talk)
    row = kept(house, text)
    assert row is not None
    assert (row.was, row.meant, row.staff_id, row.at) == ("yes", "later", sara.staff.id, NOW)
    with house.database.read() as session:
        event = next(event for event in storage.audit.latest(session) if event.action == "reading_corrected")
    assert (event.staff_id, event.detail["was"], event.detail["meant"]) == (sara.staff.id, "yes", "later")
    assert "ja ok sen" not in str(event.detail)


def test_another_choice_replaces_the_first_and_the_reading_itself_takes_it_back(
    sara: Browser, talk: Conversation, text: InboundText, house: House
) -> None:
    correct(sara, talk, text, "later")
    correct(sara, talk, text, "no")
    row = kept(house, text)
    assert row is not None
    assert (row.was, row.meant) == ("yes", "no")

    correct(sara, talk, text, "yes")

    assert kept(house, text) is None
    assert "Rättat av" not in page_of(sara, talk)


@pytest.mark.parametrize(("number", "meant", "status"), [("0", "no", 404), ("x", "no", 404), ("", "hej", 422)])
def test_a_text_that_is_not_there_and_a_meaning_that_is_none_are_refused(
    sara: Browser, talk: Conversation, text: InboundText, number: str, meant: str, status: int
) -> None:
    answer = sara.post(f"/inkorg/{talk.code}/tolkning", text=number or str(text.id), betydelse=meant)

    assert answer.status_code == status


def test_a_text_of_another_talk_is_refused(sara: Browser, talk: Conversation, house: House) -> None:
    with house.database.write() as session:
        other = a_talk(session, a_person(session, "Amir", mobile="06"), address="06")
    text = came(house, other, "ja")

    assert correct(sara, talk, text, "no") == 404
    assert kept(house, text) is None


def test_texts_read_as_one_are_corrected_as_one(sara: Browser, talk: Conversation, house: House) -> None:
    first, second = came(house, talk, "ja ok"), came(house, talk, "fast sen")

    correct(sara, talk, second, "later")

    assert kept(house, first) is not None
    with house.database.write() as session:
        lines, count = corrections.listed(session, known_names.names(), purpose="prov", now=NOW)
    assert (count, lines.splitlines()[1:]) == (1, ["ja ok fast sen\tsv\tlater"])


# ----------------------------------------------------------------------------------------------- the list


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("ring mig på 070-174 06 05", "ring mig på 070-000 00 00"),
        ("ring 0701740605 tack", "ring 070-000 00 00 tack"),
        ("+46 70 174 06 05", "070-000 00 00"),
        ("070.174.06.05", "070-000 00 00"),
        ("jag heter Leila Amari", "jag heter Kim Kim"),
        ("leilas mamma här", "Kim mamma här"),
        ("20070906-2384 är mitt nummer", "070-000 00 00 är mitt nummer"),
        ("070906+2384", "070-000 00 00"),
        ("mejla leila@exempel.se", "mejla [adress]"),
        ("@leila08 på snap", "[adress] på snap"),
        ("kan den 24/11 kl 14.00-15.30", "kan den 24/11 kl 14.00-15.30"),
        ("tis 14 eller ons 15\noch 2an", "tis 14 eller ons 15 och 2an"),
    ],
)
def test_who_wrote_and_about_whom_is_masked_and_the_rest_is_left(written: str, masked: str) -> None:
    assert masking.mask(written, {"leila", "amari"}) == masked


@given(st.text(max_size=60))
def test_no_six_digits_and_no_name_get_through(written: str) -> None:
    masked = masking.mask(f"{written} Leila 0701740605", {"leila"}).replace(masking.NUMBER, "")

    assert "leila" not in masked.casefold().split()
    assert "0701740605" not in masked


def test_the_list_is_what_evaluate_reads(sara: Browser, talk: Conversation, house: House, client: TestClient) -> None:
    for written, meant in (
        ("ja jag heter Leila, 070-174 06 05", "wrong_number"),
        ("=1+1", "no"),
        ('"ja" sa Bo', "later"),
    ):
        correct(sara, talk, came(house, talk, written, considered=[written]), meant)
        with house.database.write() as session:
            talk = storage.conversations.get(session, talk.id)
    admin = boss(client, house)

    answer = admin.post(HERE, syfte="Gå igenom med leverantören")

    assert answer.headers["content-disposition"] == 'attachment; filename="tolkningar-2026-11-24.tsv"'
    rows = evaluate.read_rows(answer.text)
    assert list(rows[0]) == ["text", "lang", "intent"]
    assert evaluate.evaluate(rows)["rows"] == len(rows)
    assert "Leila" not in answer.text
    assert "174" not in answer.text
    with house.database.read() as session:
        event = next(event for event in storage.audit.latest(session) if event.action == "corrections_exported")
    assert (event.staff_id, event.detail["purpose"]) == (admin.staff.id, "Gå igenom med leverantören")


def boss(client: TestClient, house: House) -> Browser:
    """An administrator."""
    with house.database.write() as session:
        staff = a_staff(session, "administrator", name="Alva Berg")
    return signed_in(client, house.database, staff)


def test_without_a_purpose_there_is_no_list(sara: Browser, talk: Conversation, text: InboundText, house: House,
                                           client: TestClient) -> None:  # fmt: skip
    correct(sara, talk, text, "later")
    admin = boss(client, house)

    answer = admin.post(HERE, syfte=" ")

    assert answer.status_code == 422
    assert "Skriv vad listan ska användas till." in answer.text
    assert "1 rättat sms" in words(admin.see(HERE))


def test_only_whoever_may_change_settings_gets_the_list(sara: Browser) -> None:
    assert sara.get(HERE).status_code == 403
    assert sara.post(HERE, syfte="nyfiken").status_code == 403


def test_texts_of_people_with_protected_identity_stand_in_no_list(house: House, client: TestClient) -> None:
    with house.database.write() as session:
        person = a_person(session, mobile="05", protected=True)
        row = a_text_in(session, a_talk(session, person), "hemligt", intent="yes")
        storage.corrections.keep(session, Correction(inbound_id=row.id, was="yes", meant="no", at=NOW))
        lines, count = corrections.listed(session, known_names.names(), purpose="prov", now=NOW)

    assert (lines, count) == ("text\tlang\tintent\n", 0)


def test_the_command_writes_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sara: Browser, house: House,
                                          talk: Conversation, text: InboundText,
                                          capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    correct(sara, talk, text, "later")
    monkeypatch.setenv("BRYGGA_DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("BRYGGA_SECRET_KEY", "x" * 20)
    file = tmp_path / "rattat.tsv"

    assert brygga.main(["corrections", str(file), "--purpose", "prov", "--json"]) == 0
    assert '"rows": 1' in capsys.readouterr().out
    assert brygga.main(["evaluate", str(file), "--json"]) == 0

    (row,) = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")), delimiter="\t")
    assert row == {"text": "ja ok sen", "lang": "sv", "intent": "later"}
    with house.database.read() as session:
        assert storage.audit.latest(session)[0].actor == "kommandoraden"


def test_a_purpose_is_needed_on_the_command_line_too(house: House) -> None:
    with house.database.write() as session, pytest.raises(BadInput):
        corrections.listed(session, known_names.names(), purpose="", now=NOW + timedelta(days=1))
