"""Committing: a list of changes becomes a new version and moves its branch, all or nothing.

What is staged on the branch is committed first, in the same transaction (:mod:`recension.store.staging_rows`).

Order of things: blobs and new nodes are packed and flushed first; then one transaction registers the packs, inserts
the commit, moves the branch if it still stands where the tree was made from, and writes the event. A race that is
lost costs a repetition of the middle part, on the new head. What a crash leaves before the transaction is an
unregistered pack that nothing refers to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from recension.db import Tx
from recension.errors import Conflict, Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE, CommitId, GlobalId, check_name, new_commit_id
from recension.slotted import frozen, replace
from recension.store.condemned import epoch
from recension.store.delta import change
from recension.store.edits import Edits
from recension.store.model import ANY, Anything, Commit, Edit
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.pack_writer import SealedPack
from recension.store.reading import Reading
from recension.store.refs import Ref, expect_head, point, read_ref, refuse_protected, refuse_triggered
from recension.store.rows import commit_by_id, insert_commit, repo_id, repo_label
from recension.store.staging_commit import Group, bring_bytes, edits_of, staged_keys, touches, words_of
from recension.store.staging_rows import StagedChange, forget_staged, group_mark, staged_changes
from recension.store.tree_diff import diff
from recension.store.tree_write import Outcome
from recension.store.trees import Spill, keep_nodes, nodes_with
from recension.store.upload import Upload

KINDS: Final = frozenset({"user", "job", "people", "merge"})
_MANY: Final = 10_000
"""Changes from which on new leaves are written while more are made."""

Also = Callable[[Tx, Commit], None]


@frozen
class Draft:
    """A commit to be: everything but what depends on the head it lands on.

    ``made``: the tree that it is to have, stored already and made for the head ``base``, in place of ``edits``.
    ``closing``: it only commits what is staged; no rule of the branch can keep that out any more.
    """

    workspace: str
    repo: str
    branch: str
    edits: Edits
    replace: bool
    base: CommitId | Anything | None
    allow_empty: bool
    message: str
    author: str
    kind: str
    meta: Mapping[str, Any]
    provenance: tuple[CommitId, ...]
    global_id: GlobalId | None
    also: Also | None
    merges: tuple[Commit, ...] = ()
    made: Outcome | None = None
    closing: bool = False


class _Step(NamedTuple):
    """What is to happen to one branch that stands at ``head``: a group is committed, then what the draft makes."""

    draft: Draft
    head: CommitId | None
    group: Group | None
    commit: Commit
    is_new: bool


class _LostRace(Exception):
    """The branch has moved between making the tree and the transaction."""


class _StagedOver(Exception):
    """What was made for a head touches what has been staged upon it."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.branch)
        self.draft = draft


class _Collected(Exception):
    """Something unreachable was removed meanwhile: what the commit takes from the store has to be looked for again."""


class MissingBlob(NotFound):
    """A change refers to a blob that is not stored."""


class Writing(Reading):
    """The one way in which branches grow."""

    def write(
        self,
        repo: str,
        branch: str,
        changes: Iterable[Edit],
        *,
        upload: Upload | None = None,
        message: str = "",
        author: str = "",
        kind: str = "user",
        meta: Mapping[str, Any] | None = None,
        provenance: Sequence[CommitId] = (),
        global_id: GlobalId | None = None,
        workspace: str = DEFAULT_WORKSPACE,
        base: CommitId | Anything | None = ANY,
        allow_empty: bool = True,
        replace: bool = False,
        also: Also | None = None,
    ) -> Commit:
        """Commit changes to a branch, which is made when it is missing; durable when this returns.

        Args:
            repo: its name.
            branch: its name.
            changes: applied in order; the last one to a path counts.
            upload: the upload that the blobs of ``changes`` came in by, unless they are stored already.
            message: what was done, in words.
            author: who did it.
            kind: ``user``, ``job``, ``people`` or ``merge``.
            meta: anything that JSON can say.
            provenance: the commits that this one was made from.
            global_id: of the cascade this belongs to; without one the commit starts its own.
            workspace: where the repo is.
            base: the head that the changes were made for; ANY: whatever the head is when they get in.
            allow_empty: when False and nothing differs from the head, the head is returned instead.
            replace: the changes are the whole content, not a difference.
            also: runs in the very transaction that inserts the commit.

        Raises:
            NotFound: there is no such repo, or a blob or a commit of the provenance is not stored.
            Conflict: the head is not ``base``.
            Forbidden: the branch is protected, and ``kind`` is ``user``.
            Invalid: a path is none, or would be both a file and a folder.
        """
        check_name("branch", branch)
        _check(kind, meta or {})
        draft = Draft(
            workspace, repo, branch, Edits.of(changes), replace, base, allow_empty, message, author, kind,
            dict(meta or {}), tuple(dict.fromkeys(provenance)), global_id, also,
        )  # fmt: skip
        return self.land(draft, upload)

    def land(self, draft: Draft, upload: Upload | None) -> Commit:
        """Commit a draft."""
        return self.land_together([draft], upload)[0]

    def land_together(self, drafts: Sequence[Draft], upload: Upload | None) -> list[Commit]:
        """Commit drafts in one transaction: all or none, all of one cascade.

        Raises:
            Invalid: two are for one branch.
        """
        branches = sorted((draft.workspace, draft.repo, draft.branch) for draft in drafts)
        if len(set(branches)) < len(branches):
            raise Invalid("a branch is written to twice in one transaction", where="branch", hint="once for each")
        if upload is None:
            with self.upload() as own:
                return self.land_together(drafts, own)
        collected = self._check_blobs(drafts, upload)
        with self.turns.take(branches) as turn:
            while True:
                try:
                    return self._attempt(drafts, upload, collected)
                except _LostRace:
                    turn.lost()
                except _Collected:
                    collected = self._check_blobs(drafts, upload)
                except _StagedOver as over:
                    self._close_under(over.draft, upload)

    def _close_under(self, draft: Draft, upload: Upload) -> None:
        """Commit what is staged where a draft for that very head cannot go; whoever made it has to look again.

        Raises:
            Conflict: always.
        """
        closing = closing_draft(draft.repo, draft.branch, draft.workspace)
        now = None
        while now is None:
            with suppress(_LostRace, _Collected):
                (now,) = self._attempt([closing], upload, self._check_blobs([], upload))
        raise Conflict(
            f"the branch stands at {now.id}, not at {draft.base}",
            where=f"{repo_label(draft.workspace, draft.repo)}@{draft.branch}",
            hint="look at the new head and try again",
        )

    def close_staged(
        self, repo: str, branch: str = "main", workspace: str = DEFAULT_WORKSPACE, *, upload: Upload | None = None
    ) -> Commit | None:
        """Commit what is staged on a branch.

        Returns:
            The head of the branch afterwards; None when nothing was staged.

        Raises:
            NotFound: there is no such repo.
        """
        with self.db.read() as tx:
            if group_mark(tx, repo_id(tx, workspace, repo), branch) is None:
                return None
        return self.land(closing_draft(repo, branch, workspace), upload)

    def has_due_groups(self) -> bool:
        """Whether something was staged so long ago that it should be committed by now."""
        with self.db.read() as tx:
            row = {"now": self.clock.now_us()}
            return tx.execute("SELECT 1 FROM staging WHERE due_us <= :now LIMIT 1", row).first() is not None

    def _check_blobs(self, drafts: Sequence[Draft], upload: Upload) -> int:
        """Make sure that what is referred to is stored; return the epoch in which that was seen."""
        with self.db.read() as tx:
            seen = epoch(tx)
        for draft in drafts:
            self._refuse_unknown_blobs(draft.edits, upload)
        return seen

    def _refuse_unknown_blobs(self, edits: Edits, upload: Upload) -> None:
        wanted = upload.lacks(edits.blobs())
        missing = set(wanted) - self.records.known(wanted) if wanted else set()
        if not missing:
            return
        for key, row in edits.rows.items():
            if row is not None and row[1] in missing:
                raise MissingBlob(
                    f"blob {row[1].hex()} is not stored", where=key.decode(), hint="pass the upload that holds it"
                )

    def _attempt(self, drafts: Sequence[Draft], upload: Upload, collected: int) -> list[Commit]:
        steps: list[_Step] = []
        for draft in drafts:
            made = next((step.commit for step in steps if step.is_new), None)
            cascade = draft.global_id or (made.global_id if made else None)
            steps.append(self._prepare(replace(draft, global_id=cascade), upload))
        todo = [step for step in steps if step.is_new or step.group]
        if todo:
            packs = upload.seal()
            self.db.write(lambda tx: self._enter(tx, todo, packs, collected))
            upload.registered(packs)
        return [step.commit for step in steps]

    def _prepare(self, draft: Draft, upload: Upload) -> _Step:
        """The commit of a draft on the present head, its nodes in the upload; or the head, when nothing differs."""
        with self.db.read() as tx:
            ref = read_ref(tx, draft.workspace, draft.repo, draft.branch)
            expect_head(ref, draft.base)
            _refuse_users(ref, draft)
            head = None if ref.head is None else commit_by_id(tx, ref.head)
            # Changes made for one head go on that head: what is staged stays staged then, unless they touch it.
            staged = staged_changes(tx, ref.repo, ref.branch, with_bytes=True) if draft.base is ANY else []
        group, below, nodes = None, head, self.nodes
        if staged and head is not None:
            group = self._group(draft, head, staged, upload)
            below, nodes = group.commit, nodes_with(self, upload)
        # What another commit of the same transaction is made upon has to be read before it is stored.
        outcome = self._tree(draft, below, nodes, None if group else Spill(self, upload))
        if below is not None and not draft.allow_empty and not outcome.differs:
            return _Step(draft, ref.head, group, below, is_new=False)
        keep_nodes(self, upload, outcome.nodes)
        return _Step(draft, ref.head, group, self._commit(draft, below, outcome), is_new=True)

    def _group(self, draft: Draft, head: Commit, staged: Sequence[StagedChange], upload: Upload) -> Group:
        """The commit of what is staged, its nodes and bytes in the upload."""
        bring_bytes(staged, upload)
        words = words_of(staged)
        own = replace(
            closing_draft(draft.repo, draft.branch, draft.workspace),
            edits=edits_of(staged),
            message=words.message,
            author=words.author,
            meta=words.meta,
        )
        outcome = self._tree(own, head, self.nodes, None)
        keep_nodes(self, upload, outcome.nodes)
        return Group(self._commit(own, head, outcome), max(change.seq for change in staged))

    def _tree(self, draft: Draft, head: Commit | None, nodes: Nodes, spill: Spill | None) -> Outcome:
        if draft.made is not None:
            return draft.made
        before = EMPTY_ID if head is None else head.root
        if not draft.replace:
            changes = draft.edits.on(nodes, before)
            if spill is None or len(changes) < _MANY:
                return change(nodes, before, changes)
            outcome = change(nodes, before, changes, spill)
            spill.flush()
            return outcome
        outcome = change(nodes, EMPTY_ID, draft.edits.on(nodes, EMPTY_ID))
        outcome.added = outcome.changed = outcome.removed = outcome.written = 0
        both = Nodes(lambda identity: outcome.nodes.get(identity) or nodes.raw(identity))
        for old, new in diff(both, before, outcome.root):
            outcome.added += old is None
            outcome.removed += new is None
            outcome.changed += old is not None and new is not None
            outcome.written += new[2] if new else 0
        return outcome

    def _commit(self, draft: Draft, head: Commit | None, outcome: Outcome) -> Commit:
        at_us = self.clock.now_us()
        identity = new_commit_id(at_us)
        parents = draft.merges if head is None else (head, *draft.merges)
        return Commit(
            id=identity,
            workspace=draft.workspace,
            repo=draft.repo,
            branch=draft.branch,
            parents=tuple(parent.id for parent in parents),
            global_id=draft.global_id or GlobalId(identity),
            content_id=outcome.root.hex() if outcome.canonical else None,
            root=outcome.root,
            at_us=at_us,
            author=draft.author,
            message=draft.message,
            kind=draft.kind,
            meta=draft.meta,
            provenance=draft.provenance,
            files=outcome.files,
            size=outcome.size,
            added=outcome.added,
            changed=outcome.changed,
            removed=outcome.removed,
            generation=parents[0].generation + 1 if parents else 0,
            depth=max((parent.depth + 1 for parent in parents), default=0),
            volume=(parents[0].volume if parents else 0) + outcome.written,
        )

    def _enter(self, tx: Tx, steps: Sequence[_Step], packs: Sequence[SealedPack], collected: int) -> None:
        if epoch(tx) != collected:
            raise _Collected
        refs = [read_ref(tx, step.draft.workspace, step.draft.repo, step.draft.branch) for step in steps]
        for ref, step in zip(refs, steps, strict=True):
            if ref.head != step.head:
                raise _LostRace
            _refuse_users(ref, step.draft)
            _meet_staged(tx, ref, step)
        self.records.insert(tx, packs, steps[0].commit.at_us)
        for ref, step in zip(refs, steps, strict=True):
            self._move(tx, ref, step)

    def _move(self, tx: Tx, ref: Ref, step: _Step) -> None:
        if step.group is not None:
            made = step.group.commit
            insert_commit(tx, ref.repo, made)
            forget_staged(tx, ref.repo, ref.branch, step.group.seq)
            point(tx, ref, made, made.at_us, cause="commit", last=not step.is_new)
            ref = replace(ref, head=made.id)
        if step.is_new:
            insert_commit(tx, ref.repo, step.commit)
            point(tx, ref, step.commit, step.commit.at_us, cause="commit")
            if step.draft.also is not None:
                step.draft.also(tx, step.commit)


def closing_draft(repo: str, branch: str, workspace: str) -> Draft:
    """A draft that commits what is staged on a branch, and nothing else."""
    return Draft(
        workspace, repo, branch, Edits(), replace=False, base=ANY, allow_empty=False, message="", author="",
        kind="user", meta={}, provenance=(), global_id=None, also=None, closing=True,
    )  # fmt: skip


def _meet_staged(tx: Tx, ref: Ref, step: _Step) -> None:
    """Make sure that what is staged and not committed with a step has nothing to do with it: it stays staged then.

    Raises:
        _LostRace: it has, and came after the step was made.
        _StagedOver: it has, and the step is for a head without it.
    """
    mark = group_mark(tx, ref.repo, ref.branch)
    draft, done = step.draft, step.group.seq if step.group else 0
    if mark is None or mark[0] <= done or draft.closing:
        return
    whole = draft.replace or draft.made is not None
    if whole or touches(draft.edits, staged_keys(tx, ref.repo, ref.branch, done)):
        raise _LostRace if draft.base is ANY else _StagedOver(draft)


def _refuse_users(ref: Ref, draft: Draft) -> None:
    """Let only what comes by merging, from jobs or from people's answers onto a protected branch."""
    if draft.closing:
        return
    if draft.kind == "user":
        refuse_protected(ref, "written to")
    if draft.kind in {"user", "merge"}:
        refuse_triggered(ref)


def _check(kind: str, meta: Mapping[str, Any]) -> None:
    if kind not in KINDS:
        raise Invalid(f"{kind!r} is no kind of commit", where="kind", hint=f"use one of {', '.join(sorted(KINDS))}")
    try:
        json.dumps(dict(meta), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Invalid(f"commit metadata is no JSON: {error}", where="meta") from error
