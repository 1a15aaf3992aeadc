"""The calendar of workers: simulated time, parking, the end, and many hands."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from recension.client.simulate.agenda import Agenda


def drain(agenda, act):
    while (taken := agenda.take()) is not None:
        act(*taken)


def test_workers_act_in_the_order_of_time_then_of_their_number():
    agenda, order = Agenda(), []
    for number, at_s in enumerate([5.0, 1.0, 1.0]):
        agenda.add(at_s, number, f"w{number}")

    def act(at_s, number, worker):
        order.append((at_s, worker))
        if at_s < 3:
            agenda.again(at_s + 3, number, worker, changed=True)
        else:
            agenda.leave(changed=False)

    drain(agenda, act)
    assert order == [(1.0, "w1"), (1.0, "w2"), (4.0, "w1"), (4.0, "w2"), (5.0, "w0")]


def test_a_parked_worker_is_asked_again_after_a_change_and_not_otherwise():
    agenda, asked = Agenda(), []
    agenda.add(0.0, 0, "idle")
    agenda.add(1.0, 1, "busy")

    def act(at_s, number, worker):
        asked.append((at_s, worker))
        if worker == "idle":
            agenda.park(number, worker)
        elif at_s < 9:
            agenda.again(at_s + 9, number, worker, changed=True)
        else:
            agenda.leave(changed=True)

    drain(agenda, act)
    assert asked == [(0.0, "idle"), (1.0, "busy"), (10.0, "busy"), (10.0, "idle")]


@pytest.mark.timeout(20)
def test_many_hands_do_everything_once_and_all_come_home():
    agenda, seen, turn = Agenda(), [], threading.Lock()
    for number in range(20):
        agenda.add(0.0, number, number)

    def act(at_s, number, worker):
        with turn:
            seen.append((worker, at_s))
        if at_s < 9:
            agenda.again(at_s + 1, number, worker, changed=True)
        else:
            agenda.park(number, worker)

    with ThreadPoolExecutor(8) as threads:
        for running in [threads.submit(drain, agenda, act) for _ in range(8)]:
            running.result()
    early = [entry for entry in seen if entry[1] < 9]
    assert sorted(early) == [(worker, float(at_s)) for worker in range(20) for at_s in range(9)]
    assert {worker for worker, at_s in seen if at_s == 9} == set(range(20))
