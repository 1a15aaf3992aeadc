"""How long a server takes to start, what it holds when idle, and how long people wait with eight of them at work.

Run with ``python benchmarks/bench_server.py``. A real server process on a free port, SQLite, ``synchronous=FULL``; the
client is another process on the same machine, and waits between its requests as little as it can.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

SPEC = """\
project: bench
input: {repo: pool, glob: /*.csv, rows: {format: csv, key: id}, columns: {headline: headline}}
label_config: |
  <View><Text name="headline" value="$headline"/>
  <Choices name="category" toName="headline" required="true"><Choice value="yes"/><Choice value="no"/></Choices></View>
overlap: 5
page: {real: 4, control: 1, time_limit_s: 600}
pay: {per_page: "0.05", currency: USD}
control:
  tasks: {repo: quality, path: /control.csv, columns: {headline: headline}, expected: {category: category}}
rules:
  - {if: fast_pages, under_s: 0.001, last: 5, at_least: 2, then: ban}
  - {if: control_rate, last: 10, at_least: 1, at_most_percent: 1, then: ban}
consensus: {method: dawid_skene, smoothing: 1.0}
output: {repo: labels, branch: main, release: complete}
"""


class Running:
    """A server process on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        began = time.monotonic()
        command = [sys.executable, "-m", "recension.cli.main", "up", "--port", "0", "--home", str(home)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while self.process.poll() is None:
            try:
                found = json.loads((home / "server.json").read_text())
                if found["pid"] == self.process.pid and httpx.get(found["url"] + "/healthz").is_success:
                    break
            except (OSError, ValueError, httpx.TransportError):
                pass
            time.sleep(0.005)
        self.cold_start_s = time.monotonic() - began
        self.url, self.token = found["url"], found["token"]
        self.http = httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {self.token}"}, timeout=120)

    def post(self, path: str, **arguments: Any) -> Any:
        """The answer to a change."""
        answer = self.http.post("/api/v1" + path, **arguments)
        answer.raise_for_status()
        return answer.json()

    def rss_mb(self) -> float:
        """Resident memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_s(self) -> float:
        """Processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End the server as Ctrl-C would."""
        self.http.close()
        self.process.terminate()
        self.process.wait(30)


def prepare(server: Running, tasks: int) -> None:
    rows = "id,headline\n" + "".join(f"{n},Headline number {n} of the pool\n" for n in range(tasks))
    control = "headline,category\n" + "".join(f"Known headline {n},yes\n" for n in range(2000))
    for repo, path, text in (("pool", "/rows.csv", rows), ("quality", "/control.csv", control)):
        server.post("/repos", json={"name": repo})
        server.post(f"/repos/{repo}/upload", params={"path": path}, content=text)
    server.post("/projects", json={"yaml": SPEC, "files": {}})


def work(server: Running, name: str, until: float, pages_ms: list[float], answers_ms: list[float]) -> None:
    server.post("/users", json={"name": name, "roles": ["annotator"]})
    token = server.post("/tokens", json={"name": "bench", "user": name})["token"]
    with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=60) as http:
        while time.monotonic() < until:
            began = time.perf_counter()
            answer = http.post("/api/v1/projects/bench/pages", json={})
            pages_ms.append((time.perf_counter() - began) * 1000)
            page = answer.raise_for_status().json()["page"]
            if page is None:
                return
            for task in page["tasks"]:
                body = {
                    "answer_id": str(uuid.uuid4()),
                    "task": task["id"],
                    "fields": {"category": "yes"},
                    "spent_ms": 8000,
                }
                began = time.perf_counter()
                answer = http.post(f"/api/v1/pages/{page['id']}/answers", json=body)
                answers_ms.append((time.perf_counter() - began) * 1000)
                answer.raise_for_status()


def measure(server: Running, workers: int, seconds: float) -> dict[str, Any]:
    pages: list[list[float]] = [[] for _ in range(workers)]
    answers: list[list[float]] = [[] for _ in range(workers)]
    until, cpu = time.monotonic() + seconds, server.cpu_s()
    threads = [
        threading.Thread(target=work, args=(server, f"worker-{n}", until, pages[n], answers[n])) for n in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    all_pages, all_answers = [ms for each in pages for ms in each], [ms for each in answers for ms in each]
    return {
        "workers": workers,
        "seconds": seconds,
        "answers": len(all_answers),
        "answers_per_s": round(len(all_answers) / seconds, 1),
        "next_page_ms": figures(all_pages),
        "submit_ms": figures(all_answers),
        "server_cpu_s": round(server.cpu_s() - cpu, 2),
    }


def figures(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    at = {f"p{q}": ordered[min(len(ordered) - 1, len(ordered) * q // 100)] for q in (50, 95, 99)}
    return {name: round(value, 1) for name, value in {**at, "max": ordered[-1]}.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--tasks", type=int, default=5000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recension-bench-") as folder:
        starts = []
        for _ in range(3):
            server = Running(Path(folder) / "home")
            time.sleep(1.5)
            idle_mb = server.rss_mb()
            cpu, began = server.cpu_s(), time.monotonic()
            time.sleep(3)
            idle_cpu = (server.cpu_s() - cpu) / (time.monotonic() - began)
            starts.append(server.cold_start_s)
            server.stop()
        server = Running(Path(folder) / "home")
        try:
            prepare(server, args.tasks)
            report = {
                "cold_start_s": round(statistics.median(starts), 2),
                "idle_rss_mb": round(idle_mb, 1),
                "idle_cpu_percent": round(100 * idle_cpu, 1),
                "tasks": args.tasks,
                **measure(server, args.workers, args.seconds),
                "rss_after_mb": round(server.rss_mb(), 1),
                "load": [round(value, 1) for value in os.getloadavg()],
            }
        finally:
            server.stop()
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
