/** What was said of a task and when, in review too; a lead makes an earlier answer the decision. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { change } from "../../api/resources";
import type { Fields, Project } from "../../api/types";
import { newId } from "../../label/ids";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { History } from "../review/History";

export function TaskLog({ project, task }: { project: Project; task: number }) {
  const lead = mayLead(useMe());
  const [open, setOpen] = useState(false);
  const decide = useAction(
    (fields: Fields) => change.verdict(project.name, { id: newId(), task, verdict: "decide", fields }),
    { touches: ["project"], said: "Restored as the decision" },
  );
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Log of this task</summary>
      {open && (
        <div className="stack">
          <History
            project={project.name}
            task={task}
            schema={project.schema}
            restore={lead ? decide.mutate : null}
          />
          <div>
            <Link
              className="button"
              to="/p/$project/review"
              params={{ project: project.name }}
              search={{ task: String(task) }}
            >
              Review this task
            </Link>
          </div>
        </div>
      )}
    </details>
  );
}
