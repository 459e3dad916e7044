"""Languages beyond Swedish and English: the choice, the texts, and the translator's tick."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import a_staff
from talks import Town, Youth, at

import storage.conversations
import storage.people
import storage.settings
from bot.conversation import evaluate, replies, tongues
from outreach import help_lines, languages, quiet_hours, spoken_time, takeover, word_check, wording

ARABIC = "لا أتكلم السويدية"
OTHERS = tuple(tongues.everyone())
TEXTS = [(lang, code) for lang, tongue in tongues.everyone().items() for code in tongue.texts]
SHORT_SET = ("INV-1", "BOOKED", "REM-24", "STOP-OK", *replies.CRISIS_CODES)


def switch_on(town: Town, lang: str) -> None:
    """A translator has checked the language."""
    with town.house.database.write() as session:
        languages.turn_on(session, lang, "Noor Haddad", now=town.clock.now(), staff_id=town.staff_id)


def registered(town: Town, youth: Youth, language: str) -> None:
    """The register says what somebody speaks."""
    assert youth.person_id is not None
    with town.house.database.write() as session:
        person = storage.people.get(session, youth.person_id)
        person.language = language
        session.add(person)


# ---------------------------------------------------------------------------------------------- the choice


def test_another_language_gets_the_menu_and_a_human_at_once(leila: Youth) -> None:
    assert leila.says(ARABIC) == ["LANG"]
    assert (leila.talk.state, leila.talk.waiting_why) == ("human", "annat språk")


@pytest.mark.parametrize(
    ("answer", "lang", "begins"),
    [("1", "sv", "Hej! Det här är"), ("2", "en", "Hi! This is"), ("English", "en", "Hi! This is"),
     ("svenska!", "sv", "Hej! Det här är"), ("lätt svenska", "sv_easy", "Hej! Vi är")],
)  # fmt: skip
def test_a_language_we_speak_lets_the_talk_go_on(leila: Youth, answer: str, lang: str, begins: str) -> None:
    leila.says(ARABIC)

    assert leila.says(answer) == ["HI"]
    talk = leila.talk
    assert (talk.lang, talk.state, talk.waiting_since) == (lang, "invited", None)
    assert leila.last.startswith(begins)
    assert leila.says("ja") == ["OFFER"]


@pytest.mark.parametrize(
    ("answer", "lang", "name"),
    [("3", "ar", "arabiska"), ("4", "so", "somaliska"), ("5", "ti", "tigrinska"), ("6.", "fa", "persiska"),
     ("العربية", "ar", "arabiska"), ("Soomaali", "so", "somaliska"), ("ትግርኛ", "ti", "tigrinska"),
     ("فارسی", "fa", "persiska"), ("٣", "ar", "arabiska")],
)  # fmt: skip
def test_the_others_bring_an_interpreter_and_are_spoken_only_when_on(
    town: Town, answer: str, lang: str, name: str
) -> None:
    off, on = town.youth("Sam", "06"), town.youth("Nur", "07")
    off.says(ARABIC)
    assert off.says(answer) == ["HUMAN"]
    switch_on(town, lang)
    on.says(ARABIC)
    assert on.says(answer) == ["HUMAN"]

    assert (off.talk.lang, on.talk.lang) == ("sv", lang)
    assert off.talk.waiting_why == on.talk.waiting_why == f"annat språk: {name}"
    assert off.talk.state == on.talk.state == "human"
    assert off.last.startswith("Vi säger till Samira")
    assert on.last == replies.render("HUMAN", lang, {"namn": "Samira", "svar_senast": "2026-11-24 16:30"})


def test_a_number_that_is_no_answer_chooses_nothing(leila: Youth) -> None:
    leila.says(ARABIC)

    assert leila.says("7") == []
    assert leila.talk.state == "human"


def test_whoever_has_a_human_already_is_not_heard_by_the_menu(leila: Youth) -> None:
    leila.says(ARABIC)
    with leila.town.house.database.write() as session:
        talk = storage.conversations.get(session, leila.talk.id)
        talk.held_by_id = leila.town.staff_id
        session.add(talk)

    assert leila.says("2") == []
    assert leila.talk.lang == "sv"


@pytest.mark.parametrize(("said", "lang"), [("english", "en"), ("kan ni skriva på lätt svenska?", "sv_easy")])
def test_a_language_can_be_asked_for_at_any_time(leila: Youth, said: str, lang: str) -> None:
    leila.says("vem e du")

    assert leila.says(said) == ["HI"]
    assert leila.talk.lang == lang


def test_the_menu_does_not_forget_what_was_offered(leila: Youth) -> None:
    leila.says("ja")
    leila.says(ARABIC)
    leila.says("1")

    assert leila.says("2") == ["BOOKED"]


def test_a_chosen_language_stays_although_swedish_is_written(leila: Youth) -> None:
    leila.says("lätt svenska")

    assert leila.says("ja det vill jag gärna") == ["OFFER"]
    assert leila.talk.lang == "sv_easy"
    assert "Passar ingen tid? Skriv en annan dag." in leila.last


def test_stop_and_danger_are_heard_before_any_menu(leila: Youth) -> None:
    leila.says(ARABIC)

    assert leila.says("STOPP") == ["STOP-OK"]
    assert leila.says("2") == []
    assert (leila.talk.state, leila.talk.lang) == ("stopped", "sv")


# ----------------------------------------------------------------------------------- in a language that is on


@pytest.fixture
def nur(town: Town) -> Youth:
    """Nur, who is answered in Arabic."""
    switch_on(town, "ar")
    youth = town.youth("Nur", "07")
    youth.says(ARABIC)
    youth.says("3")
    return youth


def hand_back(youth: Youth) -> None:
    """Samira has talked, and lets the service go on."""
    with youth.town.house.database.write() as session:
        talk = storage.conversations.get(session, youth.talk.id)
        staff = a_staff(session, name="Samira Ali")
        takeover.take_over(session, talk, staff, now=youth.town.clock.now())
        takeover.give_back(session, talk, staff, step="bokning", now=youth.town.clock.now())


def test_a_booking_is_confirmed_and_reminded_of_in_the_language(nur: Youth) -> None:
    hand_back(nur)
    nur.says("ja")
    assert nur.last.startswith("Kul att du svarade!")
    assert nur.says("2") == ["BOOKED"]

    assert "\u200e2026-11-25 14:00" in nur.last
    assert nur.last.startswith("تم!")
    nur.waits(minutes=60)
    nur.town.clock.moment = at("2026-11-25 12:30")
    assert nur.waits(minutes=1) == ["REM-2"]


def test_danger_and_stop_are_answered_in_the_language(nur: Youth) -> None:
    assert nur.says("i want to kill myself") == ["CRISIS-18"]
    assert "112" in nur.last
    assert nur.last.startswith("شكرا")
    assert nur.says("STOPP") == ["STOP-OK"]
    assert nur.last.startswith("تم.")


def test_a_changed_help_line_is_said_in_every_language(nur: Youth) -> None:
    with nur.town.house.database.write() as session:
        (line,) = [line for line in storage.settings.help_lines(session) if line.name == "Hjälplinjen"]
        help_lines.change(session, line, number="90 391", hours="dygnet runt", now=nur.town.clock.now(), staff_id=1)

    nur.says("jag vill inte leva")

    assert "Hjälplinjen 90 391" in nur.last


def test_with_the_language_off_again_swedish_is_said(nur: Youth) -> None:
    with nur.town.house.database.write() as session:
        languages.turn_off(session, "ar", now=nur.town.clock.now(), staff_id=nur.town.staff_id)

    assert nur.talk.lang == "sv"
    assert nur.says("STOPP") == ["STOP-OK"]
    assert nur.last.startswith("Klart, du får inga fler sms")


# ------------------------------------------------------------------------------------------- first contact


@pytest.mark.parametrize(
    ("language", "on", "lang"),
    [("arabiska", True, "ar"), ("Arabiska", True, "ar"), ("arabiska", False, "sv"), ("engelska", False, "en"),
     ("lätt svenska", False, "sv_easy"), ("turkiska", False, "sv"), ("", False, "sv")],
)  # fmt: skip
def test_the_first_contact_is_made_in_the_persons_own_language_where_it_is_on(
    town: Town, language: str, on: bool, lang: str
) -> None:
    youth = town.youth("Nur", "07", invited=False)
    registered(town, youth, language)
    if on:
        switch_on(town, "ar")

    youth.says("hej")

    assert youth.talk.lang == lang


def test_staff_begin_in_the_persons_own_language_too(town: Town) -> None:
    youth = town.youth("Nur", "07", invited=False)
    registered(town, youth, "engelska")
    with town.house.database.write() as session:
        assert youth.person_id is not None
        person = storage.people.get(session, youth.person_id)
        talk = takeover.begin(session, person, a_staff(session), now=town.clock.now())

    assert talk.lang == "en"


# ----------------------------------------------------------------------------------------------- the texts


@pytest.mark.parametrize(("lang", "code"), TEXTS)
def test_each_text_costs_what_it_says_with_long_values(lang: str, code: str) -> None:
    size = wording.measure(replies.render(code, lang, replies.long_values(lang)))

    assert size.parts == tongues.everyone()[lang].parts[code]
    assert size.encoding == ("GSM-7" if lang in ("sv_easy", "so") else "UCS-2")


@pytest.mark.parametrize(("lang", "code"), TEXTS)
def test_each_text_passes_the_word_check(lang: str, code: str) -> None:
    purpose = "first_contact" if code.startswith("INV") else "reply"

    findings = word_check.check_words(replies.template(code, lang), purpose=purpose)

    assert [finding for finding in findings if finding.level == "stop"] == []


@pytest.mark.parametrize(("lang", "code"), TEXTS)
def test_each_text_names_the_same_as_the_swedish(lang: str, code: str) -> None:
    own, swedish = (set(wording.variables(replies.template(code, one))) for one in (lang, "sv"))

    assert own - {"svar_senast"} <= swedish | {"namn"}
    assert {"plats", "kl", "tid", "dag_rel"} & swedish <= own


@pytest.mark.parametrize("lang", languages.NEEDS_TRANSLATOR)
def test_the_short_set_is_there_and_waits_for_a_translator(lang: str) -> None:
    tongue = tongues.everyone()[lang]

    assert set(SHORT_SET) <= set(tongue.texts)
    assert set(tongue.parts) == set(tongue.texts)
    assert tongue.translator == ""
    assert {"automatic", "unstaffed"} == set(tongue.closing)


@pytest.mark.parametrize("lang", languages.NEEDS_TRANSLATOR)
@pytest.mark.parametrize("code", replies.CRISIS_CODES)
@pytest.mark.parametrize("on_duty", [True, False])
def test_a_crisis_text_has_its_lines_and_promises_nobody_when_nobody_is_on_duty(
    lang: str, code: str, on_duty: bool
) -> None:
    values = {"namn": "Samira", "svar_senast": "2026-11-25 16:00"}
    swedish = replies.crisis(code, "sv", {"namn": "", "svarstid": "nu"}, somebody_on_duty=False)
    numbers = re.findall(r"112|116 111|90 390|1177|020-50 50 50", swedish)

    text = replies.crisis(code, lang, values, somebody_on_duty=on_duty)

    assert [number for number in numbers if number not in text] == []
    assert ("Samira" in text) == on_duty
    assert ("2026-11-25 16:00" in text) != on_duty


@pytest.mark.parametrize("lang", languages.NEEDS_TRANSLATOR)
@pytest.mark.parametrize("code", replies.CRISIS_CODES)
def test_a_changed_number_costs_no_part_more(lang: str, code: str) -> None:
    swapped = {number: number.replace("0", "9") for _, number, *_ in help_lines.DEFAULTS if number != "112"}

    text = replies.crisis(code, lang, replies.long_values(lang), somebody_on_duty=True, numbers=swapped)

    assert wording.measure(text).parts == tongues.everyone()[lang].parts[code]


@pytest.mark.parametrize("code", list(tongues.everyone()["sv_easy"].texts))
def test_plain_swedish_has_at_most_eight_words_in_a_sentence(code: str) -> None:
    sentences = re.split(r"(?<=[.!?:]) ", replies.template(code, "sv_easy"))

    assert [one for one in sentences if len(re.sub(r"\d\) ", "", one).split()) > 8] == []


def test_a_text_that_a_language_lacks_is_the_swedish_alone() -> None:
    for lang in OTHERS:
        assert replies.render("SEE-YOU", lang, {}) == "Toppen, då ses vi!"
        assert replies.buttons("BOOKED", lang) == replies.buttons("BOOKED", "sv")


def test_moments_are_figures_where_there_are_no_words() -> None:
    moment, now = datetime(2026, 11, 26, 13, tzinfo=UTC), datetime(2026, 11, 25, 9, tzinfo=UTC)

    for lang in languages.NEEDS_TRANSLATOR:
        assert spoken_time.say_time(moment, lang) == "2026-11-26 14:00"
        assert spoken_time.say_short(moment, lang) == "2026-11-26 14:00"
        assert spoken_time.say_deadline(moment, lang) == "2026-11-26 14:00"
        assert spoken_time.say_day(moment, lang) == spoken_time.say_relative_day(moment, now, lang) == "2026-11-26"
    assert spoken_time.say_relative_day(moment, now, "sv_easy") == "i morgon"


@pytest.mark.parametrize("written", ["2026-11-24 13:04", "2026-11-24 16:10", "2026-11-27 22:00", "2026-12-23 18:00"])
def test_the_promise_in_figures_is_the_promise_in_words(written: str) -> None:
    now = at(written)

    until = quiet_hours.answered_by(now).astimezone(at(written).tzinfo)

    said = quiet_hours.answer_promise(now)
    assert quiet_hours.say_clock(until) in said
    assert ("i dag" in said) == (until.date() == now.date())


def test_the_command_lists_every_language_with_its_parts() -> None:
    rows = list(evaluate.texts())

    assert {row["lang"] for row in rows} == {"sv", "en", *OTHERS}
    assert all(row["parts"] >= 1 for row in rows)


def test_every_file_of_a_language_is_whole() -> None:
    files = Path(tongues.__file__).with_name("texts").glob("*.toml")

    for file in files:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        assert set(data["texts"]) <= set(replies.codes())
        assert data["name"] == languages.in_swedish(file.stem)
