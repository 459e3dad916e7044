"""What Telefonen calls things: texts that wait for their time, faults to try, replies to try."""

# Kind of an outgoing text, as something that waits for its time.
KINDS = {
    "campaign": "Sms från ett utskick",
    "ladder": "Inbjudan",
    "nudge": "Påminnelse om inbjudan",
    "reminder": "Påminnelse om mötet",
    "follow_up": "Uppföljning",
    "reply": "Svar",
    "staff": "Sms från personalen",
    "stop_confirmation": "Bekräftelse",
    "crisis": "Krissvar",
    "notice": "Meddelande",
    "test": "Test",
}
REMINDERS = {"REM-24": "Påminnelse dagen före mötet", "REM-2": "Påminnelse två timmar före mötet"}
# What can be wrong with a phone for as long as it is switched on: the simulator's word, label, what it shows.
FAULTS = (
    ("dead", "Numret finns inte", "Sms:et går aldrig fram. Numret hamnar i Leta nummer."),
    ("off", "Telefonen är av", "Leverantören tar emot sms:et men det når aldrig fram."),
    ("down", "Leverantören är nere", "Vi försöker igen efter 30 sekunder, 5 minuter, 30 minuter och 2 timmar."),
    ("lost", "Leverantörens svar kommer bort", "Vi vet inte om sms:et gick. Det skickas aldrig en gång till."),
    ("late", "Kvittot dröjer", "Sms:et går fram, men kvittot kommer först när du provar Sent kvitto."),
    ("blocked", "Spärrad hos leverantören", "Räknas som att personen har sagt stopp."),
)
# What is done once.
TRICKS = (
    ("dubbelt", "Dubbelt meddelande", "Leverantören lämnar den senaste texten en gång till. Den ska räknas en gång."),
    ("sent", "Sent kvitto", "Kvittot på det senaste sms:et som saknar ett kommer nu."),
    ("kvitto", "Kvitton i fel ordning", "Ett äldre kvitto kommer efter det sista. Inget ska ändras."),
)
TRICK_DONE = {
    "dubbelt": "Den senaste texten kom en gång till, med samma nummer från leverantören. Den räknades en gång.",
    "sent": "Kvittot kom. Sms:et räknas nu som levererat.",
    "kvitto": "Ett äldre kvitto kom för det senaste sms:et. Läget är som förut.",
    "inget": "Det finns inget att prova med än. Skriv från telefonen först.",
    "kvitterat": "Inget sms saknar kvitto. Prova Kvittot dröjer först, och skriv från telefonen.",
}

QUICK = (
    "ja", "2", "nej tack", "senare", "vem e du", "kostar det nåt", "ring mig", "fel nummer", "jobbar redan",
    "tis 14", "byt tid", "avboka", "STOPP", "START",
)  # fmt: skip
QUICK_ENGLISH = (
    "yes", "2", "no thanks", "later", "who is this", "does it cost", "call me", "wrong number", "I have a job",
    "tue 14", "other time", "skip", "STOP", "START",
)  # fmt: skip
STANDINGS = (
    ("unverified", "Overifierat, har aldrig provats"),
    ("confirmed", "Bekräftat, personen har svarat förut"),
    ("unknown", "Ingen i registret har det"),
)
LANGUAGES = (("sv", "Svenska"), ("en", "Engelska"))
