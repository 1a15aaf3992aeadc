"""The small parts that threads share: the bell, news, troubles, failed sign-ins."""

import asyncio
import json
import threading
import time

import pytest

from recension.errors import Invalid
from recension.server.callers import Failures, TooManyFailures
from recension.server.events import News
from recension.server.troubles import Troubles
from recension.server.wake import Wake


def test_a_ring_during_work_is_not_slept_through():
    wake = Wake()
    heard = wake.sleep(0, -1)
    wake.ring()
    began = time.monotonic()
    heard = wake.sleep(60, heard)
    assert time.monotonic() - began < 30
    began = time.monotonic()
    assert wake.sleep(0.05, heard) == heard
    assert time.monotonic() - began >= 0.04


def test_a_stop_ends_every_sleep_for_good():
    wake = Wake()
    threads = [threading.Thread(target=wake.sleep, args=(60, 0)) for _ in range(3)]
    for thread in threads:
        thread.start()
    wake.stop()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    wake.sleep(60, 0)
    assert wake.stopping


def test_trouble_is_noted_waited_for_and_forgotten_when_it_is_over():
    troubles = Troubles()

    def fail():
        raise Invalid("no such column", where="a.csv")

    def crash():
        raise ZeroDivisionError("never seen before")

    assert troubles.attempt(("project", "a"), fail) is False
    assert troubles.is_due("project", "a") is False
    assert troubles.is_due("project", "b") is True
    assert troubles.attempt(("project", "b"), crash) is False
    assert {trouble.text for trouble in troubles.all()} == {
        "a.csv: no such column",
        "ZeroDivisionError: never seen before",
    }
    waits = []
    for _ in range(12):
        troubles.attempt(("project", "a"), fail)
        waits.append(next(each for each in troubles.all() if each.subject == ("project", "a")).again_at)
    assert troubles.tries("project", "a") == 13
    assert 55 < waits[-1] - time.monotonic() <= 60
    assert troubles.attempt(("project", "a"), list) is True
    assert troubles.tries("project", "a") == 0
    assert troubles.is_due("project", "a")


def test_news_reach_every_listener_once_and_end_with_the_server():
    async def listen():
        news = News()
        news.bind(asyncio.get_running_loop())
        news.publish("ref", repo="unheard")
        streams = [news.stream(topics=None), news.stream(topics=frozenset({"project"}))]
        for stream in streams:
            assert (await anext(stream)).startswith("retry")
        for _ in range(50):
            await asyncio.to_thread(news.publish, "ref", repo="pool")
        await asyncio.to_thread(news.publish, "project", project="lines")
        everything = [json.loads((await anext(streams[0])).removeprefix("data: ")) for _ in range(2)]
        projects = [json.loads((await anext(streams[1])).removeprefix("data: "))]
        news.close()
        for stream in streams:
            assert [piece async for piece in stream] == []
        return everything, projects

    everything, projects = asyncio.run(asyncio.wait_for(listen(), 10))
    assert everything == [{"topic": "ref", "repo": "pool"}, {"topic": "project", "project": "lines"}]
    assert projects == [{"topic": "project", "project": "lines"}]


def test_who_guesses_is_told_to_wait_and_nobody_else_is():
    failures = Failures(most=3, window_s=0.2)
    for _ in range(3):
        failures.count("10.0.0.1")
    with pytest.raises(TooManyFailures):
        failures.count("10.0.0.1")
    failures.count("10.0.0.2")
    time.sleep(0.25)
    failures.count("10.0.0.1")
