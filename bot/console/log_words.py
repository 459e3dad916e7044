"""What stands in the log, in words: each event with the group it is searched by (ux §4.17)."""

from collections.abc import Mapping

GROUPS: Mapping[str, str] = {
    "lasning": "Läsning av personer", "person": "Ändringar om personer", "samtal": "Samtal och stopp",
    "mote": "Möten", "utskick": "Utskick", "listor": "Listor in och ut", "trappan": "Kontakttrappan och vykort",
    "installningar": "Inställningar", "inloggning": "Inloggning",
}  # fmt: skip

_WORDS: Mapping[str, Mapping[str, str]] = {
    "lasning": {
        "read": "Läste personsidan", "seen_as_alike": "Visades som möjlig dubblett",
        "person_opened": "Öppnade personsidan", "person_read": "Läste personsidan",
        "opened_outside": "Öppnade en person på ett annat kontor", "personnummer_shown": "Visade personnumret",
    },
    "person": {
        "acquainted": "Sade att de känner personen", "acquaintance_lifted": "Jäv togs bort",
        "aged_out": "Blev för gammal för programmet", "corrected": "Rättade uppgifter",
        "contract_signed": "Utbildningskontrakt", "ended": "Avslutade insats eller pekare", "enrolled": "Skrev in",
        "encouragement_begun": "Uppmuntran började", "encouragement_ended": "Uppmuntran slutade",
        "looked_up": "Letade nummer", "merged": "Slog ihop två sidor", "parted": "Delade på hopslagna sidor",
        "noted": "Noterade en kontakt", "note_undone": "Ångrade en notering", "number_confirmed": "Numret bekräftat",
        "number_marked_wrong": "Numret är fel", "number_owner": "Noterade vems numret är",
        "number_restored": "Lade tillbaka ett nummer", "number_struck": "Strök ett nummer",
        "offered": "Erbjöd en insats", "offer_answered": "Svar på ett erbjudande", "offer_undone": "Ångrade erbjudande",
        "other_help_noted": "Räknade hjälp till annan målgrupp", "other_help_undone": "Ångrade räknad hjälp",
        "person_added": "Lade till en person",
        "person_protected": "Skyddade uppgifter noterade", "outcome": "Noterade utfall",
        "outcome_dismissed": "Avfärdade föreslaget utfall", "paused": "Pausade kontakten",
        "person_closed": "Avslutade personen", "person_reopened": "Öppnade personen igen",
        "programme_ended": "Lämnade programmet", "referred": "Hänvisning", "referral_undone": "Ångrade hänvisning",
        "resumed": "Återupptog kontakten", "sharing_written": "Skrev delningskort",
        "sharing_permitted": "Samtycke till delning", "sharing_told": "Berättade för en partner",
        "sharing_withdrawn": "Samtycke togs tillbaka", "responsible_changed": "Bytte ansvarig för flera",
    },
    "samtal": {
        "answered_as_corrected": "Svarade enligt rättad tolkning", "alert_seen": "Såg ett larm",
        "alert_told": "Larmade personal", "crisis": "Akut text", "crisis_undone": "Akut läge upphävt",
        "gave_back": "Lämnade tillbaka till automaten", "talk_done": "Markerade samtalet klart",
        "reminders_off": "Slog av påminnelser om bokade tider", "reminders_on": "Slog på påminnelser om bokade tider",
        "talk_outcome": "Noterade vad ett samtal kom fram till",
        "took_over": "Tog över samtalet", "reading_corrected": "Rättade en tolkning", "stop": "Stopp",
        "start": "Stopp upphävt av personen", "spoken_stop": "Muntligt stopp",
        "stop_lifted": "Stopp upphävt av personal",
        "link_made": "Länk till Telegram skapad", "link_opened": "Länk till Telegram öppnad",
        "link_refused": "Länk till Telegram nekad", "linked": "Telegram kopplat", "unlinked": "Telegram frånkopplat",
        "call_announced": "Sade till om ett samtal", "call_moved": "Flyttade ett utlovat samtal",
    },
    "mote": {
        "attendance": "Noterade närvaro", "booked": "Bokade en tid", "cancelled": "Avbokade en tid",
        "meeting_called_off": "Ställde in ett möte", "times_added": "Lade till tider",
        "times_changed": "Ändrade sina tider", "times_ended": "Tog bort tider", "time_added": "Lade upp en tid",
        "time_closed": "Spärrade en tid", "time_opened": "Öppnade en tid igen", "days_off_added": "Spärrade dagar",
        "days_off_removed": "Öppnade spärrade dagar", "feed_on": "Slog på kalenderflödet",
        "feed_off": "Slog av kalenderflödet", "follow_up_off": "Slog av uppföljningsfrågor",
        "signed_up": "Anmäld till dialogmöte", "gathering_made": "Gjorde ett dialogmöte",
        "gathering_asked": "Bad om okej för ett dialogmöte", "gathering_published": "Publicerade ett dialogmöte",
        "gathering_changed": "Ändrade ett dialogmöte", "gathering_runs": "Lät ett dialogmöte bli av",
        "gathering_written_to": "Skrev till alla anmälda", "gathering_counted": "Räknade vid ett dialogmöte",
        "gathering_closed": "Avslutade ett dialogmöte", "gathering_answers": "Noterade vad ett dialogmöte gav",
        "ambassador_led": "Ändrade handledare eller timmar för en ambassadör",
        "gathering_word": "Sade till dem som kommer till ett dialogmöte",
        "hours_noted": "Skrev timmar", "hours_corrected": "Rättade timmar", "hours_handed_in": "Skickade in timmar",
        "hours_decided": "Godkände eller skickade tillbaka timmar",
        "wished": "Bad personalen om något för ett dialogmöte", "wish_answered": "Svarade på en ambassadörs önskan",
        "signup_cancelled": "Avanmäld från dialogmöte", "gathering_attendance": "Noterade närvaro vid dialogmöte",
    },
    "utskick": {
        "approval_asked": "Bad om godkännande av utskick", "campaign_approved": "Godkände utskick",
        "campaign_sent_back": "Skickade tillbaka utskick",
        "campaign_budget": "Ändrade kostnadsgräns", "campaign_created": "Skapade utskick",
        "campaign_launched": "Startade utskick", "campaign_learned": "Skrev vad utskicket lärde",
        "campaign_paused": "Pausade utskick",
        "campaign_resumed": "Återupptog utskick", "campaign_scheduled": "Schemalade utskick",
        "campaign_stopped": "Stoppade utskick",
        "campaign_version_chosen": "Valde version efter pilot", "campaign_unscheduled": "Tog bort schemat för utskick",
        "global_pause_on": "Pausade alla utskick", "global_pause_off": "Återupptog alla utskick",
        "test_text": "Skickade ett prov till sig själv", "unknown_counted_as_sent": "Räknade en okänd text som skickad",
        "unknown_given_up": "Gav upp en okänd text", "unknown_sent_again": "Skickade en okänd text igen",
        "word_check_lifted": "Gick förbi ordkollen",
    },
    "listor": {
        "corrections_exported": "Hämtade rättade tolkningar", "exported": "Exporterade",
        "import_continued": "Fortsatte en import", "import_undone": "Ångrade en import",
        "columns_remembered": "Ändrade vilka kolumner importen minns",
        "list_imported": "Importerade en lista",
        "selection_removed": "Tog bort ett sparat urval", "selection_renamed": "Ändrade ett sparat urval",
    },
    "trappan": {
        "card_returned": "Vykort kom i retur", "cards_discarded": "Kastade vykort", "cards_made": "Skapade vykort",
        "cards_sent": "Vykort skickade", "cards_unsent": "Ångrade skickade vykort",
        "put_in_call_pass": "Lade i ringpasset", "taken_out_of_call_pass": "Tog ur ringpasset",
        "ladder_changed": "Ändrade trappan", "ladder_steps_changed": "Ändrade trappans steg",
    },
    "installningar": {
        "checklist_confirmed": "Bekräftade en rad i checklistan",
        "checklist_taken_back": "Tog tillbaka en bekräftelse i checklistan",
        "help_line_added": "Lade till en hjälplinje", "help_line_changed": "Ändrade en hjälplinje",
        "help_line_checked": "Kontrollerade en hjälplinje", "help_line_removed": "Tog bort en hjälplinje",
        "language_on": "Slog på ett språk", "language_off": "Slog av ett språk",
        "measure_begun": "Slog på en insats", "measure_ended": "Slog av en insats",
        "measure_saved": "Sparade en insats",
        "office_changed": "Ändrade ett kontor", "place_saved": "Sparade en plats", "place_removed": "Tog bort en plats",
        "partner_begun": "Slog på en partner", "partner_ended": "Slog av en partner",
        "partner_saved": "Sparade en partner", "phone_reset": "Nollställde en övningstelefon",
        "holiday_mode": "Ändrade semesterläget", "routing_changed": "Ändrade vem som svarar om vad",
        "substitute_named": "Valde ersättare", "quick_texts_changed": "Ändrade snabbsvaren",
        "local_question_changed": "Ändrade en egen fråga med svar",
        "goal_changed": "Ändrade ett mål",
        "text_changed": "Ändrade en text som automaten skickar",
        "setting_changed": "Ändrade en inställning", "sms_route": "Bytte leverantör av sms",
        "staff_phone": "Ändrade personalens larmnummer", "telegram_on": "Slog på Telegram",
        "telegram_off": "Slog av Telegram",
    },
    "inloggning": {
        "employment_ended": "Avslutade en anställning", "extract_shown": "Noterade utdrag ur belastningsregistret",
        "invitation_used": "Valde lösenord med en kod", "locked": "Kontot låstes",
        "outside_account_tied": "Kopplade kommunens konto till sitt",
        "passkey_added": "Lade till en lösennyckel", "passkey_removed": "Tog bort en lösennyckel",
        "password_changed": "Bytte sitt lösenord", "recovery_codes_made": "Gjorde nya reservkoder",
        "role_ended": "Avslutade en roll", "role_given": "Gav en roll", "signed_in": "Loggade in",
        "signed_out_everywhere": "Loggade ut en kollega överallt", "signed_out_others": "Loggade ut webbläsare",
        "staff_added": "Ny personal", "staff_invited": "Bjöd in en kollega", "staff_left": "En kollega har slutat",
        "way_in_reset": "Gav en kollega en ny kod",
    },
}  # fmt: skip
_GROUP_OF = {action: group for group, words in _WORDS.items() for action in words}


def say(action: str) -> str:
    """An event in words; its own name where it has none."""
    group = _GROUP_OF.get(action)
    return _WORDS[group][action] if group else action.replace("_", " ").capitalize()


def is_known(action: str) -> bool:
    """Whether the event has words of its own."""
    return action in _GROUP_OF


def actions_of(group: str) -> tuple[str, ...]:
    """The events of a group; none for a group there is not."""
    return tuple(_WORDS.get(group, ()))
