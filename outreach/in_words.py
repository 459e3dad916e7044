"""What is kept as a code, said in Swedish: one table a noun, used by pages, exports and reports alike."""

from collections.abc import Mapping, Sequence

# Conversation states (ux §5.3).
STATES: Mapping[str, str] = {
    "new": "Ny",
    "invited": "Inbjuden",
    "offered": "Har svarat ja",
    "time_proposed": "Tid föreslagen",
    "booked": "Bokad",
    "confirmed": "Bekräftad",
    "cancelled": "Avbokad",
    "met": "Träffad",
    "no_show": "Uteblev",
    "resting": "Vilar",
    "declined": "Avböjt",
    "occupied": "Jobbar eller pluggar",
    "wrong_number": "Fel nummer",
    "ladder": "Kontakttrappan",
    "follow_up": "Uppföljning",
    "signed_up": "Anmäld",
    "waiting_list": "Reserv",
    "human": "Hos personal",
    "urgent": "Akut",
    "stopped": "Har sagt stopp",
    "ended": "Avslutad",
}

# What the service read in a text (ux §5.4), as it follows "Tolkat som:".
INTENTS: Mapping[str, str] = {
    "crisis": "akut läge",
    "opt_out": "vill inte ha fler sms",
    "third_party": "någon annan svarar",
    "wrong_number": "fel nummer",
    "my_data": "frågar om sina uppgifter",
    "struggling": "har det tufft",
    "abuse": "är arg eller ledsen",
    "other_language": "vill ha ett annat språk",
    "human": "vill prata med en människa",
    "running_late": "blir sen",
    "cancel": "vill avboka",
    "reschedule": "vill byta tid",
    "choose_option": "valde en siffra",
    "day_time": "föreslår en tid",
    "occupied": "jobbar eller pluggar",
    "later": "vill vänta",
    "who": "undrar vem vi är",
    "question": "ställer en fråga",
    "no": "nej",
    "yes": "ja",
    "opt_in": "vill ha sms igen",
    "thanks": "tackar",
    "greeting": "hälsar",
    "unknown": "gick inte att tolka",
}

# What followed when staff said what a text meant, by the codes of `outreach.set_right`.
SET_RIGHT: Mapping[str, str] = {
    "calm": "Det akuta läget är över och larmet är stängt.",
    "lifted": "Stoppet är hävt.",
    "stays": "Stoppet står kvar: bara personen själv häver det, genom att skriva START.",
    "alerted": "Jouren larmas nu och automaten är tyst. Inget hjälpsms skickas: skriv eller ring själv.",
    "unheard": "Automaten är tyst, men ingen har jour. Inget hjälpsms skickas: skriv eller ring själv, nu.",
    "stopped": "Stoppet gäller nu.",
    "others": "Numret är märkt, och samtalet väntar på er.",
    "struck": "Numret är struket.",
    "struck_booked": "Numret är struket. En bokad tid står kvar: bestäm vad som ska hända med den.",
    "let_be": "Inget mer skickas dit.",
    "data": "Det ligger som uppgift, och inbjudningar är pausade i 30 dagar.",
    "declined": "Personen får vara i fred i sex månader.",
    "rests": "Personen vilar i 30 dagar.",
    "booked": "En bokad tid står kvar, så samtalet väntar på er.",
    "proposed": "Utfallet är föreslaget. Bekräfta det på personens sida och välj vilket.",
    "wants": "Inget är skickat, och samtalet väntar på er.",
    "waits": "Samtalet väntar på er.",
    "noted": "Läget är som det var.",
    "older": "Personen har skrivit mer sedan dess, så läget är som det var.",
    "back": "Det står åter som det tolkades.",
}


def set_right(meant: str, done: Sequence[str]) -> str:
    """Rättat till: fel nummer. Numret är struket. Empty where it says nothing we know."""
    if meant not in INTENTS or not done or not SET_RIGHT.keys() >= set(done):
        return ""
    return " ".join([f"Rättat till: {INTENTS[meant]}.", *(SET_RIGHT[one] for one in done)])


KINDS: Mapping[str, str] = {
    "campaign": "Utskick",
    "ladder": "Kontakttrappan",
    "nudge": "Påminnelse om inbjudan",
    "reminder": "Påminnelse om möte",
    "follow_up": "Uppföljning",
    "reply": "Automatiskt svar",
    "staff": "Svar från personal",
    "stop_confirmation": "Bekräftelse av stopp",
    "crisis": "Hjälp i akut läge",
    "notice": "Besked",
    "test": "Test till personal",
}

STANDINGS: Mapping[str, str] = {
    "unverified": "overifierat",
    "works": "fungerar",
    "confirmed": "bekräftat",
    "dead": "fungerar inte",
    "wrong_person": "fel person",
    "other_answers": "någon annan svarar",
}

NUMBER_KINDS: Mapping[str, str] = {"mobile": "mobil", "landline": "fast", "foreign": "utländskt"}

OWNERS: Mapping[str, str] = {"self": "personens eget", "guardian": "en vårdnadshavares", "unknown": "inte sagt vems"}

PROGRAMMES: Mapping[str, str] = {"kaa": "KAA", "uppsok": "Uppsök", "other": "Annan målgrupp"}

OUTCOMES: Mapping[str, str] = {
    "studies": "Studier",
    "work": "Arbete",
    "work_experience": "Praktik",
    "other_measure": "Annan insats",
    "has_support": "Har redan stöd",
    "abroad": "Utomlands",
    "declined": "Avböjt",
    "moved": "Flyttat",
    "deceased": "Avliden",
    "met": "Träffad",
    "enrolled": "Inskriven",
    "support": "Råd och stöd utan inskrivning",
}

# What a measure leads to, first things first (domain S30).
AIMS: Mapping[str, str] = {"study": "Studier", "work": "Arbete", "support": "Annat stöd"}

ANSWERS: Mapping[str, str] = {"": "", "accepted": "Tackade ja", "declined": "Tackade nej"}

# What staff can change about a person, as the timeline names it.
AMENDED: Mapping[str, str] = {
    "first_name": "Förnamn", "last_name": "Efternamn", "birth_date": "Födelsedatum", "care_of": "C/o",
    "street": "Gatuadress", "postcode": "Postnummer", "town": "Postort", "district": "Område", "school": "Skola",
    "language": "Språk", "office_id": "Kontor", "responsible_id": "Ansvarig", "protected": "Skyddade personuppgifter",
    "closed": "Avslutad", "opened": "Öppnad igen", "paused": "Vilar", "resumed": "Vilar inte längre",
    "outcome": "Utfall borttaget", "referral": "Hänvisning borttagen", "added": "Lades till för hand",
}  # fmt: skip

BOOKINGS: Mapping[str, str] = {
    "booked": "Inte bekräftad ännu",
    "confirmed": "Bekräftad",
    "moved": "Flyttad till en annan tid",
    "cancelled": "Avbokad",
    "came": "Kom",
    "came_late": "Kom sent",
    "no_show": "Kom inte",
    "called_off": "Inställd av oss",
}

ATTEMPTS: Mapping[str, str] = {
    "call": "Samtal",
    "social": "Sociala medier",
    "postcard": "Vykort",
    "visit": "Hembesök",
    "met_outdoors": "Träff ute",
    "guardian_call": "Samtal med vårdnadshavare",
    "look_up": "Letade nummer",
    "note": "Anteckning",
    "meeting": "Möte",
    "letter": "Brev",
    "partner": "Genom en partner",
}

CARDS: Mapping[str, str] = {"first": "Vykort", "closing": "Avslutningskort"}

# Steps of the contact ladder.
STEPS: Mapping[str, str] = {
    "ring": "Ring", "sms": "Sms", "reminder": "Påminnelse", "chat": "Chatt eller sociala medier",
    "postcard": "Vykort", "other_way": "En annan väg", "guardian_call": "Ring vårdnadshavare",
    "home_visit": "Hembesök", "rest": "Vila", "find_number": "Leta nummer", "closing_card": "Avslutningskort",
}  # fmt: skip

RESULTS: Mapping[str, str] = {
    "talked": "Vi fick kontakt",
    "found": "Hittade ett nummer",
    "not_found": "Hittade inget",
    "no_answer": "Svarade inte",
    "busy": "Upptaget eller avstängt",
    "wrong_number": "Fel nummer",
    "later": "Ska ringas senare",
    "done": "Gjort",
    "spoke_with_guardian": "Pratade med vårdnadshavaren",
}

TASKS: Mapping[str, str] = {
    "ring": "Ring",
    "find_number": "Leta nummer",
    "postcard": "Skicka vykort",
    "answer": "Svara",
    "crisis": "Akut",
    "shared_number": "Säg vems numret är",
    "duplicate": "Möjlig dubblett",
    "my_data": "Frågar om sina uppgifter",
    "hand_over": "Lämna över före 20",
    "other": "Att göra",
}

# How a goal is measured, and which way it is to go.
GOAL_MEASURES: Mapping[str, str] = {"count": "Antal", "share": "Andel", "change": "Förändring mot perioden före"}
GOAL_DIRECTIONS: Mapping[str, str] = {"up": "Minst, eller upp", "down": "Högst, eller ner"}

FIELDS: Mapping[str, str] = {
    "name": "namn",
    "birth_date": "födelsedatum",
    "personnummer": "personnummer",
    "address": "adress",
    "district": "område",
    "school": "skola",
    "language": "språk",
    "own_phone": "nummer",
    "dropout_date": "avbrottsdatum",
    "protected": "skyddsmarkering",
    "guardian_1": "vårdnadshavare 1",
    "guardian_1_phone": "nummer till vårdnadshavare 1",
    "guardian_2": "vårdnadshavare 2",
    "guardian_2_phone": "nummer till vårdnadshavare 2",
}
