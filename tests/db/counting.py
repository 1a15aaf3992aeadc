"""Adds one to a number, again and again, as a process of its own: counting.py URL TIMES [hang]."""

import sys
import time

from recension.db import Database, Tx, outbox


def add_one(tx: Tx) -> None:
    before = tx.execute("SELECT number FROM counter").scalar()
    tx.execute("UPDATE counter SET number = :n", {"n": before + 1})
    outbox.append(tx, "count", {"n": before + 1})


def hang(tx: Tx) -> None:
    add_one(tx)
    print("holding", flush=True)
    time.sleep(60)


db = Database.open(sys.argv[1])
for _ in range(int(sys.argv[2])):
    db.write(hang if "hang" in sys.argv else add_one)
db.close()
