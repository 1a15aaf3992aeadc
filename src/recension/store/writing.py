"""Committing: a list of changes becomes a new version and moves its branch, all or nothing.

What is staged on the branch is committed first, in the same transaction (:mod:`recension.store.staging_rows`).

Order of things: blobs and new nodes are packed and flushed first; then one transaction registers the packs, inserts
the commit, moves the branch if it still stands where the tree was made from, and writes the event. A race that is
lost costs a repetition of the middle part, on the new head. What a crash leaves before the transaction is an
unregistered pack that nothing refers to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from recension.db import Tx
from recension.errors import Invalid, NotFound
from recension.ids import DEFAULT_WORKSPACE, CommitId, GlobalId, check_name, new_commit_id
from recension.store.condemned import epoch
from recension.store.edits import Edits
from recension.store.model import ANY, Anything, Commit, Edit
from recension.store.nodes import EMPTY_ID, Nodes
from recension.store.pack_writer import SealedPack
from recension.store.reading import Reading
from recension.store.refs import Ref, expect_head, point, read_ref, refuse_protected
from recension.store.rows import commit_by_id, insert_commit
from recension.store.tree_diff import diff
from recension.store.tree_write import Outcome, apply
from recension.store.trees import keep_nodes
from recension.store.upload import Upload

KINDS: Final = frozenset({"user", "job", "people", "merge"})

Also = Callable[[Tx, Commit], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit to be: everything but what depends on the head it lands on.

    ``made``: the tree that it is to have, stored already and made for the head ``base``, in place of ``edits``.
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


class _LostRace(Exception):
    """The branch has moved between making the tree and the transaction."""


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
        changes: Sequence[Edit],
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
        made: list[Commit] = []
        new: list[tuple[Draft, Commit]] = []
        for draft in drafts:
            cascade = draft.global_id or (new[0][1].global_id if new else None)
            commit, is_new = self._prepare(replace(draft, global_id=cascade), upload)
            made.append(commit)
            new += [(draft, commit)] if is_new else []
        if new:
            packs = upload.seal()
            self.db.write(lambda tx: self._enter(tx, new, packs, collected))
            upload.registered(packs)
        return made

    def _prepare(self, draft: Draft, upload: Upload) -> tuple[Commit, bool]:
        """The commit of a draft on the present head, its nodes in the upload; or the head, when nothing differs."""
        with self.db.read() as tx:
            ref = read_ref(tx, draft.workspace, draft.repo, draft.branch)
            expect_head(ref, draft.base)
            _refuse_users(ref, draft.kind)
            head = None if ref.head is None else commit_by_id(tx, ref.head)
        outcome = self._tree(draft, head)
        if head is not None and not draft.allow_empty and outcome.root == head.root:
            return head, False
        keep_nodes(self, upload, outcome)
        return self._commit(draft, head, outcome), True

    def _tree(self, draft: Draft, head: Commit | None) -> Outcome:
        if draft.made is not None:
            return draft.made
        before = EMPTY_ID if head is None else head.root
        if not draft.replace:
            return apply(self.nodes, before, draft.edits.on(self.nodes, before))
        outcome = apply(self.nodes, EMPTY_ID, draft.edits.on(self.nodes, EMPTY_ID))
        outcome.added = outcome.changed = outcome.removed = 0
        both = Nodes(lambda identity: outcome.nodes.get(identity) or self.records.node(identity))
        for old, new in diff(both, before, outcome.root):
            outcome.added += old is None
            outcome.removed += new is None
            outcome.changed += old is not None and new is not None
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
            content_id=outcome.root.hex(),
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
        )

    def _enter(self, tx: Tx, new: Sequence[tuple[Draft, Commit]], packs: Sequence[SealedPack], collected: int) -> None:
        if epoch(tx) != collected:
            raise _Collected
        refs = [read_ref(tx, draft.workspace, draft.repo, draft.branch) for draft, _ in new]
        for ref, (_, commit) in zip(refs, new, strict=True):
            if ref.head != (commit.parents[0] if commit.parents else None):
                raise _LostRace
        self.records.insert(tx, packs, new[0][1].at_us)
        for ref, (draft, commit) in zip(refs, new, strict=True):
            _refuse_users(ref, draft.kind)
            insert_commit(tx, ref.repo, commit)
            point(tx, ref, commit, commit.at_us, cause="commit")
            if draft.also is not None:
                draft.also(tx, commit)


def _refuse_users(ref: Ref, kind: str) -> None:
    """Let only what comes by merging, from jobs or from people's answers onto a protected branch."""
    if kind == "user":
        refuse_protected(ref, "written to")


def _check(kind: str, meta: Mapping[str, Any]) -> None:
    if kind not in KINDS:
        raise Invalid(f"{kind!r} is no kind of commit", where="kind", hint=f"use one of {', '.join(sorted(KINDS))}")
    try:
        json.dumps(dict(meta), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise Invalid(f"commit metadata is no JSON: {error}", where="meta") from error
