"""Which branch of the output a branch of the input is published to.

The branch a project calls its own (the one its input is pinned to, else ``main``) is published to the output branch
its document names, any other to the branch of its own name; running answers go to ``live``, or ``live-<branch>``.
"""

from __future__ import annotations

from blake3 import blake3

from recension.crowd.spec import MAIN, ProjectSpec
from recension.crowd.spec_checks import LIVE
from recension.errors import Invalid
from recension.ids import MAX_NAME


def home_branch(spec: ProjectSpec) -> str:
    """The input branch that is published to the output branch named in the document."""
    return spec.input.branch or MAIN


def release_branch(spec: ProjectSpec, branch: str) -> str:
    """Where finished labels of an input branch go."""
    return spec.output.branch if branch == home_branch(spec) else branch


def live_branch(spec: ProjectSpec, branch: str) -> str:
    """Where running answers of an input branch go."""
    if branch == home_branch(spec):
        return LIVE
    name = f"{LIVE}-{branch}"
    if len(name) <= MAX_NAME:
        return name
    return f"{LIVE}-{branch[:16].rstrip('-')}-{blake3(branch.encode()).hexdigest()[:8]}"


def check_input_branch(spec: ProjectSpec, branch: str) -> None:
    """Refuse an input branch whose labels would go where other labels go.

    Raises:
        Invalid: its name is that of a branch the project publishes something else to.
    """
    taken = branch == LIVE or branch.startswith(f"{LIVE}-") or branch == spec.output.branch
    if taken and branch != home_branch(spec):
        message = f"labels of a branch called {branch!r} would mix with others in {spec.output.repo!r}"
        raise Invalid(message, where=f"{spec.input.repo}@{branch}", hint="give the branch another name")
