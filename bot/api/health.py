"""What machines ask: alive, ready, and figures without a name, a number or a word of anybody's (ux §9.10)."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

import storage.conversations
import storage.inbound
import storage.messages
import storage.schema
from bot.requests import House, Installation

routes = APIRouter()


@routes.get("/healthz")
def alive() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok"}


@routes.get("/readyz", responses={503: {}})
def ready(house: House, response: Response) -> dict[str, str]:
    """Whether the database answers and has the schema this code was written for; says only ok or not."""
    if storage.schema.is_current(house.database):
        return {"status": "ok"}
    response.status_code = 503
    return {"status": "not ready"}


@routes.get("/metrics")
def metrics(house: House) -> Response:
    """Prometheus figures, read from the tables when asked, so that every process tells the same."""
    return Response(generate_latest(_figures(house)), media_type=CONTENT_TYPE_LATEST)


def _figures(house: Installation) -> CollectorRegistry:
    registry = CollectorRegistry()
    texts = Gauge("brygga_messages", "Outgoing texts by state", ["state"], registry=registry)
    due = Gauge("brygga_queue_due", "Texts whose time to be sent has come", registry=registry)
    oldest = Gauge("brygga_queue_oldest_seconds", "How long the oldest due text has waited", registry=registry)
    unread = Gauge("brygga_inbound_unread", "Texts that came in and have not been handled", registry=registry)
    waiting = Gauge("brygga_conversations_waiting", "Conversations that wait for a human", registry=registry)
    now = house.now()
    with house.database.read() as session:
        for state, count in storage.messages.counts(session).items():
            texts.labels(state).set(count)
        depth, since = storage.messages.queue_depth(session, now)
        due.set(depth)
        oldest.set((now - since).total_seconds() if since else 0)
        unread.set(storage.inbound.unread_count(session))
        waiting.set(len(storage.conversations.waiting(session)))
    return registry
