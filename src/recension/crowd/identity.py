"""Which task a piece of content belongs to: work identity, as one project sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recension.crowd.registry import Project
from recension.db import Tx
from recension.errors import Invalid
from recension.label import Schema, referenced, task_schema, work_id


@dataclass(frozen=True, slots=True)
class Asking:
    """What a project asks about content.

    Args:
        scope: whose work it is: workspace and project.
        renewed: work that is asked again since the guideline changed, by its first identity.
        known_as: hash of the schema that work is identified by; empty: that of the schema itself.
    """

    scope: str
    schema: Schema
    renewed: Mapping[str, str] = field(default_factory=dict)
    known_as: str = ""

    def identify(self, data: Mapping[str, object], where: str) -> tuple[str, dict[str, object]]:
        """The work id of the content, and the part of it that people see.

        Raises:
            Invalid: the schema shows a field that the content lacks, or what it asks of it makes no sense; names the
                place.
        """
        try:
            shown = referenced(self.schema, data)
            task_schema(self.schema, shown)
        except Invalid as error:
            raise Invalid(error.message, where=where, hint=error.hint) from None
        first = work_id(self.scope, self.schema, shown, known_as=self.known_as)
        return self.renewed.get(first, first), shown


def asking(workspace: str, name: str, schema: Schema) -> Asking:
    """What a project asks whose guideline never changed."""
    return Asking(f"{workspace}/{name}", schema)


def asking_of(tx: Tx, project: Project) -> Asking:
    """What a stored project asks."""
    sql = "SELECT work_id, renewed FROM renewed_work WHERE project = :project"
    renewed: dict[str, str] = dict(tx.execute(sql, {"project": project.id}).all())
    return Asking(f"{project.workspace}/{project.name}", project.schema, renewed, project.work_schema)
