"""Staff who say what a text meant, and what comes of it."""

from builders import Browser
from campaign_desk import words
from talks import Town, Youth

import storage.inbound
import storage.messages
import storage.numbers
from storage.inbound import InboundText


def latest(youth: Youth) -> InboundText:
    """What the youth wrote last."""
    with youth.town.house.database.read() as session:
        return storage.inbound.of_conversation(session, youth.talk.id)[-1]


def correct(sara: Browser, youth: Youth, meant: str, **more: str) -> str:
    """Press a meaning under the latest text; the sentence on the page that comes."""
    return press(sara, youth, latest(youth), meant, **more)


def press(sara: Browser, youth: Youth, text: InboundText, meant: str, **more: str) -> str:
    """Press a meaning under a text."""
    answer = sara.post(f"/inkorg/{youth.talk.code}/tolkning", text=str(text.id), betydelse=meant, **more)
    assert answer.status_code == 303
    page = words(sara.see(answer.headers["location"]))
    start = max(page.find("Rättat till"), page.find("Redan gjort"))
    return page[start : start + 200] if start >= 0 else page


def let_answer(sara: Browser, youth: Youth) -> list[str]:
    """Press Svara som automaten skulle ha gjort; what comes to the telephone."""
    sara.post(f"/inkorg/{youth.talk.code}/tolkning/svara", text=str(latest(youth).id))
    youth.town.run()
    return youth.hears()


def heard(youth: Youth) -> list[str]:
    """What has come to the telephone when everything due is done."""
    youth.town.run()
    return youth.hears()


def standing(youth: Youth) -> str:
    """How the youth's number stands."""
    with youth.town.house.database.read() as session:
        return storage.numbers.of_person(session, youth.person_id or 0)[0][0].standing


def told(town: Town) -> int:
    """How many alerts have gone to the one on duty."""
    with town.house.database.read() as session:
        texts = storage.messages.of_address(session, "sms", "+46701740698")
    return len([text for text in texts if text.text_code == "ALERT"])
