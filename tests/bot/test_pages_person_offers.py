"""What a person is offered and what comes of it, on their page; and the catalogue and directory it is chosen from."""

import re
from datetime import date

import pytest
from builders import NOW, Browser, a_person, a_staff, an_office, signed_in
from fastapi.testclient import TestClient

import storage.audit
import storage.offers
import storage.partners
import storage.tasks
from bot.wiring import House
from storage.offers import Measure
from storage.partners import Partner
from storage.people import Person
from storage.tasks import Outcome


@pytest.fixture
def leila(house: House) -> Person:
    """Leila, 18, with a mobile."""
    with house.database.write() as session:
        return a_person(session, mobile="05")


@pytest.fixture
def komvux(house: House, leila: Person) -> Measure:
    """A measure that her office can offer."""
    with house.database.write() as session:
        return storage.offers.keep(
            session,
            Measure(office_id=leila.office_id or 0, name="Studiesteg 1", aim="study", place="Komvux"),
        )


def words(page: str) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def made(house: House, person: Person) -> list[tuple[str, str, bool]]:
    """What the person has been offered: the day, the answer, whether it was taken back."""
    with house.database.read() as session:
        found = storage.offers.of_person(session, person.id)
    return [(offer.offered_on.isoformat(), offer.answer, offer.withdrawn_at is not None) for offer, _ in found]


# ---- offers


def test_an_offer_is_noted_with_its_day_and_answered_later(
    sara: Browser, leila: Person, komvux: Measure, house: House
) -> None:
    answer = sara.post(f"/register/{leila.code}/erbjudande", insats=komvux.code, insatsdatum="20 nov 2026")
    assert answer.headers["location"] == f"/register/{leila.code}?klart=sparat"
    with house.database.read() as session:
        offer = storage.offers.of_person(session, leila.id)[0][0]
    sara.post(f"/register/{leila.code}/erbjudande/{offer.code}/svar", svar="accepted")

    page = words(sara.see(f"/register/{leila.code}"))
    assert made(house, leila) == [("2026-11-20", "accepted", False)]
    assert "Studiesteg 1 2026-11-20 Sara Lind" in page
    assert "Tackade ja till Studiesteg 1" in page
    assert "Erbjöds Studiesteg 1" in page


def test_an_answer_is_undone_first_and_then_the_offer(
    sara: Browser, leila: Person, komvux: Measure, house: House
) -> None:
    sara.post(f"/register/{leila.code}/erbjudande", insats=komvux.code, insatsdatum="2026-11-20")
    with house.database.read() as session:
        address = f"/register/{leila.code}/erbjudande/{storage.offers.of_person(session, leila.id)[0][0].code}"
    sara.post(f"{address}/svar", svar="declined")

    sara.post(f"{address}/angra")
    assert made(house, leila) == [("2026-11-20", "", False)]
    sara.post(f"{address}/angra")

    assert made(house, leila) == [("2026-11-20", "", True)]
    assert "Borttaget, räknas inte" in sara.see(f"/register/{leila.code}")


@pytest.mark.parametrize(("day", "said"), [("2026-12-24", "har inte varit än"), ("i höstas", "gick inte att läsa")])
def test_a_day_that_cannot_be_is_sent_back_with_what_was_typed(
    sara: Browser, leila: Person, komvux: Measure, house: House, day: str, said: str
) -> None:
    answer = sara.post(f"/register/{leila.code}/erbjudande", insats=komvux.code, insatsdatum=day)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{day}"' in answer.text
    assert made(house, leila) == []


def test_a_measure_that_has_ended_or_is_anothers_cannot_be_offered(
    sara: Browser, leila: Person, komvux: Measure, house: House
) -> None:
    with house.database.write() as session:
        elsewhere = storage.offers.keep(
            session, Measure(office_id=an_office(session, "Unga Söder").id, name="Annat", aim="work")
        )
    sara.post(f"/installningar/insatser/{komvux.code}/slut")

    for code in (komvux.code, elsewhere.code, "ingen"):
        answer = sara.post(f"/register/{leila.code}/erbjudande", insats=code, insatsdatum="2026-11-24")
        assert answer.status_code == 422
    assert "Studiesteg 1" not in sara.see(f"/register/{leila.code}")


# ---- enrolments, contracts, outcomes


def test_an_enrolment_is_a_day_and_a_name(sara: Browser, leila: Person, house: House) -> None:
    sara.post(f"/register/{leila.code}/inskrivning", system="Flai", inskrivetdatum="2026-11-02")
    with house.database.read() as session:
        row = storage.offers.enrolments(session, leila.id)[0]
    sara.post(f"/register/{leila.code}/inskrivning/{row.code}/slut", slut="2026-11-20")

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Flai 2026-11-02 – 2026-11-20".replace(" ", "") in page.replace(" ", "")
    assert "Inte längre inskriven i Flai" in page


def test_a_nameless_enrolment_is_sent_back(sara: Browser, leila: Person) -> None:
    assert sara.post(f"/register/{leila.code}/inskrivning", inskrivetdatum="2026-11-02").status_code == 422


@pytest.mark.parametrize(("born", "shown"), [
    (date(2007, 11, 24), False), (date(2006, 11, 24), True), (date(2001, 11, 25), True), (date(2001, 11, 24), False),
])  # fmt: skip
def test_education_contracts_are_for_those_between_20_and_24(
    sara: Browser, house: House, born: date, shown: bool
) -> None:
    with house.database.write() as session:
        person = a_person(session, born=born)

    page = sara.see(f"/register/{person.code}")

    assert ("Utbildningskontrakt" in page) == shown
    assert not shown or page.index("Utbildningskontrakt") < page.index("Erbjudna insatser")


def test_a_contract_that_ends_before_it_begins_is_sent_back(sara: Browser, leila: Person, house: House) -> None:
    answer = sara.post(f"/register/{leila.code}/kontrakt", kontraktdatum="2026-11-20", kontraktslut="2026-11-01")
    fine = sara.post(f"/register/{leila.code}/kontrakt", kontraktdatum="2026-11-20")

    assert (answer.status_code, fine.status_code) == (422, 303)
    with house.database.read() as session:
        assert len(storage.offers.contracts(session, leila.id)) == 1


def test_support_without_enrolment_is_an_outcome_of_its_own(sara: Browser, leila: Person) -> None:
    sara.post(f"/register/{leila.code}/utfall", utfall="support", datum="2026-11-24")

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Råd och stöd utan inskrivning 2026-11-24 Bekräftat av Sara Lind" in page


def test_what_the_service_read_wrongly_is_dismissed_and_stays_told(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        proposed = storage.tasks.add_outcome(
            session, Outcome(person_id=leila.id, kind="work", on=date(2026, 11, 20), source="svar", proposed_at=NOW)
        )

    sara.post(f"/register/{leila.code}/utfall/{proposed.id}/bort")

    with house.database.read() as session:
        assert storage.tasks.outcomes(session, leila.id) == []
    assert "Utfall borttaget arbete, 2026-11-20" in words(sara.see(f"/register/{leila.code}"))


def test_another_persons_rows_cannot_be_reached_from_this_page(
    sara: Browser, leila: Person, komvux: Measure, house: House
) -> None:
    sara.post(f"/register/{leila.code}/erbjudande", insats=komvux.code, insatsdatum="2026-11-20")
    with house.database.write() as session:
        elsa = a_person(session, "Elsa")
        offer = storage.offers.of_person(session, leila.id)[0][0]

    assert sara.post(f"/register/{elsa.code}/erbjudande/{offer.code}/svar", svar="accepted").status_code == 404
    assert made(house, leila) == [("2026-11-20", "", False)]


# ---- partners


def test_who_referred_the_person_is_noted_with_day_and_ground(sara: Browser, leila: Person, house: House) -> None:
    sara.post("/installningar/partner", hos=str(leila.office_id), name="Fältgruppen", kind="fältare",
              phone="070-174 06 80")  # fmt: skip
    with house.database.read() as session:
        partner = storage.partners.partners(session, leila.office_id)[0]

    sara.post(f"/register/{leila.code}/hanvisning", partner=partner.code, riktning="av", hanvisadatum="2026-11-10",
              grund="personen har sagt ja")  # fmt: skip

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Hänvisad av Fältgruppen 2026-11-10 Personen har sagt ja" in page
    with house.database.read() as session:
        row = storage.partners.referrals(session, leila.id)[0][0]
    sara.post(f"/register/{leila.code}/hanvisning/{row.code}/bort")
    assert "Hänvisning borttagen av Fältgruppen, 2026-11-10" in words(sara.see(f"/register/{leila.code}"))


def test_a_referral_needs_a_ground_and_a_partner_of_the_office(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        mine, elsewhere = Partner(office_id=leila.office_id or 0, name="A"), Partner(
            office_id=an_office(session, "Unga Söder").id, name="B"
        )  # fmt: skip
        for one in (mine, elsewhere):
            storage.partners.keep(session, one)

    for partner, ground in ((mine, ""), (elsewhere, "personen har sagt ja")):
        answer = sara.post(f"/register/{leila.code}/hanvisning", partner=partner.code, grund=ground,
                           hanvisadatum="2026-11-10")  # fmt: skip
        assert answer.status_code == 422


# ---- the catalogue


def test_study_stands_before_work_and_work_before_other_support(sara: Browser, leila: Person) -> None:
    for name, aim in (("Stödsamtal", "support"), ("Jobbspår", "work"), ("Komvux", "study"), ("Folkhögskola", "study")):
        sara.post("/installningar/insatser", hos=str(leila.office_id), name=name, aim=aim)

    page = words(sara.see(f"/register/{leila.code}"))

    places = [page.index(name) for name in ("Komvux", "Folkhögskola", "Jobbspår", "Stödsamtal")]
    assert places == sorted(places)


def test_the_order_inside_an_aim_can_be_changed(sara: Browser, leila: Person, house: House) -> None:
    for name in ("Komvux", "Folkhögskola"):
        sara.post("/installningar/insatser", hos=str(leila.office_id), name=name, aim="study")
    with house.database.read() as session:
        last = storage.offers.measures(session, leila.office_id)[-1]

    sara.post(f"/installningar/insatser/{last.code}/upp")

    with house.database.read() as session:
        assert [one.name for one in storage.offers.measures(session, leila.office_id)] == ["Folkhögskola", "Komvux"]


def test_a_measure_is_changed_where_it_stands(sara: Browser, komvux: Measure, house: House) -> None:
    assert 'value="Studiesteg 1"' in sara.see(f"/installningar/insatser?andra={komvux.code}")
    sara.post("/installningar/insatser", kod=komvux.code, name="Studiesteg 2", aim="work", times="måndagar")

    with house.database.read() as session:
        kept = storage.offers.measure_by_code(session, komvux.code)
    assert kept is not None
    assert (kept.name, kept.aim, kept.times, kept.place) == ("Studiesteg 2", "work", "måndagar", "")


@pytest.mark.parametrize("page", ["insatser", "partner"])
def test_faults_keep_what_was_typed_and_other_offices_are_out_of_reach(
    sara: Browser, client: TestClient, leila: Person, house: House, page: str
) -> None:
    typed = {"hos": str(leila.office_id), "name": " ", "place": "Torget", "contact": "Torget"}
    answer = sara.post(f"/installningar/{page}", **typed)
    with house.database.write() as session:
        elsewhere = an_office(session, "Unga Söder").id
        ambassador = a_staff(session, "ambassador")

    assert answer.status_code == 422
    assert 'value="Torget"' in answer.text
    assert sara.post(f"/installningar/{page}", hos=str(elsewhere), name="X", aim="study").status_code == 404
    assert signed_in(client, house.database, ambassador).get(f"/installningar/{page}").status_code == 403


def test_the_log_says_what_was_done_without_names(sara: Browser, leila: Person, komvux: Measure, house: House) -> None:
    sara.post(f"/register/{leila.code}/erbjudande", insats=komvux.code, insatsdatum="2026-11-20")

    with house.database.read() as session:
        line = next(line for line in storage.audit.latest(session) if line.action == "offered")
    assert (line.staff_id, line.person_id, line.detail) == (sara.staff.id, leila.id, {"measure": komvux.code})
