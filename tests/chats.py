"""Telegram in the town of `talks`: chats that write, press and block as Telegram tells of it, over the simulator."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from talks import Town, Youth

import storage.numbers
from bot.channels.telegram_updates import read_update
from outreach import linking
from storage.people import Person

BOT = "brygga_bot"

_numbers = count(1001)


def turn_on(town: Town) -> None:
    """The installation has a bot, and the office wants it."""
    with town.house.database.write() as session:
        linking.know_bot(session, BOT, now=town.clock.now())
        linking.turn(session, town.office_id, on=True, now=town.clock.now())


def code_in(text: str) -> str:
    """The code of the link in a text."""
    found = re.search(rf"t\.me/{BOT}\?start=([A-Za-z0-9_-]{{1,64}}) ", text)
    assert found is not None, text
    return found[1]


def asks_for_link(youth: Youth) -> str:
    """TELEGRAM by SMS; the code of the link that comes."""
    assert youth.says("TELEGRAM") == ["TG-LINK"]
    return code_in(youth.last)


@dataclass
class Chat(Youth):
    """A private chat with the bot."""

    channel: str = "telegram"

    def happens(self, **update: Any) -> int:
        """Telegram tells us of something; the number of the update."""
        number = next(_numbers)
        self.comes_again(number, **update)
        return number

    def comes_again(self, number: int, **update: Any) -> None:
        """The same update once more."""
        read = read_update({"update_id": number, **update}, self.town.clock.now())
        if read.inbound is not None:
            self.town.house.keep_inbound(read.inbound)

    def message(self, text: str, message_id: int, **more: Any) -> dict[str, Any]:
        """The Message object."""
        return {"message_id": message_id, "chat": {"id": int(self.address), "type": "private"}, "text": text, **more}

    def writes(self, text: str, *, provider_id: str = "", media: bool = False) -> None:
        """A text, written or pressed: a reply keyboard makes them alike."""
        message = self.message(text, int(provider_id or next(_numbers)))
        self.happens(message=message | ({"photo": []} if media else {}))

    def edits(self, message_id: int, text: str) -> None:
        """An earlier text is changed."""
        self.happens(edited_message=self.message(text, message_id))

    def opens(self, code: str = "") -> list[str]:
        """The Start button, with the code of a link where there is one; what comes at once."""
        self.writes(f"/start {code}".strip())
        self.town.run()
        return self.hears()

    def blocks(self) -> None:
        """The bot is blocked."""
        chat = {"id": int(self.address), "type": "private"}
        self.happens(my_chat_member={"chat": chat, "new_chat_member": {"status": "kicked"}})
        self.town.run()

    @property
    def buttons(self) -> list[str]:
        """What stands under the latest text."""
        with self.town.house.database.read() as session:
            rows = storage.messages.of_address(session, "telegram", self.address)
        return rows[-1].buttons.split("|")

    @property
    def whose(self) -> str:
        """First name of the person it is tied to; empty while it is anonymous."""
        with self.town.house.database.read() as session:
            person: Person | None = storage.numbers.person_linked(session, "telegram", self.address)
        return person.first_name if person is not None else ""


def a_chat(town: Town, address: int = 55) -> Chat:
    """Somebody on Telegram, whoever it is."""
    return Chat(town, str(address), None)


def a_tied_chat(youth: Youth, address: int = 55) -> Chat:
    """The chat of somebody in the register, tied to them."""
    chat = Chat(youth.town, str(address), None)
    assert chat.opens(asks_for_link(youth)) == ["TG-NAME"]
    assert chat.says("JA") == ["TG"]
    return Chat(youth.town, chat.address, youth.person_id, seen=chat.seen)
