"""The conversation from the command line: lines read as JSON, lists scored, texts listed."""

from collections import Counter
from datetime import datetime

import pytest

from bot.conversation.evaluate import evaluate, in_words, read_rows, texts, understand_lines
from outreach.errors import BadInput
from outreach.quiet_hours import STOCKHOLM

REF = datetime(2026, 11, 24, 13, 5, tzinfo=STOCKHOLM)  # a Tuesday


def test_lines_are_read_as_json():
    (read_line,) = understand_lines(['{"text": "tors halv 3", "ref": "2026-11-24T13:05"}', "  "][:2])

    assert read_line["intent"] == "day_time"
    assert read_line["start"] == "2026-11-26T14:30:00+01:00"
    assert read_line["ask"] is None


def test_options_are_numbered_as_they_stand():
    line = '{"text": "torsdag", "ref": "2026-11-24T12:05:00Z", "lang": "sv", "options": ["2026-12-03T10:00"]}'

    assert next(iter(understand_lines([line])))["start"] == "2026-12-03T00:00:00+01:00"


@pytest.mark.parametrize(
    "line",
    ["ja", "[]", '{"ref": "2026-11-24T10:00"}', '{"text": "ja"}', '{"text": "ja", "ref": "i morgon"}',
     '{"text": "ja", "ref": "2026-11-24T10:00", "options": ["x"]}', '{"text": 3, "ref": "2026-11-24T10:00"}'],
)  # fmt: skip
def test_a_bad_line_is_told_in_one_sentence(line):
    with pytest.raises(BadInput, match="Rad 1"):
        list(understand_lines([line]))


def test_an_evaluation_of_rows():
    rows = [
        {"text": "ja", "lang": "sv", "intent": "yes"}, {"text": "vill dö", "lang": "sv", "intent": "struggling"},
        {"text": "STOPP", "lang": "sv", "intent": "no"}, {"text": "nej", "lang": "sv", "intent": "crisis"},
    ]  # fmt: skip

    report = evaluate(rows, ref=REF)

    assert (report["rows"], report["accuracy"], report["right_or_safer"]) == (4, 0.25, 0.75)
    assert report["crisis_missed"] == ["nej"]
    assert report["false_stops"] == ["STOPP"]
    assert report["confusion"]["struggling"] == {"crisis": 1}
    assert [miss["text"] for miss in report["misses"]] == ["vill dö", "STOPP", "nej"]


def test_a_list_is_read_with_its_quotes_and_told_in_words():
    rows = read_rows('text\tlang\tintent\n"ja\tsv\tyes\nstopp\tsv\tno\n')

    assert [row["text"] for row in rows] == ['"ja', "stopp"]
    assert in_words(evaluate(rows)).splitlines() == [
        "2 rader, rätt 50,0 %, rätt eller säkrare 100,0 %, missade kriser 0, falska stopp 1", "no -> opt_out: stopp",
    ]  # fmt: skip


def test_a_comment_in_a_list_is_no_row():
    rows = read_rows("text\tlang\tintent\n# written by others\n#nej\tsv\tno\n")

    assert [row["text"] for row in rows] == ["#nej"]


def test_a_time_is_told_whatever_the_text_means():
    (line,) = understand_lines(['{"text": "kan inte komma fredag men torsdag kl 10", "ref": "2026-11-24T13:05"}'])

    assert line["start"] == "2026-11-26T10:00:00+01:00"


@pytest.mark.parametrize("row", [{"text": "ja"}, {"text": "ja", "intent": "kanske"}])
def test_a_bad_row_is_told(row):
    with pytest.raises(BadInput, match="Rad 1"):
        evaluate([row], ref=REF)


def test_every_text_is_listed_in_every_language_it_exists_in():
    listed = list(texts())
    count = Counter(text["lang"] for text in listed)

    assert count["sv"] == count["en"] > 70
    assert {lang: count[lang] > 0 for lang in ("sv_easy", "ar", "so", "ti", "fa")} == dict.fromkeys(
        ("sv_easy", "ar", "so", "ti", "fa"), True
    )
    assert all(text["parts"] <= 2 for text in listed if text["lang"] in ("sv", "en", "sv_easy"))
    assert listed[0]["code"] == "INV-1"
