"""Texts from a number that people of one office share are not for every office to read."""

from datetime import timedelta

import builders
from fastapi.testclient import TestClient

from bot.wiring import House


def test_a_shared_numbers_texts_are_read_by_the_offices_of_those_who_share_it(house: House, client: TestClient) -> None:
    with house.database.write() as session:
        north = builders.an_office(session)
        south = builders.an_office(session, "Unga Söder")
        for name in ("Leila", "Omar"):
            builders.a_person(session, name, office=north, mobile="05")
        talk = builders.a_talk(session, address="05", waits=timedelta(hours=1), why="vill boka, okänt nummer")
        builders.a_text_in(session, talk, "det som hände i fredags")
        near, far = (builders.a_staff(session, "konsulent", office=office) for office in (north, south))

    theirs = builders.signed_in(client, house.database, near)
    assert theirs.get(f"/inkorg/{talk.code}").status_code == 200
    others = builders.signed_in(client, house.database, far)
    assert others.get(f"/inkorg/{talk.code}").status_code == 403
    assert "det som hände" not in others.get("/idag").text
