"""Twilio's statuses and error codes in our words: one table, each row with its page at the provider."""

import logging

from bot.channels.readings import LATER, NUMBER_DEAD, OPERATOR, OPTED_OUT, TELL, UNKNOWN, Reading

_log = logging.getLogger(__name__)

# Twilio docs: Outbound Message Status in Status Callbacks. Ours: sent, delivered, undelivered, failed.
STATUSES = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}

_ROWS = {
    "10001": (OPERATOR, f"Kontot hos sms-leverantören är avstängt. {TELL}"),
    "14107": (LATER, "För många sms till samma nummer på kort tid. Vi försöker igen senare."),
    "20003": (OPERATOR, f"Sms-leverantören godtar inte våra nycklar. {TELL}"),
    "20005": (OPERATOR, f"Kontot hos sms-leverantören är inte aktivt. {TELL}"),
    "20404": (OPERATOR, f"Sms-leverantören hittar inte vårt konto. {TELL}"),
    "20429": (LATER, "Sms-leverantören hinner inte med. Vi försöker igen senare."),
    "20500": (UNKNOWN, "Sms-leverantören fick ett fel. Sms:et kan ha gått iväg ändå."),
    "21211": (NUMBER_DEAD, "Numret är inte ett giltigt telefonnummer."),
    "21212": (OPERATOR, f"Vårt avsändarnummer är inte giltigt. {TELL}"),
    "21217": (NUMBER_DEAD, "Numret är inte ett giltigt telefonnummer."),
    "21265": (NUMBER_DEAD, "Numret är ett kortnummer och kan inte ta emot sms från oss."),
    "21266": (NUMBER_DEAD, "Numret är vårt eget avsändarnummer."),
    "21408": (OPERATOR, f"Kontot får inte skicka sms till det landet. {TELL}"),
    "21602": (OPERATOR, f"Sms:et saknade text. {TELL}"),
    "21603": (OPERATOR, f"Sms:et saknade avsändarnummer. {TELL}"),
    "21606": (OPERATOR, f"Vårt avsändarnummer kan inte skicka sms dit. {TELL}"),
    "21608": (OPERATOR, f"Provkontot får bara skicka till godkända nummer. {TELL}"),
    "21609": (OPERATOR, f"Vår adress för kvitton är inte giltig. {TELL}"),
    "21610": (OPTED_OUT, "Mottagaren har skrivit STOP till vårt nummer."),
    "21611": (LATER, "Kön för vårt avsändarnummer är full. Vi försöker igen senare."),
    "21612": (OPERATOR, f"Vårt avsändarnummer når inte det numret. {TELL}"),
    "21614": (NUMBER_DEAD, "Numret är inte ett mobilnummer."),
    "21617": (OPERATOR, "Texten är längre än 1 600 tecken. Korta den."),
    "21619": (OPERATOR, f"Sms:et saknade text. {TELL}"),
    "21635": (NUMBER_DEAD, "Numret är en fast telefon och kan inte ta emot sms."),
    "21657": (OPERATOR, f"Vårt avsändarnamn är inte godkänt. {TELL}"),
    "21659": (OPERATOR, f"Vårt avsändarnummer finns inte hos leverantören. {TELL}"),
    "21660": (OPERATOR, f"Vårt avsändarnummer hör inte till kontot. {TELL}"),
    "21661": (OPERATOR, f"Vårt avsändarnummer kan inte skicka sms. {TELL}"),
    "21703": (OPERATOR, f"Avsändartjänsten saknar nummer. {TELL}"),
    "30001": (LATER, "Sms:et hann inte skickas innan kön blev full. Vi försöker igen senare."),
    "30002": (OPERATOR, f"Kontot hos sms-leverantören är avstängt. {TELL}"),
    "30003": (LATER, "Telefonen är avstängd eller utan täckning."),
    "30004": (OPERATOR, "Mottagarens telefon eller operatör spärrade sms:et. Pröva en annan väg."),
    "30005": (NUMBER_DEAD, "Numret finns inte längre."),
    "30006": (NUMBER_DEAD, "Numret är en fast telefon eller går inte att nå med sms."),
    "30007": (OPERATOR, "Operatören stoppade texten som skräppost. Ändra texten."),
    "30008": (UNKNOWN, "Sms:et kom inte fram. Operatören sade inte varför."),
    "30017": (LATER, "Mobilnätet var överbelastat. Vi försöker igen senare."),
    "30018": (OPERATOR, f"Vårt avsändarnamn måste registreras hos operatören. {TELL}"),
    "30022": (LATER, "Operatören hinner inte med. Vi försöker igen senare."),
    "30024": (OPERATOR, f"Vårt avsändarnummer är inte registrerat hos operatören. {TELL}"),
    "30036": (LATER, "Sms:et hann inte skickas i tid och kastades av leverantören."),
    "30042": (OPERATOR, f"Vårt avsändarnamn är spärrat. {TELL}"),
    "30045": (OPERATOR, f"Sms:ets giltighetstid var fel. {TELL}"),
    "30410": (UNKNOWN, "Operatören svarade inte. Sms:et kan ha kommit fram ändå."),
    "63017": (LATER, "Sms-leverantören hinner inte med. Vi försöker igen senare."),
    "63038": (LATER, f"Dagens gräns för antal sms är nådd. {TELL}"),
    "70051": (OPERATOR, f"Sms-leverantören godtar inte våra nycklar. {TELL}"),
    "90007": (OPERATOR, f"Sms:ets giltighetstid var fel. {TELL}"),
    "90010": (OPERATOR, f"Kontot hos sms-leverantören är inte aktivt. {TELL}"),
}

CODES = {code: Reading(*row, source=f"Twilio docs: error {code}") for code, row in _ROWS.items()}

_NO_CODE = Reading(UNKNOWN, "Sms:et kom inte fram. Leverantören sade inte varför.", source="")
_NEW_CODE = Reading(UNKNOWN, "Sms:et kom inte fram. Leverantörens felkod är ny för oss.", source="")


def read(code: str | None) -> Reading:
    """The table's row; a code that is missing or not in it reads as `unknown`, never as a guess."""
    if not code:
        return _NO_CODE
    if code not in CODES:
        _log.warning("Twilio error code %s is not in the table", code[:10])
        return _NEW_CODE
    return CODES[code]
