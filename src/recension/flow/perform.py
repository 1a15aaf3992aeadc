"""Running one datum from its layout to its outcome; the same for every engine."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from recension.errors import RecensionError
from recension.flow import step_runner
from recension.flow.door import Door
from recension.flow.environments import Environment
from recension.flow.host import Host
from recension.flow.layout import collect, fresh_output, lay_out
from recension.flow.log_capture import BoundedLog, Finished, run_command
from recension.flow.pins import Pins
from recension.flow.reads import result_key
from recension.flow.sandbox import Place, Sandbox
from recension.flow.shelf import Shelf
from recension.flow.stand_in import FOLDER
from recension.flow.step_env import step_env
from recension.flow.work import DatumRef, DatumState, Outcome, Step
from recension.store import Entry, Store, Upload

_RUNNER: Final = ".recension-step.py"


class Performer:
    """Runs the datums of one step on this machine; safe to share between threads."""

    def __init__(  # noqa: PLR0917
        self, store: Store, host: Host, sandbox: Sandbox, step: Step, environment: Environment, scratch: Path
    ) -> None:
        self._store = store
        self._host = host
        self._sandbox = sandbox
        self._step = step
        self._environment = environment
        self._look_up = cache(store.commit)
        self._talking: dict[str, BoundedLog] = {}
        self._pins = Pins(store, (step.spec.workspace, step.spec.name), step.heads, step.reads)
        self._shelf = Shelf(store, scratch / "read", share=sandbox.isolates)

    def run(self, datum: DatumRef, folder: Path, upload: Upload, stop: threading.Event) -> Outcome:
        """Run a datum in ``folder``, which is removed afterwards; what comes out goes into ``upload``.

        A step that fails is an outcome; an error raised from here is not the step's.
        """
        place = Place(folder)
        log = BoundedLog()
        started = time.monotonic()
        if stop.is_set():
            return Outcome(datum.id, datum.key, DatumState.STOPPED)
        self._talking[datum.id] = log
        try:
            lay_out(self._store, place, datum.inputs, self._step.files, self._look_up)
            if self._step.spec.transform.function is not None:
                shutil.copyfile(step_runner.__file__, place.files / _RUNNER)
            with Door(place, self._pins, self._shelf) as door:
                state, attempts, error, entries = self._attempts(datum, place, upload, log, stop, door)
        finally:
            del self._talking[datum.id]
            shutil.rmtree(folder, ignore_errors=True)
        text = log.bytes()
        succeeded = state is DatumState.SUCCESS
        with_reads = result_key(datum.key, door.reads)
        return Outcome(
            datum.id,
            datum.key,
            state,
            output=self._store.tree.build(entries, upload) if succeeded else None,
            files=len(entries) if succeeded else 0,
            size=sum(entry.size for entry in entries) if succeeded else 0,
            log=upload.add_bytes(text) if text else None,
            attempts=attempts,
            spent_us=round((time.monotonic() - started) * 1e6),
            error=error,
            reads=door.reads,
            with_reads=None if with_reads is None else upload.add_bytes(with_reads.text),
        )

    def talking(self) -> dict[str, bytes]:
        """What the datums that run have said so far, by id."""
        return {id_: log.bytes() for id_, log in self._talking.copy().items()}

    def _attempts(  # noqa: PLR0917
        self, datum: DatumRef, place: Place, upload: Upload, log: BoundedLog, stop: threading.Event, door: Door
    ) -> tuple[DatumState, int, str | None, list[Entry]]:
        tries = self._step.spec.datum_tries
        transform = self._step.spec.transform
        error: str | None = None
        for attempt in range(1, tries + 1):
            if attempt > 1:
                log.add(f"-- attempt {attempt} of {tries}, after: {error} --\n".encode())
                fresh_output(place)
            words: Sequence[str] = self._words(place)
            error, stopped = self._command(datum, place, words, transform.stdin, log=log, stop=stop, door=door)
            if stopped:
                return DatumState.STOPPED, attempt, error, []
            if error is None:
                try:
                    return DatumState.SUCCESS, attempt, None, collect(place, upload)
                except RecensionError as problem:
                    error = str(problem)
        if transform.err_cmd:
            log.add(b"-- error command --\n")
            fresh_output(place)
            words, lines = transform.err_cmd, transform.err_stdin
            problem_, stopped = self._command(datum, place, words, lines, log=log, stop=stop, door=door)
            if stopped:
                return DatumState.STOPPED, tries, error, []
            if problem_ is None:
                return DatumState.RECOVERED, tries, error, []
        return DatumState.FAILED, tries, error, []

    def _words(self, place: Place) -> Sequence[str]:
        transform = self._step.spec.transform
        if transform.function is None:
            return transform.cmd
        _, files = self._sandbox.folder(place, transform.working_dir)
        return ("python", f"{files}/{_RUNNER}", *transform.function.rsplit(":", 1))

    def _command(
        self,
        datum: DatumRef,
        place: Place,
        words: Sequence[str],
        lines: Sequence[str],
        *,
        log: BoundedLog,
        stop: threading.Event,
        door: Door,
    ) -> tuple[str | None, bool]:
        """Run one command with its standard input; return what went wrong, and whether it was stopped from outside."""
        spec = self._step.spec
        env = self._env(datum, place)
        if "/" not in words[0] and shutil.which(words[0], path=env["PATH"]) is None:
            return f"command {words[0]!r} is not on this machine", False
        launch = self._sandbox.launch(
            place,
            words,
            stdin="".join(line + "\n" for line in lines).encode(),
            env=env,
            working_dir=spec.transform.working_dir,
            network=spec.transform.network,
            readable=(self._environment.folder, self._host.python.resolve().parent.parent, FOLDER),
        )
        limit = spec.datum_timeout_s
        deadline = None if limit is None else time.monotonic() + limit
        try:
            done = run_command(launch, log, deadline=deadline, stop=stop, door=door)
        except OSError as problem:
            return f"command {words[0]!r} cannot be started: {problem.strerror}", False
        return self._judge(done, log), done.stopped

    def _env(self, datum: DatumRef, place: Place) -> Mapping[str, str]:
        pfs, _ = self._sandbox.folder(place, self._step.spec.transform.working_dir)
        path = f"{self._environment.bin}:{self._host.path}"
        base = {"PATH": path, "LANG": self._host.lang, "VIRTUAL_ENV": str(self._environment.folder)}
        return base | step_env(self._step, datum, pfs)

    def _judge(self, done: Finished, log: BoundedLog) -> str | None:
        if done.timed_out:
            return f"it did not end within {self._step.spec.datum_timeout_s:g} s"
        if done.code == 0 or done.code in self._step.spec.transform.accept_return_code:
            return None
        if done.code < 0:
            return f"it was ended by signal {-done.code}"
        missing = b"ModuleNotFoundError" in log.bytes()
        hint = "; declare what it imports under transform.requirements" if missing else ""
        return f"it ended with code {done.code}{hint}"
