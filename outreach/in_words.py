"""What is kept as a code, said in Swedish: one table a noun, used by pages, exports and reports alike."""

from collections.abc import Mapping

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
}

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
}

RESULTS: Mapping[str, str] = {
    "talked": "Vi fick kontakt",
    "no_answer": "Svarade inte",
    "busy": "Upptaget eller avstängt",
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
    "other": "Att göra",
}

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
