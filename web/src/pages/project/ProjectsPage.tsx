/** All labelling projects: how far each is, and a way to open a new one. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { change, read } from "../../api/resources";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { useAction } from "../../ui/action";
import { Dialog } from "../../ui/Dialog";
import { count } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Bar, Empty, Loaded, StateBadge } from "../../ui/parts";

export function ProjectsPage() {
  const me = useMe();
  const projects = useQuery(read.projects());
  const [creating, setCreating] = useState(false);
  return (
    <Page crumbs={[{ text: "Projects" }]}>
      <div className="page-title">
        <h1 className="grow">Projects</h1>
        {mayLead(me) && (
          <button type="button" className="button" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            New project
          </button>
        )}
      </div>
      <div className="panel table-scroll">
        <Loaded query={projects}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon="tag" title="No labelling project yet">
                <p>Describe what to ask in a YAML document, then:</p>
                <code>recension project create project.yaml</code>
              </Empty>
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">Project</th>
                    <th scope="col">State</th>
                    <th scope="col">Settled</th>
                    <th scope="col" className="num">
                      Open tasks
                    </th>
                    <th scope="col">
                      <span className="visually-hidden">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr key={row.name} className="can-open">
                      <td>
                        <Link to="/p/$project" params={{ project: row.name }} className="cell">
                          {row.title}
                        </Link>
                        <div className="muted small mono">{row.name}</div>
                      </td>
                      <td>
                        <StateBadge state={row.state} />
                      </td>
                      <td style={{ minWidth: 180 }}>
                        <Bar
                          value={row.progress.settled}
                          total={row.progress.total}
                          label={`Tasks settled in ${row.name}`}
                        />
                        <span className="muted small">
                          {count(row.progress.settled)} of {count(row.progress.total)}
                        </span>
                      </td>
                      <td className="num">{count(row.open_tasks)}</td>
                      <td className="num">
                        <Link to="/p/$project/label" params={{ project: row.name }} className="button">
                          Label
                        </Link>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </div>
      {creating && <NewProject onClose={() => setCreating(false)} />}
    </Page>
  );
}

const EXAMPLE = `project: sentiment
title: Is this review positive?
input: {repo: reviews, glob: /*.csv, rows: {format: csv, key: null}, columns: {text: text}}
label_config: |
  <View>
    <Text name="text" value="$text"/>
    <Choices name="sentiment" toName="text" required="true">
      <Choice value="positive"/><Choice value="negative"/>
    </Choices>
  </View>
guideline: |
  Judge the text, not the product.
overlap: 3
output: {repo: sentiment-labels, branch: main, release: complete}
`;

function NewProject({ onClose }: { onClose: () => void }) {
  const [yaml, setYaml] = useState(EXAMPLE);
  const create = useAction(change.projectCreate, {
    touches: ["projects", "home", "graph"],
    said: "The project is open",
    after: onClose,
  });
  return (
    <Dialog title="New project" onClose={onClose} className="large">
      <label className="field">
        <span className="label">Project document</span>
        <textarea
          className="textarea mono"
          rows={16}
          spellCheck={false}
          value={yaml}
          onChange={(event) => setYaml(event.target.value)}
        />
      </label>
      {create.error && (
        <div className="notice error" role="alert">
          <Icon name="warn" />
          <div>{create.error.message}</div>
        </div>
      )}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="button primary"
          disabled={create.isPending}
          onClick={() => create.mutate(yaml)}
        >
          Open project
        </button>
      </div>
    </Dialog>
  );
}
