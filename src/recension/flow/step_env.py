"""The environment variables of a step: Pachyderm's names, and ours beside them.

Nothing of the server's environment is in it.
"""

from __future__ import annotations

import json
import re
from typing import Final

from recension.flow.door import DOOR
from recension.flow.stand_in import FOLDER
from recension.flow.work import DatumRef, InputRef, Step

_FIXED: Final = {
    # Equal inputs should give equal outputs: the order of a set of texts would differ from run to run.
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}


def step_env(step: Step, datum: DatumRef, pfs: str) -> dict[str, str]:
    """The variables for one datum whose ``/pfs`` appears at ``pfs``; the author's own come last and win."""
    # First, so that an input cannot take the name of anything else.
    found = {ref.name: _path(ref, pfs) for ref in datum.inputs}
    found |= _FIXED
    found |= {
        "PACH_JOB_ID": step.job,
        "PACH_OUTPUT_COMMIT_ID": step.job,
        "PACH_DATUM_ID": datum.id,
        "RECENSION_JOB": step.job,
        "RECENSION_PIPELINE": step.spec.name,
        "RECENSION_DATUM": datum.id,
        "RECENSION_OUT": f"{pfs}/out",
        "RECENSION_STEP_SOCKET": f"{pfs}/{DOOR}",
        "RECENSION_INPUTS": json.dumps({ref.name: f"{pfs}/{ref.name}" for ref in datum.inputs}),
        "RECENSION_PARAMETERS": json.dumps(dict(step.spec.parameters), ensure_ascii=False, sort_keys=True),
    }
    for ref in datum.inputs:
        alias = re.sub(r"[^A-Za-z0-9]", "_", ref.name).upper()
        found |= {
            f"{ref.name}_COMMIT": ref.commit,
            f"RECENSION_INPUT_{alias}": _path(ref, pfs),
            f"RECENSION_COMMIT_{alias}": ref.commit,
        }
        if ref.join_on is not None:
            found[f"PACH_DATUM_{ref.name}_JOIN_ON"] = ref.join_on
        if ref.group_by is not None:
            found[f"PACH_DATUM_{ref.name}_GROUP_BY"] = ref.group_by
    own = step.spec.transform.env
    modules = ":".join(path for path in (own.get("PYTHONPATH"), str(FOLDER)) if path)
    return {**found, **own, "PYTHONPATH": modules}


def _path(ref: InputRef, pfs: str) -> str:
    """The selected file or folder; the whole input where a group selects several."""
    return f"{pfs}/{ref.name}" + (ref.paths[0].rstrip("/") if len(ref.paths) == 1 else "")
