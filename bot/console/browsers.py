"""What kind of browser somebody signs in with, in words that a person knows their own devices by; never more."""

from fastapi import Request

# The first that the browser says it is; every browser but Firefox also says that it is Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_MACHINES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
             ("CrOS", "Chromebook"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip
UNKNOWN = "Okänd webbläsare"


def in_words(request: Request) -> str:
    """Firefox på Windows."""
    said = request.headers.get("user-agent", "")
    browser = next((name for sign, name in _BROWSERS if sign in said), "")
    machine = next((name for sign, name in _MACHINES if sign in said), "")
    return " på ".join(filter(None, (browser or UNKNOWN, machine)))
