"""The register's own lists of rules, what is done with many at once, and help outside the target group."""

import re
from datetime import date, timedelta

import pytest
from builders import NOW, Browser, a_number, a_person, a_staff, a_talk, a_task, an_office, signed_in
from fastapi.testclient import TestClient

import storage.amendments
import storage.campaigns
import storage.ladders
import storage.other_help
import storage.people
import storage.tasks
from bot.wiring import House
from outreach import audience, name_search, selections
from storage.campaigns import SavedAudience
from storage.database import Database
from storage.ladders import LadderPlace
from storage.people import Person
from storage.register import Filter
from storage.tasks import Attempt


def names(page: str) -> list[str]:
    """The first names in the table, in order."""
    return re.findall(r'scope="row"[^>]*><a href="/register/\w+">(\w+)', page)


@pytest.fixture
def people(house: House, sara: Browser) -> dict[str, Person]:
    """Three people who differ in what can be filtered by."""
    with house.database.write() as session:
        found = {
            "Åsa": a_person(session, "Åsa", "Öberg", mobile="05", born=date(2007, 1, 1), responsible_id=sara.staff.id),
            "Bilal": a_person(session, "Bilal", "Khalil", mobile="06", source="Tips", born=date(2007, 2, 1)),
            "Cilla": a_person(session, "Cilla", "Ek", mobile="07", born=date(2006, 12, 10)),
        }
        storage.ladders.keep(session, LadderPlace(
            person_id=found["Bilal"].id, kind="ring", position=1, began_at=NOW, entered_at=NOW, due_at=NOW
        ))  # fmt: skip
        storage.tasks.add_attempt(
            session, Attempt(person_id=found["Bilal"].id, kind="call", at=NOW - timedelta(days=3))
        )
        a_task(session, found["Cilla"], "shared_number")
    return found


@pytest.mark.parametrize(("query", "found"), [
    ("steg=ring", ["Bilal"]),
    ("kontakt=7", ["Bilal"]),
    ("kontakt=-30", ["Cilla", "Åsa"]),
    ("kalla=Tips", ["Bilal"]),
    ("ansvarig=0", ["Bilal", "Cilla"]),
    ("fyller=20&inom=30", ["Cilla"]),
    ("uppgift=shared_number", ["Cilla"]),
    ("steg=nagot&kontakt=ofta&uppgift=x", ["Bilal", "Cilla", "Åsa"]),
])  # fmt: skip
def test_the_rarer_filters_stand_in_the_address(
    sara: Browser, people: dict[str, Person], query: str, found: list[str]
) -> None:  # fmt: skip
    assert sorted(names(sara.see(f"/register?{query}"))) == sorted(found)


@pytest.mark.parametrize("wanted", [
    Filter(step="ring"), Filter(contact_days=7), Filter(silent_days=30), Filter(source="tips"),
    Filter(responsible_id=0), Filter(turns=20, turns_days=30), Filter(task="duplicate"),
])  # fmt: skip
def test_what_is_picked_can_be_said_and_read_again(database: Database, wanted: Filter) -> None:
    with database.write() as session:
        said = audience.sentence(audience.words(session, wanted))

        assert audience.read(session, said) == wanted


def test_somebody_responsible_is_named_in_the_sentence(sara: Browser, people: dict[str, Person]) -> None:
    page = sara.see(f"/register?ansvarig={sara.staff.id}")

    assert names(page) == ["Åsa"]
    assert "1 person · Unga Norr · ansvarig Sara Lind" in page


@pytest.mark.parametrize("words", ["asa oberg", "Öberg Åsa", "ÅSA", "berg", "ober å"])
def test_a_name_is_found_without_dots_in_parts_and_either_way_round(
    sara: Browser, people: dict[str, Person], words: str
) -> None:  # fmt: skip
    sara.post("/register/sok", q=words)

    assert names(sara.see("/register")) == ["Åsa"]


def test_a_misspelt_name_is_offered_as_it_may_have_been_meant(sara: Browser, people: dict[str, Person]) -> None:
    sara.post("/register/sok", q="Bilal Kahlil")

    page = sara.see("/register")

    assert "Menade du Bilal Khalil?" in page
    assert 'name="q" value="Bilal Khalil"' in page


def test_a_word_like_nobodys_gives_no_suggestion(house: House, people: dict[str, Person]) -> None:
    with house.database.read() as session:
        assert name_search.spelt_right(session, [people["Åsa"].office_id or 0], "Bilal Xyzzyx") == []


def test_another_is_responsible_for_all_in_the_selection_and_it_can_be_taken_back(
    sara: Browser, house: House, people: dict[str, Person]
) -> None:  # fmt: skip
    with house.database.write() as session:
        other = a_staff(session, "konsulent", name="Bo Ek")
        hidden = a_person(session, "Hemlig", protected=True)
    asked = sara.post("/register/flera/fraga", gor="ansvarig", alla="ja", fraga="kalla=lista")
    assert "2 personer" in asked.text

    done = sara.post("/register/flera", gor="ansvarig", fraga="kalla=lista", ansvarig=str(other.id))

    assert "Ansvarig är bytt för 2 personer." in done.text
    with house.database.read() as session:
        now = {name: storage.people.get(session, one.id).responsible_id for name, one in people.items()}
        assert now == {"Åsa": other.id, "Bilal": None, "Cilla": other.id}
        assert storage.people.get(session, hidden.id).responsible_id is None
        [kept] = storage.amendments.of_person(session, people["Åsa"].id)
        assert (kept.fact, kept.before, kept.after) == ("responsible_id", "Sara Lind", "Bo Ek")

    sealed = re.search(r'name="vilka" value="([^"]+)"', done.text)
    assert sealed is not None
    sara.post("/register/flera/angra", gor="ansvarig", vilka=sealed[1])

    with house.database.read() as session:
        assert storage.people.get(session, people["Åsa"].id).responsible_id == sara.staff.id
        assert storage.people.get(session, people["Cilla"].id).responsible_id is None


def test_ticked_people_come_into_the_call_pass_once(sara: Browser, house: House, people: dict[str, Person]) -> None:
    for _ in range(2):
        done = sara.post("/register/flera/fraga", gor="ringpass", person=people["Cilla"].code)

    assert "0 personer är lagda i ringpasset.</strong> 1 var det redan" in done.text
    with house.database.read() as session:
        kinds = [task.kind for task in storage.tasks.of_person(session, people["Cilla"].id)]
    assert sorted(kinds) == ["ring", "shared_number"]


def test_many_rest_until_a_day_and_wake_again(sara: Browser, house: House, people: dict[str, Person]) -> None:
    codes = {"person": [people["Åsa"].code, people["Cilla"].code]}
    wrong = sara.post("/register/flera", gor="status", status="vilar", till="i våras", varfor="annat skäl", **codes)
    assert wrong.status_code == 422

    done = sara.post("/register/flera", gor="status", status="vilar", till="2027-02-01", varfor="annat skäl", **codes)

    assert "Status är ändrad för 2 personer." in done.text
    sealed = re.search(r'name="vilka" value="([^"]+)"', done.text)
    assert sealed is not None
    with house.database.read() as session:
        assert storage.people.get(session, people["Åsa"].id).paused_until is not None
    sara.post("/register/flera/angra", gor="status", vilka=sealed[1])
    with house.database.read() as session:
        assert storage.people.get(session, people["Åsa"].id).paused_until is None


def test_nothing_is_taken_back_by_a_form_somebody_made_up(sara: Browser, people: dict[str, Person]) -> None:
    answer = sara.post("/register/flera/angra", gor="ansvarig", vilka=f'{{"{people["Åsa"].id}": null}}')

    assert answer.status_code == 422


def test_a_saved_selection_tells_how_it_has_changed_in_a_week(
    sara: Browser, house: House, people: dict[str, Person]
) -> None:  # fmt: skip
    sara.post("/register/urval", namn="Tipsen", urval="källa tips och unga norr")
    with house.database.write() as session:
        assert selections.note_counts(session, NOW - timedelta(days=8)) == 1
        assert selections.note_counts(session, NOW - timedelta(days=8)) == 0
        a_number(session, a_person(session, "Dilan", source="Tips"), "08")

    page = sara.see("/register/urval")

    assert "Tipsen" in page
    assert "<strong>2</strong> personer, +1 på en vecka" in page


def test_ones_own_selection_is_seen_by_oneself_alone(
    client: TestClient, sara: Browser, house: House, people: dict[str, Person]
) -> None:  # fmt: skip
    sara.post("/register/urval", namn="Mitt", urval="källa tips och unga norr", delat="nej")
    with house.database.write() as session:
        staff = a_staff(session, name="Bo Ek")
        saved = storage.campaigns.saved_audience(session, "Mitt")
    assert saved is not None
    bo = signed_in(client, house.database, staff)

    assert "Mitt" in sara.see("/register/urval")
    assert "Mitt" not in bo.see("/register/urval")
    assert bo.post(f"/register/urval/{saved.id}/ta-bort").status_code == 404


def test_a_selection_is_renamed_removed_and_put_back(sara: Browser, house: House, people: dict[str, Person]) -> None:
    with house.database.write() as session:
        office = an_office(session)
        saved = storage.campaigns.save_audience(
            session, SavedAudience(name="Norr", sentence="unga norr", office_id=office.id, created_at=NOW)
        )

    assert sara.post(f"/register/urval/{saved.id}/andra", namn="Alla i norr", delat="ja").status_code == 303
    gone = sara.post(f"/register/urval/{saved.id}/ta-bort")
    assert "Urvalet ”Alla i norr” är borttaget." in gone.text
    assert "Alla i norr" not in sara.see("/register/urval")
    sara.post("/register/urval", namn="Alla i norr", urval="unga norr", delat="ja")

    assert "Alla i norr" in sara.see("/register/urval")


def test_help_outside_the_target_group_is_a_count_and_can_be_undone(sara: Browser, house: House) -> None:
    here = "/register/annan-malgrupp"
    assert sara.post(here, vad="Något eget, Leila Amari", antal="1").status_code == 422
    assert sara.post(here, vad="Frågor om studier", antal="3", dag="2026-11-20").status_code == 303

    page = sara.see(here)

    assert "3 personer utanför målgruppen har fått hjälp 2026" in page
    code = re.search(r"/register/annan-malgrupp/(\w+)/angra", page)
    assert code is not None
    sara.post(f"{here}/{code[1]}/angra")
    assert "0 personer utanför målgruppen" in sara.see(here)


def test_idag_points_to_every_worklist_where_somebody_waits(
    sara: Browser, house: House, people: dict[str, Person]
) -> None:  # fmt: skip
    with house.database.write() as session:
        a_talk(session, people["Bilal"], address="06", state="invited")

    page = sara.see("/idag")

    assert '<a href="/register?uppgift=shared_number">Säg vems numret är</a><strong>1</strong>' in page
    assert "Fyller 20 inom 60 dagar" in page
    assert "Hjälpte någon utanför målgruppen" in page
