"""What youths write, and what it means."""

import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import settling, understanding, words
from bot.conversation.evaluate import evaluate, read_rows
from bot.conversation.understanding import understand
from outreach.quiet_hours import STOCKHOLM

PHRASES = Path(__file__).parent / "phrases.txt"
NO_CRISIS = Path(__file__).parent / "no_crisis.txt"
LISTS = Path(__file__).parents[1] / "lists"
REPLIES = Path(__file__).parents[2].parent / "shared" / "data" / "replies-dev.tsv"

REF = datetime(2026, 11, 24, 13, 5, tzinfo=STOCKHOLM)  # a Tuesday
OFFERED = [
    datetime(2026, 11, 26, 14, tzinfo=STOCKHOLM),
    datetime(2026, 11, 27, 10, 30, tzinfo=STOCKHOLM),
    datetime(2026, 11, 30, 13, tzinfo=STOCKHOLM),
]


def phrases() -> Iterator[tuple[str, str]]:
    intent = ""
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            intent = line[1:-1]
        elif line and not line.startswith("# "):
            yield line, intent


def read(text: str, **options) -> understanding.Reading:
    return understand(text, ref=REF, **options)


@pytest.mark.parametrize("meant", settling.intents())
def test_a_phrase_gets_its_meaning(meant):
    wrong = {text: read(text).intent for text, intent in phrases() if intent == meant and read(text).intent != meant}

    assert wrong == {}


def test_the_quick_no_is_never_said_to_what_cannot_wait():
    at_once = [text for text, intent in phrases() if intent in understanding.AT_ONCE]

    assert [text for text in at_once if not understanding.may_mean_at_once(text)] == []


def test_there_are_phrases_for_every_meaning():
    count = defaultdict(int)
    for _, intent in phrases():
        count[intent] += 1

    assert set(count) == set(settling.intents())
    assert sum(count.values()) > 1500


# ------------------------------------------------------------- the development list


def test_the_development_list():
    if not REPLIES.exists():
        pytest.skip(f"{REPLIES} finns inte: utvecklingslistan prövas inte")
    report = evaluate(read_rows(REPLIES.read_text(encoding="utf-8")))

    assert report["rows"] == 130
    assert report["right_or_safer"] >= 0.97
    assert report["crisis_missed"] == []
    assert report["false_stops"] == []


# ---------------------------------------------------------------- lists by other hands


def scored(name: str) -> dict[str, Any]:
    rows = read_rows("\n".join(_lines(LISTS / name)))
    return evaluate(rows, ref=REF)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("# ")]


@pytest.mark.parametrize("name", ["replies_tune.tsv", "replies_tune_2.tsv"])
def test_the_lists_that_the_rules_are_tuned_on(name):
    report = scored(name)

    assert report["right_or_safer"] >= 0.97
    assert report["crisis_missed"] == []
    assert report["false_stops"] == []


def test_a_list_that_the_rules_have_never_been_tuned_on():
    # Only its figures may be looked at, never its rows: so it tells how the rules do on what they have not seen.
    # The thresholds lie a little under what was reached; a fall below them means that a change did harm elsewhere.
    report = scored("replies_score_only.tsv")

    assert report["right_or_safer"] >= 0.93
    assert len(report["crisis_missed"]) <= 1
    assert len(report["false_stops"]) <= 1


# ------------------------------------------------------------------- never a false stop


@pytest.mark.parametrize(
    "text",
    [
        "stopp i tunnelbanan, sen en kvart", "det är stopp i trafiken", "jag slutar 15", "slutar jobba 17",
        "kan inte sluta skratta", "har slutat skolan", "jag slutade gymnasiet", "bussen stannar vid busstoppet",
        "ses vid hållplatsen full stop", "har försökt sluta röka", "topp!", "toppen", "stor skillnad",
        "is there a bus stop",
        "can't stop laughing", "jag sluter mig till det", "när slutar mötet", "stoppet i trafiken är borta nu",
        "kan ni ringa, orkar inte sms", "end of the week works", "fel tid, menade tisdag", "avboka",
        "cancel my meeting",
        "stopp i avloppet så jag är sen", "allt tar stopp", "kan inte sluta äta godis", "ta bort tisdag, ta onsdag",
        "ta bort mötet på fredag", "ring inte, skriv", "skicka inte brev hem", "don't call me, text me",
        "lämna mig inte", "nog nu för idag tack", "sluta jobbet kl tre", "block me a time on friday",
        "nej", "nej tack", "inte intresserad", "slutet av veckan", "sluta skolan kl 15 så efter det",
    ],
)  # fmt: skip
def test_what_is_no_stop(text):
    reading = read(text)

    assert reading.intent != "opt_out"
    assert "opt_out" not in reading.also


@pytest.mark.parametrize(
    "word", ["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT", "stop.", " Stop "]
)
def test_the_providers_stop_words_stop_as_whole_texts(word):
    assert read(word).intent == "opt_out"


@pytest.mark.parametrize("text", ["stpop", "sotpp", "stoop", "stoppp", "STOPP!!", "Stoppp tack", "unsubscrbe"])
def test_a_misspelt_stop_is_a_stop(text):
    assert read(text).intent == "opt_out"


# ----------------------------------------------------------------------------- crisis


@pytest.mark.parametrize(
    "text",
    ["dör av skratt 😂", "dödstrött idag", "jag dör av nyfikenhet", "mobilen dog", "batteriet dör snart", "dör haha",
     "skolan dödar mig haha", "pappa slår mig i fifa varje gång", "det slog mig att jag kan på tisdag",
     "what do you do", "ok do it", "kan ni do something", "killing time", "dying to know"],
)  # fmt: skip
def test_what_is_no_crisis(text):
    assert read(text).intent != "crisis"


def test_what_only_sounds_like_danger():
    assert [text for text in _lines(NO_CRISIS) if read(text).intent == "crisis"] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("jag vill dö", "self_harm"), ("skär mig", "self_harm"), ("pappa slår mig", "violence"),
     ("he hits me", "violence"), ("har ingenstans att sova inatt", "danger"),
     ("vill dö, min kille slår mig", "self_harm")],
)  # fmt: skip
def test_the_kind_of_crisis(text, kind):
    assert (read(text).intent, read(text).kind) == ("crisis", kind)


@pytest.mark.parametrize("text", ["jag inte vill leva", "Jag inte kan komma idag", "jag inte heter Hassan"])
def test_the_word_order_of_who_is_learning_swedish(text):
    assert read(text).intent == read(text.replace("inte ", "").replace(" leva", " inte leva").replace(
        "kan", "kan inte").replace("heter", "heter inte")).intent != "unknown"  # fmt: skip


def test_common_words_are_no_slips():
    assert read("jag vann ett race").intent == read("ska stryka en skjorta").intent == "unknown"


def test_one_telling_word_counts_only_where_nothing_else_fits():
    assert (read("nåt strul med uppgifter").intent, read("nåt strul med uppgifter").kind) == ("my_data", "maybe")
    assert read("ja, gäller det mina uppgifter").kind != "maybe"


def test_crisis_wins_over_stop_and_the_stop_is_noted():
    reading = read("sluta skriva, jag vill dö")

    assert reading.intent == "crisis"
    assert "opt_out" in reading.also


def test_the_word_hjalp_alone_is_a_tough_situation_and_no_crisis():
    assert (read("HJÄLP").intent, read("HJÄLP").kind) == ("struggling", "help")


# -------------------------------------------------------------------------- kinds, also


@pytest.mark.parametrize(
    ("text", "intent", "kind"),
    [
        ("vem är du", "who", "who"), ("varför jag", "who", "why_me"), ("hur fick ni mitt nummer", "who", "why_me"),
        ("är du en robot", "who", "robot"), ("är det bluff", "who", "scam"),
        ("vad handlar det om", "question", "what"), ("kostar det", "question", "cost"),
        ("får man betalt", "question", "cost"),
        ("var ligger det", "question", "where"), ("hur lång tid tar det", "question", "duration"),
        ("kan jag ta med en kompis", "question", "bring"), ("får mina föräldrar veta", "question", "parent"),
        ("vem läser det här", "question", "privacy"), ("fixar ni körkort?", "question", "other"),
        ("ring mig", "human", "call"), ("vill prata med en människa", "human", "person"),
        ("jag jobbar", "occupied", "work"), ("pluggar", "occupied", "study"), ("gör lumpen", "occupied", "other"),
        ("radera mina uppgifter", "my_data", "delete"), ("vad har ni sparat om mig", "my_data", "access"),
        ("english please", "other_language", "english"), ("behöver tolk", "other_language", "other"),
        ("är sjuk idag", "cancel", "ill"), ("Jag kör bil och svarar senare", "unknown", "auto_reply"),
    ],
)  # fmt: skip
def test_kinds(text, intent, kind):
    assert (read(text).intent, read(text).kind) == (intent, kind)


def test_a_later_meaning_that_does_not_conflict_is_noted():
    assert read("ja men vad kostar det").intent == "question"
    assert "yes" in read("ja men vad kostar det").also


def test_a_later_meaning_that_contradicts_is_not_noted():
    assert "yes" not in read("ja fast inte nu").also


def test_a_reading_says_which_rule_chose_it_and_what_else_was_considered():
    reading = read("nej tack, jag har jobb")

    assert reading.intent == "occupied"
    assert reading.rule
    assert any(other.startswith("no: ") for other in reading.considered)


@pytest.mark.parametrize(
    ("text", "given", "lang"),
    [("jag vill gärna komma", None, "sv"), ("i would like to come", None, "en"), ("ok", "en", "en"),
     ("ok", None, "sv"), ("2", "en", "en"), ("hello there", "sv", "en"), ("لا أتكلم السويدية", "sv", "other"),
     ("no hablo sueco", "sv", "other")],
)  # fmt: skip
def test_the_language(text, given, lang):
    assert read(text, lang=given).lang == lang


# ---------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "option"),
    [("2", 2), ("tvåan", 2), ("nr 1 tack", 1), ("den sista", 3), ("3an funkar", 3), ("1️⃣", 1), ("den i mitten", 2),
     ("option 2", 2), ("2:an", 2), ("den första", 1), ("jag tar 3", 3), ("the second one", 2), ("(1)", 1), ("ja 2", 2)],
)  # fmt: skip
def test_a_numbered_choice(text, option):
    reading = read(text, options=OFFERED)

    assert (reading.intent, reading.option) == ("choose_option", option)


@pytest.mark.parametrize("text", ["67", "4", "0", "2026"])
def test_a_number_that_was_not_offered_is_no_choice(text):
    assert read(text, options=OFFERED).intent == "unknown"


def test_the_last_of_an_unknown_number_of_choices():
    assert read("den sista").option == -1


@pytest.mark.parametrize(
    ("text", "option"),
    [("jag tittade i kalendern, nog alternativ nummer två som passar", 2), ("helst option 3 hörni", 3)],
)
def test_a_number_that_is_called_a_choice_among_other_words(text, option):
    reading = read(text, options=OFFERED)

    assert (reading.intent, reading.option) == ("choose_option", option)


def test_two_numbers_are_asked_about():
    reading = read("1 eller 2", options=OFFERED)

    assert (reading.intent, reading.option, reading.ask) == ("choose_option", None, "which_option")


def test_an_hour_that_was_offered_is_a_time():
    reading = read("14 funkar", options=OFFERED)

    assert (reading.intent, reading.start) == ("day_time", OFFERED[0])


@pytest.mark.parametrize(
    "text", ["går i tvåan", "jag går ju i skolan, tvåan på el", "har 2 barn", "10 min sen", "om 2 veckor", "kl 3"]
)
def test_a_number_in_another_meaning_is_no_choice(text):
    assert read(text, options=OFFERED).intent != "choose_option"


# ------------------------------------------------------------------------ times within


@pytest.mark.parametrize(
    ("text", "intent", "start"),
    [
        ("kan nån ringa mig imorgon kl 10", "human", "2026-11-25 10:00"),
        ("hör av er efter jul", "later", "2026-12-27 00:00"),
        ("kan ni skriva nästa månad istället", "later", "2026-12-01 00:00"),
        ("hinner inte imorgon, går det på fredag istället", "reschedule", "2026-11-27 00:00"),
        ("tisd kl 15", "day_time", "2026-12-01 15:00"),
        ("kan ej fredag men torsdg kl 14 går", "day_time", "2026-11-26 14:00"),
    ],
)
def test_a_wanted_time_comes_with_the_meaning(text, intent, start):
    reading = read(text)

    assert reading.intent == intent
    assert f"{reading.start:%Y-%m-%d %H:%M}" == start


def test_a_time_that_does_not_suit_is_not_the_wanted_one():
    reading = read("kan inte komma imorgon")

    assert (reading.intent, reading.start) == ("cancel", None)


# ------------------------------------------------------------------------ any text at all


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_gets_exactly_one_meaning(text):
    assert read(text, options=OFFERED).intent in settling.intents()


@given(st.lists(st.sampled_from([text for text, _ in phrases()]), min_size=1, max_size=4).map(" ".join))
@settings(deadline=None)
def test_phrases_one_after_another_never_raise(text):
    assert read(text).intent in settling.intents()


@pytest.mark.parametrize("text", ["", " ", "\n", "a" * 100_000, "1 " * 50_000, "tis " * 20_000, "\x00", "’’’", "{}"])
def test_odd_texts_are_read(text):
    assert read(text).intent in settling.intents()


def test_a_reading_takes_less_than_two_milliseconds_on_average():
    known = [text for text, _ in phrases()]
    read("hej")

    begun = time.process_time()
    for text in known:
        read(text)

    assert (time.process_time() - begun) / len(known) < 0.002


# ----------------------------------------------------------------------- the lexicon


def test_every_word_of_a_rule_can_be_written():
    lost = set()
    for rule in understanding._rules():
        for key in {key for step in rule.steps for key in step.keys if not key.startswith("<")}:
            found = understanding._reader().read(key.strip("=*")).words
            if len(found) != 1 or key not in found[0].keys:
                lost.add((rule.intent, key))

    assert lost == set()


def test_every_group_in_a_rule_has_words():
    known = {group for group, _ in words.read_table("classes.txt")} | {"<when>", "<name>", "<names>", "<number>"}
    used = {key for rule in understanding._rules() for step in rule.steps for key in step.keys}

    assert {key for key in used if key.startswith("<")} <= known
