"""Which pipeline reads which branch, and what a commit will reach. Pure.

The branch rule: a pipeline runs once for each branch name among the repos of its unpinned inputs. Run on branch ``b``
it reads an unpinned input at ``b`` where that repo has it, else at the repo's main branch, and writes to ``b``; the
run on ``main`` writes to the specification's output branch. A repo's main branch is ``main``, or the output branch of
the pipeline that writes it. ``live`` and ``live-*``, where running answers of people appear, are read only when pinned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from recension.flow.spec import MAIN, Pfs, Spec, leaves
from recension.ids import CommitId

RepoName = tuple[str, str]
"""Workspace and repo."""


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A branch of a repo."""

    workspace: str
    repo: str
    branch: str

    @property
    def repo_name(self) -> RepoName:
        """Workspace and repo."""
        return self.workspace, self.repo


@dataclass(frozen=True, slots=True)
class Known:
    """A pipeline, and the event from which on its present specification listens."""

    spec: Spec
    since: int


@dataclass(frozen=True, slots=True)
class Wiring:
    """All pipelines by workspace and name, and the head of every branch that has one."""

    pipelines: Mapping[RepoName, Known]
    heads: Mapping[Ref, CommitId]

    def main_branch(self, repo: RepoName) -> str:
        """The branch of a repo that stands for ``main``."""
        known = self.pipelines.get(repo)
        return MAIN if known is None else known.spec.output_branch

    def output(self, spec: Spec, run_branch: str) -> Ref:
        """Where a run writes."""
        return Ref(spec.workspace, spec.name, spec.output_branch if run_branch == MAIN else run_branch)

    def reads(self, leaf: Pfs, run_branch: str, coming: Iterable[Ref] = ()) -> Ref:
        """The branch that a run reads an input at; branches that are ``coming`` count as there."""
        main = self.main_branch((leaf.workspace, leaf.repo))
        wanted = leaf.branch or (main if run_branch == MAIN else run_branch)
        ref = Ref(leaf.workspace, leaf.repo, wanted)
        if leaf.branch is not None or ref in self.heads or ref in coming:
            return ref
        return Ref(leaf.workspace, leaf.repo, main)

    def run_branches(self, spec: Spec, coming: Iterable[Ref] = ()) -> list[str]:
        """The branches a pipeline runs on, given the branches that are there or ``coming``."""
        found = {MAIN}
        followed = {(leaf.workspace, leaf.repo) for leaf in leaves(spec.input) if leaf.branch is None}
        for ref in (*self.heads, *coming):
            if ref.repo_name in followed and ref.branch != self.main_branch(ref.repo_name):
                found.add(ref.branch)
        # A run on a branch named like the output branch would write where the run on main does.
        taken = {spec.output_branch} - {MAIN}
        return sorted(branch for branch in found - taken if not _is_live(branch))

    def inputs(self, spec: Spec, run_branch: str) -> list[Ref] | None:
        """What a run reads, one per pfs input; ``None`` while one of them has no commit."""
        refs = [self.reads(leaf, run_branch) for leaf in leaves(spec.input)]
        return refs if all(ref in self.heads for ref in refs) else None

    def readers(self, ref: Ref, seq: int | None, coming: Iterable[Ref] = ()) -> Iterator[tuple[Spec, str]]:
        """The pipelines and run branches that read ``ref``.

        Args:
            ref: the branch that moves.
            seq: the event that says so; ``None`` when it is still to come.
            coming: branches that will be there by then.
        """
        there = {*coming, ref}
        for known in self.pipelines.values():
            if seq is not None and seq <= known.since:
                continue
            for branch in self.run_branches(known.spec, there):
                if any(self.reads(leaf, branch, there) == ref for leaf in leaves(known.spec.input)):
                    yield known.spec, branch

    def reach(self, moved: Iterable[tuple[Ref, int | None]]) -> set[Ref]:
        """The output branches that will get a commit because of the moves, directly or through others."""
        found: set[Ref] = set()
        pending = list(moved)
        while pending:
            ref, seq = pending.pop()
            for spec, branch in self.readers(ref, seq, found):
                refs = (self.reads(leaf, branch, {*found, ref}) for leaf in leaves(spec.input))
                output = self.output(spec, branch)
                if output not in found and all(read in self.heads or read in found or read == ref for read in refs):
                    found.add(output)
                    pending.append((output, None))
        return found

    def cycle(self, spec: Spec) -> list[str] | None:
        """The pipelines on a cycle that ``spec`` would close, or ``None``."""
        target = (spec.workspace, spec.name)
        seen: set[RepoName] = set()

        def path_to_target(inner: Spec) -> list[str] | None:
            for leaf in leaves(inner.input):
                repo = (leaf.workspace, leaf.repo)
                if repo == target:
                    return [inner.name]
                if repo in self.pipelines and repo not in seen:
                    seen.add(repo)
                    found = path_to_target(self.pipelines[repo].spec)
                    if found is not None:
                        return [*found, inner.name]
            return None

        return path_to_target(spec)


def _is_live(branch: str) -> bool:
    return branch == "live" or branch.startswith("live-")
