/** All labelling projects: how far each is, and a way to open a new one. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { read } from "../../api/resources";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { count } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Bar, Empty, Loaded, StateBadge } from "../../ui/parts";

export function ProjectsPage() {
  const me = useMe();
  const projects = useQuery(read.projects());
  return (
    <Page crumbs={[{ text: "Projects" }]}>
      <div className="page-title">
        <h1 className="grow">Projects</h1>
        {mayLead(me) && (
          <Link to="/projects/new" search={{}} className="button">
            <Icon name="plus" />
            New project
          </Link>
        )}
      </div>
      <div className="panel table-scroll">
        <Loaded query={projects}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon="tag" title="No labelling project yet">
                {mayLead(me) ? (
                  <>
                    <p>Choose data and a template, and try it before anybody is asked.</p>
                    <Link to="/projects/new" search={{}} className="button primary">
                      New project
                    </Link>
                  </>
                ) : (
                  <p>Somebody who leads projects has to open one.</p>
                )}
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
    </Page>
  );
}
