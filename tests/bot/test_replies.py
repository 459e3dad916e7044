"""Every text a young person can get: word for word, in size, without a word that reveals anything."""

import hashlib
from datetime import date, datetime

import pytest

from bot.conversation import replies
from outreach import word_check, wording
from outreach.quiet_hours import STOCKHOLM

# code: characters and parts in Swedish, then in English, as ux.md 5.6 states them
SIZES = {
    "INV-1": (158, 1, 160, 1),
    "INV-1B": (158, 1, 154, 1),
    "INV-2": (158, 1, 160, 1),
    "INV-3": (211, 2, 210, 2),
    "NUDGE": (154, 1, 156, 1),
    "OFFER": (195, 2, 184, 2),
    "OFFER-MORE": (146, 1, 132, 1),
    "TIME-OK?": (103, 1, 104, 1),
    "TIME-FULL": (132, 1, 125, 1),
    "TIME-HUH": (116, 1, 112, 1),
    "BOOKED": (154, 1, 150, 1),
    "REM-24": (142, 1, 147, 1),
    "SEE-YOU": (18, 1, 20, 1),
    "REM-2": (125, 1, 132, 1),
    "LATE-OK": (62, 1, 62, 1),
    "MOVE": (159, 1, 144, 1),
    "CANCELLED": (110, 1, 100, 1),
    "NOSHOW": (118, 1, 110, 1),
    "LATER?": (93, 1, 92, 1),
    "LATER-OK": (96, 1, 98, 1),
    "NO-OK": (146, 1, 148, 1),
    "BUSY-OK": (129, 1, 122, 1),
    "WRONG-OK": (93, 1, 91, 1),
    "THIRD": (158, 1, 151, 1),
    "WHO": (225, 2, 219, 2),
    "WHY-ME": (156, 1, 129, 1),
    "F-WHAT": (154, 1, 153, 1),
    "F-COST": (152, 1, 155, 1),
    "F-WHERE": (125, 1, 116, 1),
    "F-PRIV": (177, 2, 178, 2),
    "F-PARENT": (136, 1, 120, 1),
    "F-HUMAN": (72, 1, 72, 1),
    "HUMAN": (101, 1, 97, 1),
    "CALL?": (103, 1, 102, 1),
    "TAKEOVER": (61, 1, 65, 1),
    "HURT": (194, 2, 186, 2),
    "CRISIS-18": (185, 2, 202, 2),
    "CRISIS-U18": (190, 2, 210, 2),
    "CRISIS-X": (203, 2, 198, 2),
    "CRISIS-V": (185, 2, 192, 2),
    "ABUSE-1": (105, 1, 92, 1),
    "STOP-OK": (96, 1, 81, 1),
    "STOP-OK-B": (149, 1, 158, 1),
    "START-OK": (92, 1, 72, 1),
    "DATA": (164, 2, 147, 1),
    "HUH-1": (102, 1, 94, 1),
    "HUH-2": (78, 1, 78, 1),
    "MEDIA": (104, 1, 83, 1),
    "LANG": (65, 1, 65, 1),
    "HI": (106, 1, 97, 1),
    "RSVP-OK": (165, 2, 170, 2),
    "FULL": (144, 1, 151, 1),
    "SPOT": (178, 2, 176, 2),
    "SPOT-GONE": (109, 1, 102, 1),
    "DM-OFF": (157, 1, 146, 1),
    "DM-AFTER": (97, 1, 95, 1),
    "FU-1": (146, 1, 153, 1),
    "FU-3": (129, 1, 142, 1),
    "FU-6": (140, 1, 155, 1),
    "TG": (166, 2, 161, 2),
    "TG-LINK": (120, 1, 115, 1),
    "TG-NAME": (36, 1, 35, 1),
    "TG-OLD": (78, 1, 77, 1),
    "TG-GROUP": (65, 1, 78, 1),
    "OFFER-AGAIN": (156, 1, 145, 1),
    "FULL-LAST": (108, 1, 119, 1),
    "SPOT-GONE-LAST": (97, 1, 89, 1),
    "DM-OFF-LAST": (117, 1, 109, 1),
    "RSVP-PLUS": (136, 1, 127, 1),
    "RSVP-ALONE": (124, 1, 119, 1),
    "RSVP-SOLO": (114, 1, 106, 1),
    "DM-MOVED": (148, 1, 152, 1),
    "RSVP-AGAIN": (132, 1, 135, 1),
    "DM-INFO": (143, 1, 142, 1),
    "DM-ASK": (147, 1, 132, 1),
    "DM-ASK-SOLO": (117, 1, 106, 1),
    "DM-NEXT": (126, 1, 128, 1),
    "DM-HERE": (85, 1, 85, 1),
    "DM-DOOR": (102, 1, 106, 1),
    "DM-DELAY": (107, 1, 108, 1),
    "DM-NO": (75, 1, 72, 1),
    "DM-THANKS": (25, 1, 34, 1),
    "KOM-HUH": (109, 1, 107, 1),
    "PAGE-KOM": (169, 2, 167, 2),
    "PAGE-STOP": (128, 1, 124, 1),
    "WHICH": (156, 1, 152, 1),
    "CALL-SOON": (149, 1, 142, 1),
    "OFF-NEW": (157, 1, 160, 1),
    "OFF-CALL": (134, 1, 137, 1),
    "CHEER-1": (149, 1, 153, 1),
    "CHEER-2": (122, 1, 121, 1),
    "CHEER-3": (131, 1, 127, 1),
    "CHEER-4": (125, 1, 127, 1),
    "CHEER-5": (128, 1, 134, 1),
    "CHEER-6": (131, 1, 127, 1),
}
# What Telegram, and the talk about dialog meetings, need beside the design's own texts.
BESIDE_THE_DESIGN = (
    "TG-NAME", "TG-OLD", "TG-GROUP", "OFFER-AGAIN",
    "FULL-LAST", "SPOT-GONE-LAST", "DM-OFF-LAST", "RSVP-PLUS", "RSVP-ALONE", "RSVP-AGAIN", "DM-INFO", "DM-ASK",
    "RSVP-SOLO", "DM-MOVED", "DM-ASK-SOLO",
    "DM-NEXT", "DM-NO", "DM-THANKS", "KOM-HUH", "PAGE-KOM", "PAGE-STOP", "WHICH", "CALL-SOON", "CHEER-1", "CHEER-2",
    "DM-HERE", "DM-DOOR", "DM-DELAY",
    "CHEER-3", "CHEER-4", "CHEER-5", "CHEER-6", "OFF-NEW", "OFF-CALL",
)  # fmt: skip
DESIGNED = tuple(code for code in SIZES if code not in BESIDE_THE_DESIGN)
# TAKEOVER is a prefix: its stated size holds the space before what the person writes.
TRAILING_SPACE = {"TAKEOVER": 1}


def test_the_texts_are_those_of_the_design_letter_by_letter():
    texts = [(code, lang, replies.template(code, lang)) for code in DESIGNED for lang in ("sv", "en")]
    lines = sorted("\t".join(text) for text in texts)

    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == (
        "075845a90072240299981aaa506ab19288edf9c101c34b0f0f48e3226fbae35d"
    )


@pytest.mark.parametrize("code", SIZES)
def test_each_text_has_its_stated_size(code):
    sv_characters, sv_parts, en_characters, en_parts = SIZES[code]
    for lang, characters, parts in (("sv", sv_characters, sv_parts), ("en", en_characters, en_parts)):
        size = wording.measure(replies.render(code, lang, replies.long_values(lang)))

        assert size.characters == characters - TRAILING_SPACE.get(code, 0)
        assert size.parts == parts
        assert size.encoding == ("UCS-2" if code == "LANG" else "GSM-7")


def test_no_text_is_missing_a_size():
    assert tuple(SIZES) == replies.codes()


@pytest.mark.parametrize("code", replies.codes())
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_each_text_passes_the_word_check(code, lang):
    purpose = "first_contact" if code.startswith("INV") else "reply"

    findings = word_check.check_words(replies.template(code, lang), purpose=purpose)

    assert [finding for finding in findings if finding.level == "stop"] == []


def test_a_missing_value_is_refused():
    with pytest.raises(wording.MissingValue):
        replies.render("BOOKED", "sv", {"namn": "Samira"})


def test_other_languages_than_swedish_get_the_english():
    assert replies.render("SEE-YOU", "en", {}) == "Great, see you then!"
    assert replies.render("SEE-YOU", "other", {}) == "Great, see you then!"
    assert replies.render("SEE-YOU", "sv", {}) == "Toppen, då ses vi!"


def test_a_value_that_begins_a_sentence_gets_a_capital():
    values = {"dag_rel": "i morgon", "kl": "14.00", "namn": "Samira", "plats": "Storgatan 2"}

    assert replies.render("REM-24", "sv", values).startswith("Hej! I morgon kl. 14.00 träffar du Samira, Storgatan 2.")
    assert "Samira on Monday at" in replies.render("REM-24", "en", {**values, "dag_rel": "on Monday"})


def test_study_comes_first_for_those_in_school_age():
    values = replies.long_values("sv")

    assert "om jobb, plugg eller annat" in replies.render("INV-1", "sv", values)
    assert "om plugg, jobb eller annat" in replies.render("INV-1", "sv", values, study_first=True)
    assert "about study, work or life" in replies.render("INV-1", "en", values, study_first=True)


@pytest.mark.parametrize("code", replies.CRISIS_CODES)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_crisis_text_never_promises_a_person_when_nobody_is_on_duty(code, lang):
    values = {"namn": "Samira", "svarstid": "senast måndag kl. 16.00"}

    staffed = replies.crisis(code, lang, values, somebody_on_duty=True)
    unstaffed = replies.crisis(code, lang, values, somebody_on_duty=False)

    assert "Samira" in staffed
    assert "Samira" not in unstaffed
    assert unstaffed.endswith(" senast måndag kl. 16.00.")
    assert "112" in unstaffed
    assert wording.measure(unstaffed).parts <= 2


def test_the_first_automatic_reply_says_that_it_is_automatic():
    assert replies.automatic("Toppen, då ses vi!", "sv") == "Toppen, då ses vi! Automatiskt svar."
    assert replies.automatic("More: bjorkstad.se/unga", "en") == "More: bjorkstad.se/unga\nAutomatic reply."


def test_an_offer_of_fewer_times_shows_only_those():
    values = replies.long_values("sv")

    assert replies.render_offer("OFFER", "sv", values, 3) == replies.render("OFFER", "sv", values)
    assert "1) tors 24 sep kl. 14.00. Svara" in replies.render_offer("OFFER", "sv", values, 1)
    assert "2)" not in replies.render_offer("TIME-FULL", "en", values, 1)


def test_buttons_for_telegram():
    assert replies.buttons("INV-1", "sv") == ("JA", "SENARE", "NEJ", "Prata med en människa")
    assert replies.buttons("OFFER", "en", {"t1": "Tue 24 Nov 14.00"}) == (
        "Tue 24 Nov 14.00", "Other times", "Talk to a person",
    )  # fmt: skip
    assert replies.buttons("LATE-OK", "sv") == ("Prata med en människa",)
    assert replies.buttons("STOP-OK", "sv") == ()


@pytest.mark.parametrize(
    ("recorded", "sv", "en"),
    [
        ("öppen nummertjänst", "en öppen nummertjänst", "a phone directory"),
        ("lista", "kommunens register", "the municipality's records"),
        ("skola", "kommunens register", "the municipality's records"),
        ("", "kommunens register", "the municipality's records"),
    ],
)
def test_the_source_of_a_number_is_said_without_revealing_anything(recorded, sv, en):
    assert replies.source(recorded, "sv") == sv
    assert replies.source(recorded, "en") == en


def test_every_button_belongs_to_a_text():
    groups = replies._data()["buttons"]

    assert {code for group in groups for code in group["codes"]} <= set(replies.codes())


MEETING = datetime(2026, 9, 24, 14, tzinfo=STOCKHOLM)


def test_moments_are_worded_as_in_the_design():
    assert replies.say_time(MEETING, "sv") == "torsdag 24 september kl. 14.00"
    assert replies.say_time(MEETING, "en") == "Thursday 24 September at 14.00"
    assert replies.say_short(datetime(2026, 11, 24, 9, 30, tzinfo=STOCKHOLM), "sv") == "tis 24 nov kl. 9.30"
    assert replies.say_short(datetime(2026, 3, 12, 9, tzinfo=STOCKHOLM), "en") == "Thu 12 Mar 9.00"
    assert replies.say_day(date(2026, 9, 24), "sv") == "torsdag 24 september"
    assert replies.say_clock(MEETING) == "14.00"
    assert replies.say_deadline(MEETING, "sv") == "torsdag kl. 14.00"
    assert replies.say_deadline(MEETING, "en") == "Thursday at 14.00"


@pytest.mark.parametrize(
    ("now", "sv", "en"),
    [("2026-09-23T23:59", "i morgon", "tomorrow"), ("2026-09-22T12:00", "torsdag", "on Thursday"),
     ("2026-09-24T08:00", "torsdag", "on Thursday")],
)  # fmt: skip
def test_the_relative_day(now, sv, en):
    moment = datetime.fromisoformat(now).replace(tzinfo=STOCKHOLM)

    assert replies.say_relative_day(MEETING, moment, "sv") == sv
    assert replies.say_relative_day(MEETING, moment, "en") == en


def test_the_clock_is_stockholms_on_both_sides_of_a_clock_change():
    before, after = datetime.fromisoformat("2026-10-24T12:00Z"), datetime.fromisoformat("2026-10-26T12:00Z")

    assert (replies.say_clock(before), replies.say_clock(after)) == ("14.00", "13.00")
