"""Single puts and branch triggers of a repo in a home of this machine."""

from __future__ import annotations

import os
from pathlib import Path

from recension.client import values
from recension.client.changes import Data
from recension.client.home_content import HomeContent
from recension.client.home_values import commit_value, when
from recension.client.repo_interface import MAIN
from recension.ids import check_path
from recension.store.on_head import Place
from recension.store.staging import About, Staged, mode_of, set_mode, stage_delete, stage_put, staged_groups
from recension.store.staging_rows import StagingMode
from recension.store.trigger_rows import Trigger
from recension.store.triggers import trigger_remove, trigger_set, triggers


class HomeStaging(HomeContent):
    """What is changed one file at a time, and what moves branches."""

    def stage(self, path: str, data: Data, *, branch: str = MAIN, message: str = "") -> values.Staged:  # noqa: D102 - the interface says it, here and below
        if isinstance(data, os.PathLike):
            body = Path(data).read_bytes()
        else:
            body = data.encode() if isinstance(data, str) else data
        with self._writing(branch) as (store, place):
            about = About(author=self.author, message=message)
            return _staged_value(stage_put(store, place, check_path(path), body, about))

    def stage_delete(self, path: str, *, branch: str = MAIN, message: str = "") -> values.Staged:  # noqa: D102
        with self._writing(branch) as (store, place):
            return _staged_value(stage_delete(store, place, check_path(path), author=self.author, message=message))

    def staged(self) -> list[values.StagedGroup]:  # noqa: D102
        with self._store() as store:
            return [
                values.StagedGroup(
                    group.branch, group.changes, when(group.first_us), when(group.last_us), when(group.due_us)
                )
                for group in staged_groups(store, self.name, workspace=self.workspace)
            ]

    def commit_staged(self, branch: str = MAIN) -> values.Commit | None:  # noqa: D102
        with self._writing(branch) as (store, place):
            made = store.close_staged(*place)
            return None if made is None else commit_value(made)

    def staging_mode(  # noqa: D102
        self,
        branch: str = MAIN,
        *,
        alone: bool | None = None,
        idle_s: float | None = None,
        changes: int | None = None,
    ) -> values.StagingMode:
        if alone is None and idle_s is None and changes is None:
            with self._store() as store:
                return _mode_value(mode_of(store, Place(self.name, branch, self.workspace)))
        with self._writing(branch) as (store, place):
            return _mode_value(set_mode(store, place, alone=alone, idle_s=idle_s, changes=changes))

    def triggers(self) -> list[values.Trigger]:  # noqa: D102
        with self._store() as store:
            return [_trigger_value(each) for each in triggers(store, self.name, workspace=self.workspace)]

    def set_trigger(  # noqa: D102
        self,
        name: str,
        source: str,
        *,
        commits: int | None = None,
        size: int | None = None,
        cron: str | None = None,
        whole: bool = False,
    ) -> values.Trigger:
        with self._writing(name) as (store, place):
            made = trigger_set(store, place, source, size=size, commits=commits, cron=cron, whole=whole)
            return _trigger_value(made)

    def remove_trigger(self, name: str) -> None:  # noqa: D102
        with self._writing(name) as (store, place):
            trigger_remove(store, place)


def _staged_value(staged: Staged) -> values.Staged:
    return values.Staged(
        staged.path,
        None if staged.blob is None else staged.blob.hex(),
        staged.size,
        staged.waiting,
        None if staged.commit is None else commit_value(staged.commit),
    )


def _mode_value(mode: StagingMode) -> values.StagingMode:
    return values.StagingMode(mode.alone, mode.idle_s, mode.changes)


def _trigger_value(trigger: Trigger) -> values.Trigger:
    return values.Trigger(
        trigger.branch,
        trigger.source,
        trigger.commits,
        trigger.size,
        trigger.cron,
        trigger.whole,
        None if trigger.fired_us is None else when(trigger.fired_us),
        None if trigger.next_us is None else when(trigger.next_us),
    )
