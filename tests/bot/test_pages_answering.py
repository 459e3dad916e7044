"""Settings of who answers and with what: quick texts, routing, absence, holidays."""

from builders import Browser, a_talk, an_office

from bot.wiring import House
from outreach import quick_texts, word_check

QUICK = "/installningar/snabbsvar"


def test_the_proposed_quick_texts_fit_one_text_and_pass_the_word_check() -> None:
    values = {"namn": "Alexandra", "enhet": "Unga Björkstad"}
    for row in quick_texts.proposed():
        for lang in quick_texts.LANGS:
            said = row.says(lang, values)
            assert len(said) <= 160, said
            assert not word_check.check_words(said, purpose="reply", senders=("Alexandra",)), said


def test_an_office_has_quick_texts_of_its_own(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        office = an_office(session)
        south = an_office(session, "Unga Söder")
        talk = a_talk(session)

    assert "Vem är vi?" in sara.see(QUICK)
    form = {"kontor": str(office.id), "namn-1": "Portkod", "sv-1": "Jag möter dig i entrén.", "namn-3": "Hej",
            "sv-3": "Hej, {namn} här.", "en-3": "Hi, {namn} here."}  # fmt: skip
    assert sara.post(QUICK, **form).status_code == 303
    sara.post(f"/inkorg/{talk.code}/ta-over")
    composer = sara.see(f"/inkorg/{talk.code}")
    assert 'data-insert="Hi, Sara here." data-hotkey="2"' in composer
    assert "Vem är vi?" not in composer

    wrong = sara.post(QUICK, **form | {"sv-1": "{fornamn}, ring 20070906-2384"})
    assert wrong.status_code == 422
    assert "Snabbsvar 1 ser ut att ha ett personnummer" in wrong.text
    for text in ("Hej {fornamn}", "Hej {"):
        assert sara.post(QUICK, **form | {"sv-1": text}).status_code == 422
    with house.database.read() as session:
        assert [row.name for row in quick_texts.of(session, office.id)] == ["Portkod", "Hej"]
        assert quick_texts.of(session, south.id) == quick_texts.proposed()
    assert sara.post(QUICK, **form | {"kontor": str(south.id)}).status_code == 404

    sara.post(QUICK, kontor=str(office.id), gor="forslag")
    assert "Vem är vi?" in sara.see(QUICK)
