"""Fifty launches, two workers and a second scheduler on one database: one text per person, whoever is quickest."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import anyio
from campaign_town import RULES, a_campaign, a_person, number
from fake_phone import FakeChannel
from post_room import Clock

import storage.campaigns
from outreach import campaigns
from scheduler import reconcile, sending, starts
from scheduler.sending import Sender
from storage.database import Database
from storage.vault import Vault

PEOPLE = 40


def a_process(database: Database, clock: Clock, phone: FakeChannel) -> Sender:
    """A sender with a connection of its own to the same file, as another process has."""
    own = Database(database.url, Vault("test"))
    return Sender(database=own, clock=clock, channels={"sms": phone}, rules=RULES, concurrency=7)


def test_one_text_per_person_whoever_launches_and_sends(database: Database, clock: Clock) -> None:
    phones = [FakeChannel(), FakeChannel()]
    with database.write() as session:
        for which in range(PEOPLE):
            a_person(session, which)
        code = a_campaign(session, state="scheduled", start_at=clock.now()).code
    processes = [a_process(database, clock, phone) for phone in phones]
    started, over = [], threading.Event()

    def launch(which: int) -> None:
        with processes[which % 2].database.write() as session:
            campaign = storage.campaigns.by_code(session, code)
            assert campaign is not None
            if which % 5:
                started.append(campaigns.launch(session, campaign, RULES, now=clock.now()))
            else:
                starts.start_due(session, RULES, clock.now())

    def work(process: Sender) -> None:
        while not over.is_set():
            anyio.run(sending.drain, process)
            with process.database.write() as session:
                reconcile.settle_stuck(session, clock.now())

    workers = [threading.Thread(target=work, args=(process,)) for process in processes]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(launch, range(50)))
    anyio.run(sending.drain, processes[0])
    over.set()
    for worker in workers:
        worker.join()

    got = Counter(message.to for phone in phones for message in phone.sent)
    assert got == {number(which): 1 for which in range(PEOPLE)}
    assert sum(started) <= 1
    for process in processes:
        process.database.close()
