"""The figures as a page of Markdown: each target with ours and everybody's, then every work by itself."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.store.measure import LIMIT_S, Took
from benchmarks.store.works import CHANGES, Found

Results = dict[str, dict[str, list[Found]]]
"""Work -> tool -> what each round found."""

FLOOR: Final = "cp -r"
OURS: Final = "Recension"
GIT: Final = "git"

INTRODUCTION: Final = f"""\
# Performance

The store beside the tools that people would otherwise take: the same generated files, the same machine, one tool after
the other. Times are CPU seconds of the whole process tree, the start of the program included: on a machine that others
use too they vary by a tenth, and elapsed time by much more. × is the ratio to `cp -r` of the same files in the
same run. Files and stores lie in memory (tmpfs), where flushing to disk is free. Peak memory is that of the largest
process. – means that a tool has no such command; more than {LIMIT_S} s of elapsed time is too long.
"""


class Goal(NamedTuple):
    """A target: what is measured where, in which unit, and how much it may be."""

    text: str
    work: str
    step: str
    unit: str
    most: float


def value(results: Results, work: str, tool: str, step: str, unit: str) -> float | str | None:
    """One figure in a unit; text where there is none, None where nothing was measured."""
    rounds = [found[step] for found in results.get(work, {}).get(tool, []) if step in found]
    numbers = [found for found in rounds if isinstance(found, (int, float))]
    if numbers:
        return float(statistics.median(numbers))
    took = [found for found in rounds if isinstance(found, Took)]
    good = [found for found in took if not found.trouble]
    if not good:
        return took[0].trouble if took else None
    if unit == "ms inside":
        return statistics.median(float(found.said) for found in good) if _is_number(good[0].said) else "–"
    cpu = statistics.median(found.cpu_s for found in good)
    base = {"x": (work, FLOOR, "ingest"), "x git": (work, GIT, step)}.get(unit)
    if base is None:
        return cpu
    against = value(results, *base, "s")
    return cpu / against if isinstance(against, float) and against else "–"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def cell(found: float | str | None, unit: str) -> str:
    """A figure as it stands in a table."""
    if found is None:
        return "–"
    if isinstance(found, str):
        return found
    shapes: dict[str, Callable[[float], str]] = {
        "x": lambda n: f"{n:.2f} ×",
        "x git": lambda n: f"{n:.2f} ×",
        "s": lambda n: f"{n:.2f} s" if n >= 0.1 else f"{n:.3f} s",
        "ms inside": lambda n: f"{n:.0f} ms",
        "files": lambda n: f"{n:,.0f}",
        "MiB": lambda n: f"{n:.1f} MiB",
        "MB": lambda n: f"{n:,.0f} MB",
    }
    return shapes[unit](found)


def goals_table(results: Results, goals: Sequence[Goal], tools: Sequence[str]) -> list[str]:
    """Each target, what is reached, and what others reach."""
    others = [tool for tool in tools if tool not in {FLOOR, OURS}]
    lines = [
        f"| work | target | Recension | | {' | '.join(others)} |",
        "| --- | ---: | ---: | --- |" + " ---: |" * len(others),
    ]
    for goal in goals:
        ours = value(results, goal.work, OURS, goal.step, goal.unit)
        met = "met" if isinstance(ours, float) and ours <= goal.most else "missed"
        cells = [cell(value(results, goal.work, tool, goal.step, goal.unit), goal.unit) for tool in others]
        lines.append(
            f"| {goal.text} | ≤ {cell(goal.most, goal.unit)} | {cell(ours, goal.unit)} | {met} | {' | '.join(cells)} |"
        )
    peak = peak_mb(results, OURS)
    peaks = [cell(float(peak_mb(results, tool)), "MB") for tool in others]
    met = "met" if peak <= PEAK_MB else "missed"
    return [*lines, f"| peak memory of any of these | ≤ {PEAK_MB} MB | {peak} MB | {met} | {' | '.join(peaks)} |", ""]


PEAK_MB: Final = 200


def peak_mb(results: Results, tool: str) -> int:
    """The largest process of all that a tool did."""
    took = (found for tools in results.values() for each in tools.get(tool, []) for found in each.values())
    return max((found.peak_mb for found in took if isinstance(found, Took)), default=0)


def work_table(title: str, tools: dict[str, list[Found]], results: Results, work: str) -> list[str]:
    """A row for each tool, a column for each step."""
    steps = list(dict.fromkeys(step for rounds in tools.values() for found in rounds for step in found))
    lines = [f"### {title}", "", f"| tool | {' | '.join(steps)} |", "| --- |" + " ---: |" * len(steps)]
    rows = (f"| {tool} | {' | '.join(_detail(results, work, tool, step) for step in steps)} |" for tool in tools)
    return [*lines, *rows, ""]


def _detail(results: Results, work: str, tool: str, step: str) -> str:
    if step == "files stored":
        return cell(value(results, work, tool, step, ""), "files")
    if step.startswith("M"):
        return cell(value(results, work, tool, step, ""), "MiB" if step.startswith("MiB") else "MB")
    seconds = value(results, work, tool, step, "s")
    if not isinstance(seconds, float):
        return seconds or "–"
    took = [found[step] for found in results[work][tool] if step in found]
    peak = max(found.peak_mb for found in took if isinstance(found, Took))
    return f"{cell(seconds, 's')} ({cell(value(results, work, tool, step, 'x'), 'x')}, {peak} MB)"


def page(results: Results, goals: Sequence[Goal], titles: dict[str, str], versions: dict[str, str], notes: str) -> str:
    """The whole page."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    machine = f"Machine: {os.cpu_count()} × {models[0] if models else platform.machine()}"
    tools = list(versions)
    lines = [INTRODUCTION, "## Targets", "", *goals_table(results, goals, tools), notes]
    lines += ["## Every work", "", "CPU seconds, ratio to `cp -r`, peak memory.", ""]
    for work, tools_of in results.items():
        lines += work_table(titles[work], tools_of, results, work)
    lines += [
        f"Inside the large file {CHANGES} times 1 MiB is overwritten, and {CHANGES} times 1 MiB is inserted; each is a",
        "version of its own, and MiB are the growth of the store for one.",
        "",
        "## Versions",
        "",
        f"{machine}, Python {platform.python_version()}, Linux {platform.release()}.",
        "",
        *(f"- {name}: {version}" for name, version in versions.items()),
        "",
        "`make bench-store` measures again and writes this page.",
    ]
    return "\n".join(lines) + "\n"
