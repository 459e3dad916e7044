"""One text that nobody can make anything of keeps no other from being read."""

from datetime import timedelta

from talks import Town

import storage.inbound
from bot import inbox


def test_texts_that_cannot_be_handled_keep_nobody_from_being_read(town: Town) -> None:
    leila, omar = town.youth("Leila", "05"), town.youth("Omar", "06")
    with town.house.database.write() as session:
        talk = leila.talk
        # A context that no version of ours writes: whatever reads it fails.
        talk.context = {"asked": "OFFER", "asked_at": "i går", "options": "x"}
        session.merge(talk)
    leila.writes("2")
    omar.writes("vem e du")
    town.clock.forward(seconds=26)

    inbox.read_due(town.house.database, together=timedelta(seconds=25), now=town.clock.now())

    town.run()
    assert omar.hears() == ["WHO"]
    assert leila.talk.waiting_why == "texten kunde inte läsas av automaten"
    with town.house.database.read() as session:
        assert storage.inbound.unread_count(session) == 0


def test_a_text_that_cannot_even_be_put_aside_is_tried_again_but_not_forever_at_once(town: Town) -> None:
    leila, omar = town.youth("Leila", "05"), town.youth("Omar", "06")
    with town.house.database.connect() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_end BEFORE UPDATE OF handled_at ON inboundtext "
            f"WHEN NEW.sender = '{leila.address}' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    leila.writes("vem e du")
    omar.writes("vem e du")
    town.clock.forward(seconds=26)

    town.run()

    assert omar.hears() == ["WHO"]
    assert leila.hears() == []
    with town.house.database.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER no_end")
    town.run()
    assert leila.hears() == ["WHO"]
