"""What a person's first page shows: their projects, what waits for them, what has happened."""

from __future__ import annotations

from recension.clock import iso
from recension.crowd.registry import problems, projects
from recension.crowd.spec_checks import PROJECTS_REPO
from recension.flow import SPECS, Job, JobState, jobs
from recension.server.access import Identity, Need
from recension.server.people import worker_if_any
from recension.server.routes.project_shapes import project_row
from recension.server.site import Site
from recension.server.wire.overview import Attention, Home, Recent
from recension.server.wire.projects import ProjectRow
from recension.store import Commit

_RECENT = 12
_JOBS = 50


def home_of(at: Site, who: Identity) -> Home:
    """The first page of this caller; annotators see their projects only."""
    worker = worker_if_any(at, who)
    with at.db.read() as tx:
        found = projects(tx)
        rows = [project_row(tx, each, worker) for each in found if each.state != "closed" or who.may(Need.SEE_PROJECTS)]
        wrong = [(each.name, line) for each in found for line in problems(tx, each.id)]
        newest = jobs(tx, None, _JOBS)
    attention = _work(rows)
    recent: list[Recent] = []
    if who.may(Need.SEE_PROJECTS):
        attention += [Attention(kind="input", text=f"{name}: {line}", href=f"/p/{name}") for name, line in wrong]
        attention += _failures(newest)
        attention += [
            Attention(kind="trouble", text=f"{' '.join(each.subject)}: {each.text}", href="/")
            for each in at.troubles.all()
            if each.tries > 1
        ]
    if who.may(Need.READ_DATA):
        recent = _recent_commits(at)
    return Home(projects=rows, attention=attention, recent=recent)


def _work(rows: list[ProjectRow]) -> list[Attention]:
    return [
        Attention(
            kind="work",
            text=f"{row.title}: {row.open_tasks:,} {'task' if row.open_tasks == 1 else 'tasks'} open",
            href=f"/p/{row.name}/label",
        )
        for row in rows
        if row.state == "open" and row.open_tasks and row.my_state not in {"banned", "failed"}
    ]


def _failures(newest: list[Job]) -> list[Attention]:
    """The last job of each pipeline and branch, where it failed."""
    seen: set[tuple[str, str]] = set()
    found = []
    for job in newest:
        if (job.pipeline, job.branch) in seen:
            continue
        seen.add((job.pipeline, job.branch))
        if job.state in {JobState.FAILURE, JobState.UNRUNNABLE}:
            text = f"{job.pipeline}@{job.branch}: {job.reason or job.state.value}"
            found.append(Attention(kind="job", text=text, href=f"/pipelines/{job.pipeline}"))
    return found


def _recent_commits(at: Site) -> list[Recent]:
    heads: dict[str, Commit] = {}
    for repo in at.store.repos():
        if repo.name in {PROJECTS_REPO, SPECS}:
            continue
        for branch in at.store.branches(repo.name, workspace=repo.workspace):
            head = None if branch.head is None else at.store.commit(branch.head)
            if head is not None:
                heads[head.id] = head
    newest = sorted(heads.values(), key=lambda commit: commit.id, reverse=True)[:_RECENT]
    return [
        Recent(
            kind=commit.kind,
            name=f"{commit.repo}@{commit.branch}",
            text=commit.message.partition("\n")[0],
            at=iso(commit.at_us),
            href=f"/data/{commit.repo}/commit/{commit.id}",
        )
        for commit in newest
    ]
