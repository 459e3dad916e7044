"""The frame of the open pages: three languages by the address, no cookies, no scripts, headers that let nothing in."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

import storage.offices
from bot import requests
from bot.requests import Installation
from outreach import phone_numbers
from outreach.errors import NotAllowed
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office

Data = dict[str, Any]
Say = Callable[..., Markup]
# Easy Swedish has no code of its own in an address bar; texts know it as sv_easy.
LANGUAGES: Mapping[str, str] = {"sv": "sv", "en": "en", "latt": "sv_easy"}
# One stylesheet and small pictures of our own; nothing runs, and forms go nowhere else.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# A page that says the same to everybody may be kept a while; a meeting's is asked for anew, since places run out.
KEPT, ASKED_ANEW = "public, max-age=300", "no-cache"

_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
)


def language(asked: str) -> str:
    """The language an address asks for, Swedish for any other."""
    return asked if asked in LANGUAGES else "sv"


def words(lang: str) -> Say:
    """What the pages say in a language, by name, with what is in braces filled in."""

    def say(name: str, **values: object) -> Markup:
        return Markup(_WORDS[name][lang]).format(**values)  # noqa: S704 - the file of words is our own

    return say


def in_language(path: str, lang: str) -> str:
    """A page's address in a language; Swedish needs no word for it."""
    return path if lang == "sv" else f"{path}?sprak={lang}"


def page(
    request: Request, house: Installation, template: str, *, lang: str, title: str, unit: str, now: datetime,
    status_code: int = 200, indexed: bool = False, kept: str = ASKED_ANEW, **data: Any,
) -> Response:  # fmt: skip
    """An open page. `indexed` lets search engines show it: a page about ourselves, never one about a meeting, which
    would then be found for years by whoever looks for where young people meet.
    """
    path = request.url.path
    frame = {
        "lang": lang, "html_lang": "en" if lang == "en" else "sv", "title": title, "unit": unit, "indexed": indexed,
        "practice": house.settings.practice, "home": in_language("/", lang),
        "languages": [
            {"code": one, "href": in_language(path, one), "label": _WORDS["languages"][one], "here": one == lang}
            for one in LANGUAGES
        ],
        "links": [(in_language(to, lang), _WORDS[name][lang]) for to, name in ABOUT],
    }  # fmt: skip
    answer = requests.bare_page(
        request, template, title=title, now=now, practice=house.settings.practice, status_code=status_code,
        frame=frame, w=words(lang), **data,
    )  # fmt: skip
    answer.headers["content-security-policy"] = POLICY
    answer.headers["cache-control"] = kept if status_code == 200 else "no-store"  # noqa: PLR2004
    if not indexed:
        answer.headers["x-robots-tag"] = "noindex"
    return answer


ABOUT = (("/om-sms", "about_sms"), ("/integritet", "about_privacy"), ("/tillganglighet", "about_access"))


def open_offices(session: Session, now: datetime) -> list[Office]:
    """The offices that work today."""
    today = local_date(now)
    return [
        office
        for office in storage.offices.all_offices(session)
        if (office.valid_from or today) <= today <= (office.valid_to or today)
    ]


def us(offices: Sequence[Office], sms_number: str, lang: str) -> Data:
    """Who we are and how to reach us, as the settings have it."""
    joint = " and " if lang == "en" else " och "
    return {
        "names": joint.join(_once(office.sender_name for office in offices)) or "Ungdomsenheten",
        "municipality": joint.join(_once(office.municipality for office in offices)) or "kommunen",
        "phones": [number(one) for one in _once(office.phone for office in offices)],
        "switchboards": [number(one) for one in _once(office.switchboard for office in offices)],
        "websites": _once(office.website for office in offices),
        "sms": number(sms_number) if sms_number else None,
    }


def number(written: str) -> Data:
    """A telephone number to be read, never broken over two lines, and as a link wants it."""
    shown = phone_numbers.show(written) if written.startswith("+") else written
    return {"shown": Markup('<span class="nowrap">{}</span>').format(shown),
            "digits": written.replace("-", "").replace(" ", "")}  # fmt: skip


def came_from(request: Request) -> str:
    """The network address a form came from; of a proxy in front of us where that is not told to pass it on."""
    return request.client.host if request.client is not None else ""


def from_here(request: Request, lang: str) -> None:
    """Raises NotAllowed for a form that another site sent in a reader's name."""
    # There is no session and so no token to check; the browser itself says where a form came from.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(
            "The form came from another site. Open the page here and try again." if lang == "en"
            else "Formuläret kom från en annan webbplats. Öppna sidan här och försök igen."
        )  # fmt: skip


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
