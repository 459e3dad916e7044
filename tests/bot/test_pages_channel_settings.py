"""Kanaler: who carries our texts and how that goes, told in words and chosen by hand; Telegram for each office."""

import re
from pathlib import Path

import anyio
import pytest
from builders import Browser, a_staff, an_office, signed_in
from campaign_desk import words
from conftest import StillClock
from fastapi.testclient import TestClient

import storage.audit
from bot.channels.http_pool import NotReachedError
from bot.channels.sms_route import SILENCE
from bot.settings import Settings
from bot.wiring import House, build
from outreach import linking, sms_choice
from outreach.channels import Outgoing, SendError

HERE = "/installningar/kanaler"
OURS = "+46766861004"
BOTH = {
    "practice": False, "twilio_account_sid": "AC1", "twilio_auth_token": "hemlig", "twilio_from": OURS,
    "sms_fallback": "46elks", "elks_username": "u", "elks_password": "lika hemlig", "elks_from": "+46766861099",
}  # fmt: skip
NONE = {"practice": False, "twilio_account_sid": ""}
ONE = {**BOTH, "sms_fallback": ""}


class DeadPool:
    """Nobody answers at the other end."""

    async def ask(self, *_: object, **__: object) -> None:
        raise NotReachedError

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def given() -> dict[str, object]:
    """What the installation has been told; two providers unless a test says otherwise."""
    return BOTH


@pytest.fixture
def house(tmp_path: Path, empty_database_file: bytes, clock: StillClock, given: dict[str, object]) -> House:
    """An installation whose providers do not answer."""
    path = tmp_path / "house.db"
    path.write_bytes(empty_database_file)
    settings = Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20, **given)  # type: ignore[arg-type]
    return build(settings, pool=DeadPool(), clock=clock)  # type: ignore[arg-type]


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """A head of unit at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def chosen(house: House) -> tuple[str, str]:
    with house.database.read() as session:
        choice = sms_choice.read(session, ("twilio", "46elks"))
    return choice.provider, choice.by


def logged(house: House) -> list[str]:
    with house.database.read() as session:
        return [event.action for event in storage.audit.latest(session)]


def silence(house: House) -> None:
    """So many texts go nowhere that the provider is called silent."""

    async def send() -> None:
        for which in range(SILENCE):
            with pytest.raises(SendError):
                await house.sms_route.send(Outgoing(code=f"c{which}", to="+46701740605", text="Hej"))

    anyio.run(send)


def test_it_says_who_carries_texts_and_never_the_keys(karin: Browser) -> None:
    page = karin.see(HERE)

    said = words(page)
    assert "Läge Fungerar. Leverantör Twilio Så är Brygga inställd hos er." in said
    assert "Reserv 46elks tar över av sig själv om Twilio inte svarar." in said
    assert "Nummer 076-686 10 04" in said
    for secret in ("hemlig", "AC1"):
        assert secret not in page


def test_a_provider_is_chosen_by_hand_and_left_to_the_automaton_again(karin: Browser, house: House) -> None:
    assert karin.post(f"{HERE}/sms", leverantor="46elks").headers["location"].endswith("klart=sparat")

    said = words(karin.see(HERE))
    assert chosen(house) == ("46elks", "hand")
    assert "Leverantör 46elks Valt för hand i dag kl. 13.04 av Karin Ek." in said
    assert "Läge Fungerar. Sms går via 46elks, valt för hand." in said
    assert "Nummer 076-686 10 99" in said
    assert karin.post(f"{HERE}/sms", leverantor="46elks").headers["location"].endswith("klart=redan")

    karin.post(f"{HERE}/sms", leverantor="auto")

    assert chosen(house) == ("twilio", "auto")
    assert "Automatiken väljer igen sedan i dag kl. 13.04." in words(karin.see(HERE))
    assert logged(house).count("sms_route") == 2
    told = karin.see(HERE)
    assert "Sms-leverantör: 46elks → automatiskt" in words(told)
    karin.post("/installningar/angra", andring=re.findall(r'name="andring" value="(\d+)"', told)[0])
    assert chosen(house) == ("46elks", "hand")


def test_a_provider_that_is_not_set_up_is_refused(karin: Browser, house: House) -> None:
    assert karin.post(f"{HERE}/sms", leverantor="posten").status_code == 422
    assert chosen(house) == ("twilio", "auto")


def test_a_silent_provider_is_told_here_and_in_the_list_of_campaigns(karin: Browser, house: House) -> None:
    told = "Sms-leverantören svarar inte sedan kl. 13.04. Vi försöker igen med sms som väntar."
    assert told not in words(karin.see("/utskick"))

    silence(house)

    assert told in words(karin.see("/utskick"))
    assert told in words(karin.see("/utskick/del/lista?flik=pagar"))
    assert f"Läge {told}" in words(karin.see(HERE))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Övningsläge Sms går bara till Telefonen."),
        (NONE, "Inga sms går iväg Ingen sms-leverantör är inställd."),
        (ONE, "Ingen reserv är inställd."),
    ],
)
def test_without_two_providers_there_is_nothing_to_choose(karin: Browser, said: str) -> None:
    page = words(karin.see(HERE))

    assert said in page
    assert "Vem ska lämna våra sms?" not in page
    assert karin.post(f"{HERE}/sms", leverantor="46elks").status_code == 422


def test_telegram_is_turned_on_by_an_office_that_has_decided_and_off_again(karin: Browser, house: House) -> None:
    with house.database.read() as session:
        norr = an_office(session).id
        assert not linking.is_on(session, norr)
    refused = karin.post(f"{HERE}/telegram", kontor=str(norr), lage="pa")
    assert refused.status_code == 422
    assert "Kryssa först i att enheten har bestämt sig." in words(refused.text)

    karin.post(f"{HERE}/telegram", kontor=str(norr), lage="pa", beslut="ja")

    said = words(karin.see(HERE))
    assert "Unga Norr På" in said
    assert "Ändrat 2026-11-24 av Karin Ek." in said
    assert "inte krypterade hela vägen" in said
    karin.post(f"{HERE}/telegram", kontor=str(norr), lage="av")
    assert "Unga Norr Av" in words(karin.see(HERE))
    assert logged(house)[:2] == ["telegram_off", "telegram_on"]


def test_nobody_decides_for_another_office_or_with_a_word_that_means_nothing(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        norr, soder = an_office(session).id, an_office(session, "Unga Söder").id

    assert "Unga Söder" not in karin.see(HERE)
    for office in (str(soder), "", "alla"):
        assert karin.post(f"{HERE}/telegram", kontor=office, lage="pa", beslut="ja").status_code == 404
    karin.post(f"{HERE}/telegram", kontor=str(norr), lage="kanske", beslut="ja")
    with house.database.read() as session:
        assert linking.offices_on(session) == []


def test_a_coordinator_can_do_none_of_it(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session)
    sara = signed_in(client, house.database, staff)

    assert sara.get(HERE).status_code == 403
    assert sara.post(f"{HERE}/sms", leverantor="46elks").status_code == 403
    assert sara.post(f"{HERE}/telegram", kontor="1", lage="pa", beslut="ja").status_code == 403
    assert chosen(house) == ("twilio", "auto")
