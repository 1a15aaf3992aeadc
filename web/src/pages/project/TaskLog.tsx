/** What was said of a task and when, in review too; a lead makes an earlier answer the decision. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { change, read } from "../../api/resources";
import type { Fields, Project } from "../../api/types";
import { newId } from "../../label/ids";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { shortId } from "../../ui/format";
import { Ago, Loaded } from "../../ui/parts";
import { History } from "../review/History";
import { documentPath } from "./answers";

interface Props {
  project: Project;
  task: number;
  /** The items that show it. */
  items: readonly string[];
}

export function TaskLog({ project, task, items }: Props) {
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
          {items[0] !== undefined && <Published project={project} item={items[0]} />}
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

/** The commits in which the item's label changed. */
function Published({ project, item }: { project: Project; item: string }) {
  const output = project.outputs.find((each) => each.target === "live" && each.commit) ?? project.outputs[0];
  const file = documentPath(item);
  const log = useInfiniteQuery({
    ...read.log(output?.repo ?? "", output?.branch ?? "", file ?? ""),
    enabled: Boolean(output?.commit && file),
  });
  if (!output?.commit || !file) return null;
  return (
    <section aria-label="Commits of its label">
      <h3>Published in</h3>
      <Loaded query={log} lines={2}>
        {(data) => (
          <ul>
            {data.pages
              .flatMap((page) => page.commits)
              .map((commit) => (
                <li key={commit.id} className="row wrap">
                  <Link
                    className="link mono"
                    to="/data/$repo/commit/$id"
                    params={{ repo: output.repo, id: commit.id }}
                  >
                    {shortId(commit.id)}
                  </Link>
                  <span className="grow">{commit.message}</span>
                  <span className="muted small">
                    <Ago at={commit.at} />
                  </span>
                </li>
              ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}
