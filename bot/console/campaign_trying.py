"""What a draft is going to try: versions of its text, and a control group (ux §4.8)."""

from typing import Any

import storage.trials
from bot.console import campaign_words
from bot.console.campaign_draft import Draft
from outreach import campaign_plan, campaign_versions, control_group, lot
from outreach.campaign_versions import FOLLOWED, LETTERS
from outreach.lists.words import many
from outreach.proportions import FEWEST
from storage.trials import AWAITS, HELD

Data = dict[str, Any]

# So many of a template's lessons are shown.
SHOWN = 3
# What decides which version is the better one, and what is asked of a control group.
RULES = {
    rule: f"{word} inom {FOLLOWED[rule].days} dagar" for rule, word in (("booked", "bokat"), ("answered", "svarat"))
}
_ANY_WAY = {"booked": "bokat", "answered": "hört av sig"}


def rules() -> list[tuple[str, str]]:
    """The rules to choose from."""
    return [(rule, said.capitalize()) for rule, said in RULES.items()]


def in_control(rule: str) -> str:
    """hört av sig på något sätt inom 3 dagar: what counts where nobody can have answered a text."""
    return f"{_ANY_WAY[rule]} på något sätt inom {FOLLOWED[rule].days} dagar"


def control(draft: Draft) -> Data:
    """The switch for a control group, and what it comes to."""
    held = draft.planned.left_out.get(HELD, 0)
    return {"on": draft.trial.control, "rule": draft.trial.rule, "rules": rules(), "said": _held(draft, held)}


def _held(draft: Draft, held: int) -> str:
    if not draft.trial.control:
        return ""
    if held:
        return f"{many(held, 'person', 'personer')} lottas till kontrollgruppen och får inte det här utskicket."
    if why := control_group.why_none(draft.ask.session, draft.campaign):
        return why
    needed = FEWEST * lot.TENTH
    return (
        f"Ingen hålls tillbaka. Det behövs minst {needed} som är nya för oss och inte förlorar något på att vänta, "
        f"annars blir gruppen under {FEWEST} och säger ingenting."
    )


def learned(draft: Draft) -> list[Data]:
    """What was learned by the latest campaigns from the same template, of those one may see."""
    campaign, ask = draft.campaign, draft.ask
    found = storage.trials.learned(ask.session, campaign.text_code) if campaign.text_code else []
    return [
        {"name": other.name, "said": said}
        for other, said in found
        if campaign_plan.may_see(ask.session, other, ask.who.office_ids, now=ask.now)
    ][:SHOWN]


def trying(draft: Draft) -> Data:
    """The versions as tabs, and what is decided about them before the start."""
    several = len(draft.versions) > 1
    return {
        "shown": draft.words.letter,
        "removed": campaign_versions.removed(draft.ask.session, draft.campaign),
        "tabs": [words.letter for words in draft.versions] if several else [],
        "may_add": len(draft.versions) < len(LETTERS),
        "next": LETTERS[min(len(draft.versions), len(LETTERS) - 1)],
        "question": draft.trial.question,
        "split": draft.trial.split,
        "rule": draft.trial.rule,
        "rules": rules(),
        "few": _few(draft) if several else "",
    }


def _few(draft: Draft) -> str:
    """That the groups are too small to tell the versions apart, said before anybody gets a text."""
    smallest = min(sum(entry.version == words.letter for entry in draft.planned.sending) for words in draft.versions)
    if smallest >= FEWEST or not draft.planned.sending:
        return ""
    return (
        f"Den minsta gruppen blir {many(smallest, 'person', 'personer')}. Under {FEWEST} går det inte att säga vilken "
        "version som är bäst."
    )


def tried(draft: Draft) -> list[str]:
    """What is tried, in sentences, for the last look before the start."""
    said = [control(draft)["said"]] if draft.trial.control else []
    if len(draft.versions) > 1:
        said += [_versions(draft), f"Ni vill veta: {draft.trial.question}", _decides(draft), _few(draft)]
    return [sentence for sentence in said if sentence]


def _versions(draft: Draft) -> str:
    groups = ", ".join(
        f"{words.letter} till {sum(entry.version == words.letter for entry in draft.planned.sending)}"
        for words in draft.versions
    )
    waits = draft.planned.left_out.get(AWAITS, 0)
    rest = (
        f" {many(waits, 'person', 'personer')} väntar tills ni har valt version, {_cost_of_rest(draft)}."
        if waits
        else ""
    )
    return f"Lottat: {groups}.{rest}"


def _cost_of_rest(draft: Draft) -> str:
    """det kostar cirka 45 kr som mest: whichever version is chosen."""
    waiting = (entry.said for entry in draft.planned.entries if entry.withheld == AWAITS)
    parts = sum(max(one.size.parts for one in said) for said in waiting)
    return f"det kostar {campaign_words.kronor(draft.price.of(parts))} som mest"


def _decides(draft: Draft) -> str:
    return f"Det som avgör är hur många som har {RULES[draft.trial.rule]}, räknat från vars och ens eget sms."
