"""Four eyes before many texts: who is asked, what an approval holds for, that nothing starts without it (ux §4.8)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from builders import a_staff
from campaign_town import NOW, RULES, a_campaign, a_person, an_office

import storage.approvals
import storage.audit
import storage.campaigns
import storage.staff
import storage.time_patterns
from outreach import approvals, campaign_versions, campaigns
from outreach.approvals import Limit
from outreach.campaign_versions import Words
from outreach.errors import BadInput, Conflict, NotAllowed
from scheduler import starts
from storage.campaigns import Campaign, SavedAudience
from storage.database import Session
from storage.staff import Staff, StaffRole
from storage.time_patterns import DayOff

OFFICE = "Unga Norr"


@pytest.fixture
def sara(session: Session) -> Staff:
    """A coordinator, at an office with two people in its register where every campaign is approved."""
    office = an_office(session)
    for which in range(2):
        a_person(session, which)
    sara = a_staff(session, name="Sara Lind")
    approvals.set_limit(session, office.id, Limit(always=True), sara, now=NOW)
    return sara


@pytest.fixture
def karin(session: Session) -> Staff:
    """The head of the same office."""
    return a_staff(session, "enhetschef", name="Karin Ek")


def a_draft(session: Session, by: Staff, **fields: object) -> Campaign:
    """A campaign that somebody has made."""
    return a_campaign(session, office_id=an_office(session).id, created_by_id=by.id, **fields)


def ask(session: Session, campaign: Campaign, by: Staff) -> bool:
    return approvals.ask(session, campaign, 2, RULES, by, now=NOW)


def approve(session: Session, campaign: Campaign, by: Staff, *, people: int = 2) -> bool:
    row = storage.approvals.latest(session, campaign.id)
    seen = row.mark if row is not None else ""
    return approvals.approve(session, campaign, by, RULES, seen=seen, people=people, now=NOW)


def may_start(session: Session, campaign: Campaign, people: int = 2) -> bool:
    try:
        approvals.check(session, campaign, people, RULES, now=NOW)
    except BadInput:
        return False
    return True


def actions(session: Session) -> list[str]:
    return [event.action for event in storage.audit.latest(session, 50)]


def test_it_is_needed_above_the_limit_of_the_strictest_office_reached(session: Session) -> None:
    office, other, sara = an_office(session), an_office(session, "Unga Syd"), a_staff(session)
    campaign = a_draft(session, sara)

    assert [approvals.is_needed(session, campaign, people, now=NOW) for people in (300, 301)] == [False, True]
    approvals.set_limit(session, other.id, Limit(10), sara, now=NOW)
    assert not approvals.is_needed(session, campaign, 300, now=NOW)
    script = a_campaign(session, name="Av ett skript")
    assert approvals.is_needed(session, script, 11, now=NOW), "a script reaches both offices"
    assert not approvals.set_limit(session, other.id, Limit(10), sara, now=NOW)
    approvals.set_limit(session, office.id, Limit(300, always=True), sara, now=NOW)
    assert approvals.is_needed(session, campaign, 1, now=NOW)
    for wrong in (0, 200_001):
        with pytest.raises(BadInput, match="mellan 1 och"):
            approvals.set_limit(session, office.id, Limit(wrong), sara, now=NOW)


def test_nothing_starts_until_another_has_approved_it(session: Session, sara: Staff, karin: Staff) -> None:
    campaign = a_draft(session, sara)
    later = NOW + timedelta(hours=1)

    for start in (
        lambda: campaigns.launch(session, campaign, RULES, now=NOW),
        lambda: campaigns.schedule(session, campaign, RULES, later, now=NOW, staff_id=sara.id),
    ):
        with pytest.raises(BadInput, match="behöver godkännas av en annan"), session.begin_nested():
            start()
    session.refresh(campaign)
    assert campaign.state == "draft"

    assert [ask(session, campaign, sara), ask(session, campaign, sara)] == [True, False]
    assert not may_start(session, campaign), "asked is not approved"
    assert [approve(session, campaign, karin), approve(session, campaign, karin)] == [True, False]
    assert not ask(session, campaign, sara), "it has been given"
    assert campaigns.launch(session, campaign, RULES, now=NOW)
    assert [actions(session).count(one) for one in ("approval_asked", "campaign_approved")] == [1, 1]


def test_only_another_head_of_the_office_approves(session: Session, sara: Staff, karin: Staff) -> None:
    a_staff(session, "enhetschef", name="Lisa Holm")
    coordinator = a_staff(session, name="Noor Bakr")
    elsewhere = a_staff(session, "enhetschef", name="Per Å", office=an_office(session, "Unga Syd"))
    here = StaffRole(staff_id=elsewhere.id, office_id=an_office(session).id, role="konsulent")
    storage.staff.give_role(session, here)
    for maker, asker, refused in ((sara, sara, coordinator), (sara, sara, elsewhere), (karin, sara, karin),
                                  (sara, karin, karin), (sara, coordinator, sara)):  # fmt: skip
        campaign = a_draft(session, maker)
        ask(session, campaign, asker)

        assert not approvals.may_answer(session, campaign, refused, now=NOW)
        with pytest.raises(NotAllowed):
            approve(session, campaign, refused)
        with pytest.raises(NotAllowed):
            approvals.send_back(session, campaign, refused, "Nej", seen="", now=NOW)


CHANGES: dict[str, Callable[[Campaign], None]] = {
    "the text": lambda one: setattr(one, "text_sv", one.text_sv + " Hej."),
    "the english text": lambda one: setattr(one, "text_en", ""),
    "the selection": lambda one: setattr(one, "audience", "har mobil"),
    "the time": lambda one: setattr(one, "start_at", NOW + timedelta(days=1)),
    "the pace": lambda one: setattr(one, "per_day", 5),
    "the cap": lambda one: setattr(one, "budget_kr", 500),
    "who answers": lambda one: setattr(one, "answered_by_id", one.created_by_id),
}


def test_an_approval_falls_with_any_change(session: Session, sara: Staff, karin: Staff) -> None:
    campaign = a_draft(session, sara)
    for what, change in CHANGES.items():
        ask(session, campaign, sara)
        assert approvals.waiting(session, karin, RULES, now=NOW)
        approve(session, campaign, karin)
        assert may_start(session, campaign)
        change(campaign)

        assert approvals.standing(session, campaign, 2, RULES, now=NOW).state == "fallen", what
        with pytest.raises(BadInput, match="Godkännandet gäller inte längre"):
            approvals.check(session, campaign, 2, RULES, now=NOW)
    assert ask(session, campaign, sara), "and can be asked for anew"


def test_an_approval_falls_with_what_is_tried(session: Session, sara: Staff, karin: Staff) -> None:
    campaign = a_draft(session, sara)
    letter = campaign_versions.add(session, campaign)
    ask(session, campaign, sara)
    approve(session, campaign, karin)
    assert may_start(session, campaign)

    campaign_versions.write(session, campaign, Words(letter, "Hej! Ska vi ses? JA eller NEJ. STOPP = inga fler.", ""))

    assert approvals.standing(session, campaign, 2, RULES, now=NOW).state == "fallen"


def test_at_the_machine_only_a_rule_that_was_set_holds_anybody_back(session: Session) -> None:
    office, sara = an_office(session), a_staff(session)
    script = a_campaign(session, name="Av ett skript", office_id=office.id)
    assert not approvals.is_needed(session, script, 5000, now=NOW)

    approvals.set_limit(session, office.id, Limit(299), sara, now=NOW)

    assert approvals.is_needed(session, script, 300, now=NOW)


def test_a_changed_rule_of_a_saved_selection_and_a_larger_register_count_too(
    session: Session, sara: Staff, karin: Staff
) -> None:
    saved = storage.campaigns.save_audience(session, SavedAudience(name="Våra", sentence="kaa", created_at=NOW))
    campaign = a_draft(session, sara, audience="våra")
    approvals.ask(session, campaign, 20, RULES, sara, now=NOW)
    with pytest.raises(Conflict, match="har ändrats"):
        approve(session, campaign, karin, people=23)
    approve(session, campaign, karin, people=20)

    assert [may_start(session, campaign, people) for people in (1, 22, 23)] == [True, True, False]
    for days, holds in ((7, True), (8, False)):
        later = approvals.standing(session, campaign, 20, RULES, now=NOW + timedelta(days=days))
        assert later.may_start is holds
    saved.sentence = "alla"
    session.add(saved)
    assert not may_start(session, campaign)


def test_nobody_approves_what_they_have_not_seen(session: Session, sara: Staff, karin: Staff) -> None:
    campaign = a_draft(session, sara)
    ask(session, campaign, sara)
    old = storage.approvals.latest(session, campaign.id)
    assert old is not None
    campaign.text_sv += " Hej."

    assert approvals.waiting(session, karin, RULES, now=NOW) == [], "what has changed is not to be answered"
    with pytest.raises(Conflict):
        approve(session, campaign, karin)
    ask(session, campaign, sara)
    with pytest.raises(Conflict):
        approvals.approve(session, campaign, karin, RULES, seen=old.mark, people=2, now=NOW)
    assert approve(session, campaign, karin)


def test_a_line_goes_back_to_whoever_asked(session: Session, sara: Staff, karin: Staff) -> None:
    lisa = a_staff(session, "enhetschef", name="Lisa Holm")
    campaign = a_draft(session, sara)
    ask(session, campaign, sara)
    row = storage.approvals.latest(session, campaign.id)
    assert row is not None
    with pytest.raises(BadInput, match="Skriv en rad"):
        approvals.send_back(session, campaign, karin, "  ", seen=row.mark, now=NOW)

    assert approvals.send_back(session, campaign, karin, "Ta bort  tiden", seen=row.mark, now=NOW)
    assert not approve(session, campaign, lisa), "the first answer counts"
    assert approvals.standing(session, campaign, 2, RULES, now=NOW).state == "sent_back"
    assert not may_start(session, campaign)
    [(found, _)] = approvals.waiting(session, sara, RULES, now=NOW)
    assert (found.line, approvals.waiting(session, karin, RULES, now=NOW)) == ("Ta bort tiden", [])
    assert ask(session, campaign, sara), "as it is, if they have talked about it"


def test_whoever_stands_in_for_the_head_is_asked(session: Session, sara: Staff, karin: Staff) -> None:
    noor = a_staff(session, name="Noor Bakr")
    campaign = a_draft(session, sara)
    gone = DayOff(staff_id=karin.id, first=date(2026, 11, 1), last=date(2026, 12, 24), made_at=NOW)
    storage.time_patterns.add_days_off(session, gone)

    with pytest.raises(BadInput, match="Karin Ek är borta utan ersättare"):
        ask(session, campaign, sara)
    gone.substitute_id = sara.id
    assert approvals.who_can(session, campaign, now=NOW) == [], "not even in the head's place oneself"
    gone.substitute_id = noor.id
    assert [one.name for one in approvals.who_can(session, campaign, now=NOW)] == ["Noor Bakr"]
    ask(session, campaign, sara)
    assert approve(session, campaign, noor)


def test_the_only_head_is_told_what_to_do(session: Session, sara: Staff, karin: Staff) -> None:
    campaign = a_draft(session, karin)

    with pytest.raises(BadInput, match="Låt en kollega göra utskicket, eller be en administratör"):
        ask(session, campaign, karin)
    office, other = an_office(session), an_office(session, "Unga Syd")
    a_staff(session, "enhetschef", name="Lisa Holm", office=other)
    both = a_campaign(session, name="Båda", created_by_id=None)
    with pytest.raises(BadInput, match="Gör ett utskick för varje kontor"):
        ask(session, both, sara)
    head = a_staff(session, "enhetschef", name="Bo Ed", office=office)
    assert [one.name for one in approvals.who_can(session, campaign, now=NOW)] == [head.name]


def test_an_approved_time_starts_by_itself_and_what_has_changed_does_not(
    session: Session, sara: Staff, karin: Staff
) -> None:
    # A time in the night is the next morning's: moving it there is no change.
    night, morning = NOW + timedelta(hours=12), NOW + timedelta(days=1)
    campaign = a_draft(session, sara, start_at=night)
    ask(session, campaign, sara)
    approve(session, campaign, karin)
    first = morning.replace(hour=9, minute=0, second=0)
    campaigns.schedule(session, campaign, RULES, first, now=NOW, staff_id=sara.id)
    with pytest.raises(Conflict, match="godkänt som det är"):
        campaigns.change_budget(session, campaign, 900, now=NOW, staff_id=sara.id)

    campaign.text_sv += " Hej."
    session.add(campaign)
    starts.start_due(session, RULES, first)
    assert (campaign.state, campaign.state_why[:34]) == ("draft", "Godkännandet gäller inte längre: u")
    campaign.text_sv = campaign.text_sv.removesuffix(" Hej.")
    campaigns.schedule(session, campaign, RULES, first, now=NOW, staff_id=sara.id)
    starts.start_due(session, RULES, first)
    assert campaign.state == "running"
