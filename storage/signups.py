"""Sign-ups to dialog meetings (dialogmöten): who comes, who waits for a place, and which place is offered to whom."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.codes import new_code
from storage.columns import one_of

STATES = ("signed_up", "waiting", "offered", "passed_on", "cancelled", "came", "no_show", "called_off")
STANDING = ("signed_up", "waiting", "offered")


class Signup(SQLModel, table=True):
    """Somebody's place in a meeting, or in the line for one. A youth may sign up with a first name only: `person_id`
    is set where the talk is already tied to somebody in the register, never by a guess.

    `companions` come along on the same sign-up ("+1"), each in a seat of their own. A place that is offered from the
    waiting list (reservlista) is theirs until `offer_until`; then it is passed on.
    """

    __table_args__ = (
        one_of("state", STATES),
        Index("one_standing_signup_per_talk", "slot_id", "conversation_id", unique=True,
              sqlite_where=text("state IN ('signed_up', 'waiting', 'offered')"),
              postgresql_where=text("state IN ('signed_up', 'waiting', 'offered')")),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    first_name: str = ""
    companions: int = 0
    source: str = ""
    state: str = Field(default="signed_up", index=True)
    made_at: datetime
    state_at: datetime
    offered_at: datetime | None = None
    offer_until: datetime | None = Field(default=None, index=True)
