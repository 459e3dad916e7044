"""What an automatic text must not say, and what it had better not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.word_check import check_words

STOPPING = [
    # each word of ux.md 4.8: alone, inflected, compound, in capitals
    "aktivitetsansvar", "aktivitetsansvaret", "kommunala aktivitetsansvaret", "AKTIVITETSANSVAR", "aktivitetsansvarig",
    "KAA", "kaa", "KAA:s", "KAA-listan", "kaa-ungdomar", "K.A.A.",
    "UVAS", "uvas", "UVAS-gruppen", "uvasare",
    "avhopp", "avhoppet", "avhoppare", "Avhoppad", "studieavhopp", "AVHOPP",
    "hoppat av", "hoppade av", "Hoppat av", "HOPPAT AV", "hoppat tyvärr av", "hoppar av",
    "skolk", "skolkar", "skolkat", "Skolkade", "skolkning", "SKOLK", "skolkstatistiken",
    "arbetslös", "arbetslösa", "arbetslöshet", "ungdomsarbetslösheten", "ARBETSLÖS", "arbetslos", "långtidsarbetslös",
    "socialtjänst", "Socialtjänsten", "socialtjänstlagen", "SOCIALTJÄNSTEN", "socialtjanst", "social tjänsten",
    "soc", "Soc", "SOC", "soc:s", "soc-kontoret", "socbidrag", "socen",
    "bistånd", "biståndet", "försörjningsbistånd", "biståndsenheten", "BISTÅND",
    "bidrag", "bidraget", "bidragen", "aktivitetsbidrag", "bidragsdel", "BIDRAG",
    "missbruk", "missbrukar", "missbruket", "missbruksvård", "MISSBRUK", "alkoholmissbruk",
    "drog", "droger", "drogerna", "drogtest", "drogfri", "DROGER", "partydroger",
    "psykiatri", "psykiatrin", "barnpsykiatrin", "psykiatrisk", "PSYKIATRI",
    "diagnos", "diagnosen", "diagnoser", "autismdiagnos", "DIAGNOS",
    "adhd", "ADHD", "Adhd-utredning", "ADHD:n",
    "autism", "autismen", "Autism", "autistisk", "autismspektrum",
    "LSS", "lss", "LSS-boende", "lss:s",
    "sjukersättning", "sjukersättningen", "SJUKERSÄTTNING", "sjukersattning",
    "kronofogden", "Kronofogden", "kronofogdemyndigheten", "KRONOFOGDEN",
    "polis", "polisen", "Polis", "POLISEN", "polisanmälan", "närpolisen", "civilpolis", "poliserna",
    "brott", "brottet", "brottslig", "våldsbrott", "brottsoffer", "BROTT", "ungdomsbrottslighet",
    "åtgärd", "åtgärden", "åtgärder", "åtgärdsprogram", "ÅTGÄRD", "arbetsmarknadsåtgärd", "atgard",
    "insats", "insatser", "insatsen", "skolinsats", "INSATS", "insatserna",
    "utanförskap", "utanförskapet", "UTANFÖRSKAP", "utanforskap",
]  # fmt: skip

HARMLESS = [
    "socker", "sockor", "socken", "social media", "sociala medier", "soccer", "socialt", "Hasselby",
    "polisonger", "polish your CV", "metropolis", "Minneapolis", "Akropolis",
    "skolkamrat", "skolkort", "skolklass", "skolkurator", "skolkök",
    "avbrott", "genombrott", "studieavbrott", "utbrott", "Brottby", "brottas",
    "bidra", "bidrar", "har bidragit", "androgyn", "hydrogen", "bedrog", "föredrog", "vi drog igång", "drogs",
    "arbetslösning", "samarbetslösningar", "kontantinsats", "hallå",
    "hoppa av bussen vid torget", "hoppa av vid Odenplan", "hoppa in", "utanför skolan", "tjänst", "kaninen", "Kaarina",
    "autograf", "autentisk", "diagonal", "missa inte bruket",
]  # fmt: skip


def words_found(level: str, text: str, options: dict) -> list[str]:
    return [found.words for found in check_words(text, **{"purpose": "reply", **options}) if found.level == level]


def stops(text: str, **options) -> list[str]:
    return words_found("stop", text, options)


def warnings(text: str, **options) -> list[str]:
    return words_found("warn", text, options)


@pytest.mark.parametrize("word", STOPPING)
def test_each_word_stops_in_running_text(word):
    assert stops(f"Hej! Vi vill prata om {word} med dig, vill du?")


@pytest.mark.parametrize("word", HARMLESS)
def test_words_that_look_alike_do_not_stop(word):
    assert stops(f"Hej! Vi vill prata om {word} med dig, vill du?") == []


def test_a_finding_shows_the_words_as_they_stand_and_says_why():
    (finding,) = check_words("Hej! Prata med Socialtjänsten?", purpose="reply")

    assert (finding.level, finding.words) == ("stop", "Socialtjänsten")
    assert finding.why
    assert finding.suggestion


def test_the_units_own_words_stop_inflected_and_in_compounds():
    assert stops("Kom till Fyrklöverns hus", own_words=["fyrklöver"]) == ["Fyrklöverns"]
    assert stops("Kom till huset", own_words=["", "fyrklöver"]) == []


def test_a_variable_is_not_a_word():
    assert stops("Hej {soc}!") == []


@pytest.mark.parametrize(
    "number",
    # Skatteverket's test numbers, one with a coordination number's day and one with a school's letter
    ["20070906-2384", "070906-2384", "200709062384", "20070906 2384", "0709062384", "070966-2384", "070906-T384"],
)
def test_a_personnummer_stops(number):
    assert stops(f"Du har nummer {number} hos oss") == [number]


@pytest.mark.parametrize(
    "number",
    ["070-174 06 05", "0701740605", "+46701740605", "08-465 004 10", "031-390 06 00", "116 111", "2026-11-24"],
)
def test_a_telephone_number_or_a_date_is_no_personnummer(number):
    assert stops(f"Ring {number} om du vill") == []


def test_a_full_name_stops():
    assert stops("Hej Leila Ek!", full_names=["Leila Ek"]) == ["Leila Ek"]
    assert stops("Hej Leila!", full_names=["Leila Ek"]) == []
    assert stops("Hej {fornamn} {efternamn}!") == ["{efternamn}"]


def test_a_sensitive_place_stops():
    assert stops("Vi ses på Storgatan 12, ok?", sensitive_places=["Storgatan 12"]) == ["Storgatan 12"]
    assert stops("Vi ses på Storgatan 1, ok?", sensitive_places=["Storgatan 12"]) == []


@pytest.mark.parametrize("link", ["bit.ly/abc", "https://tinyurl.com/x1", "www.rb.gy/q", "t.co/abc"])
def test_a_shortened_link_stops(link):
    assert stops(f"Läs mer: {link}.") == [link]


@pytest.mark.parametrize("link", ["https://bjorkstad.se/unga", "bjorkstad.se/unga", "t.me/{bot}?start={kod}"])
def test_a_whole_link_does_not_stop(link):
    assert stops(f"Läs mer: {link}.") == []


def test_a_campaign_must_say_who_writes():
    assert stops("Hej! Vill du prata om jobb?", purpose="campaign") == [""]
    assert stops("Hej från {enhet}! Vill du prata om jobb?", purpose="campaign") == []
    assert stops("Hej från Jobbtorg Norra! Vill du?", purpose="campaign", senders=["Jobbtorg Norra"]) == []


def test_a_first_contact_must_say_how_to_stop():
    assert stops("Hej från {enhet}! Vill du prata?", purpose="first_contact") == [""]
    assert stops("Hej från {enhet}! Vill du prata? STOPP=inga fler.", purpose="first_contact") == []
    assert stops("Hi from {enhet}! Want to talk? STOP = no more.", purpose="first_contact") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Du måste svara", "måste"),
        ("Det är sista chansen nu", "sista chansen"),
        ("Svara, annars ringer vi", "annars"),
        ("Mötet är obligatoriskt", "obligatoriskt"),
        ("Det är ett krav", "krav"),
        ("Varför har du inte svarat?", "Varför har du inte"),
        ("Vill du? Kan du?", "?"),
        ("Hej! Kom!", "!"),
        ("Svara NU", "NU"),
        ("Kom 🎉 hit", "🎉"),
        ("Vi ses i morgon", "i morgon"),
        ("Vi ses på tisdag", "tisdag"),
        ("a" * 400, ""),
        ("Hej och välkommen till oss, we want to talk to you and your friend", ""),
    ],
)
def test_warnings(text, words):
    assert words in warnings(text)


@pytest.mark.parametrize(
    "text",
    ["Inga krav alls.", "Svara JA, SENARE eller NEJ.", "Vi ses tisdag 24 november kl. 14.00.", "Vi ses {tid}, {plats}.",
     "Vill du prata? Svara RING.", "Skicka ditt CV som sms."],
)  # fmt: skip
def test_a_good_text_gets_no_warning(text):
    assert warnings(text) == []


def test_any_link_in_a_first_contact_is_warned_about():
    first = "Hej från {enhet}! Läs bjorkstad.se/unga. STOPP=inga fler."

    assert warnings(first, purpose="first_contact") == ["bjorkstad.se/unga"]
    assert warnings(first, purpose="campaign") == []


@given(st.text())
def test_any_text_can_be_checked(text):
    assert isinstance(check_words(text, own_words=[text], full_names=[text], sensitive_places=[text]), list)
