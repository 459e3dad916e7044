"""Somebody at a browser without scripts: reads pages, fills in forms and presses buttons by what stands on them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from fastapi.testclient import TestClient
from httpx import Response

EMPTY = ("input", "br", "img", "link", "meta", "hr")


@dataclass
class Form:
    """A form as the browser would post it; `buttons` are what stands on them, with the name and value each adds."""

    action: str
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """The words, links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.words = ""
        self._open: dict[str, str] | None = None
        self._said = ""
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what a form is made of."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag in ("button", "a", "textarea"):
            self._open, self._said = {"tag": tag, **given}, ""
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self.forms and self._select and "selected" in given:
            self.forms[-1].fields.append((self._select, given.get("value", "")))
        elif tag == "input" and self.forms and given.get("name") and _counts(given):
            self.forms[-1].fields.append((given["name"], given.get("value", "on")))

    def handle_data(self, data: str) -> None:
        """Collect what can be read."""
        self.words += data
        self._said += data

    def handle_endtag(self, tag: str) -> None:
        """A button, a link or a text area is whole."""
        if tag == "select":
            self._select = ""
        if self._open is None or tag != self._open["tag"]:
            return
        said = " ".join(self._said.split())
        if tag == "a":
            self.links[said] = self._open.get("href", "")
        elif tag == "textarea" and self.forms:
            self.forms[-1].fields.append((self._open.get("name", ""), self._said.strip()))
        elif tag == "button" and self.forms:
            self.forms[-1].buttons[said] = (self._open.get("name", ""), self._open.get("value", ""))
        self._open = None


def _counts(given: dict[str, str]) -> bool:
    return given.get("type") not in ("submit", "file") and (
        given.get("type") not in ("checkbox", "radio") or "checked" in given
    )


class Visitor:
    """Goes from page to page; every page must be there."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.address = ""
        self.page = Page("")

    def go(self, address: str) -> Page:
        """Open an address."""
        return self._arrive(self._client.get(urljoin(self.address, address), follow_redirects=True))

    def follow(self, said: str) -> Page:
        """Follow the first link that begins with these words."""
        fitting = [href for words, href in self.page.links.items() if words.startswith(said)]
        assert fitting, (said, self.address, list(self.page.links))
        return self.go(fitting[0])

    def press(self, said: str, *, files: dict[str, tuple[str, bytes]] | None = None, **typed: str) -> Page:
        """Press the first button that begins with these words, with what was typed into its form."""
        fitting = [
            (form, extra) for form in self.page.forms for words, extra in form.buttons.items() if words.startswith(said)
        ]
        assert fitting, (said, self.address, [list(form.buttons) for form in self.page.forms])
        form, (name, value) = fitting[0]
        data = dict(form.fields) | typed | ({name: value} if name else {})
        address = urljoin(self.address, form.action)
        return self._arrive(self._client.post(address, data=data, files=files, follow_redirects=True))

    def _arrive(self, answer: Response) -> Page:
        assert answer.status_code == 200, (answer.status_code, str(answer.url.path))
        self.address = str(answer.url)
        self.page = Page(answer.text)
        return self.page
