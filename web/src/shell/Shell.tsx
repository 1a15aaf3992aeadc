/** The rail and the place beside it. What the rail offers follows from the person's roles. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { type LiveState, listen } from "../api/events";
import { read } from "../api/resources";
import { Icon, type IconName } from "../ui/Icon";
import { Dot } from "../ui/parts";
import { mayManagePeople, mayReadData } from "./access";
import { Mark } from "./Mark";
import { useMe } from "./me";

function Item({
  to,
  icon,
  children,
  count,
  exact = false,
}: {
  to: string;
  icon: IconName;
  children: ReactNode;
  count?: number;
  exact?: boolean;
}) {
  return (
    <Link to={to} className="item" activeOptions={{ exact }} activeProps={{ className: "active" }}>
      <Icon name={icon} />
      <span className="text clip">{children}</span>
      {count !== undefined && count > 0 && <span className="count">{count}</span>}
    </Link>
  );
}

function ProjectItems() {
  const me = useMe();
  const home = useQuery(read.home());
  const projects = (home.data?.projects ?? []).slice(0, 8);
  return (
    <div>
      <div className="caps">{mayReadData(me) ? "Projects" : "My work"}</div>
      {mayReadData(me) && (
        <Item to="/projects" icon="tag" exact>
          All projects
        </Item>
      )}
      {projects.map((project) => (
        <Link
          key={project.name}
          to="/p/$project"
          params={{ project: project.name }}
          className="item"
          activeProps={{ className: "active" }}
        >
          <span className="icon" style={{ display: "grid", placeItems: "center" }}>
            <Dot state={project.state} />
          </span>
          <span className="text clip">{project.name}</span>
          {project.open_tasks > 0 && <span className="count">{project.open_tasks}</span>}
        </Link>
      ))}
    </div>
  );
}

function Live() {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("live");
  useEffect(() => listen(client, setState), [client]);
  const me = useMe();
  return (
    <div
      className="foot"
      title={
        state === "live"
          ? "Pages follow the server as things happen"
          : "The event stream is down: pages ask every five seconds"
      }
    >
      <Dot state={state === "live" ? "ok" : "waiting"} />
      <span className="text">
        {state === "live" ? "Live" : "Asking"} · {me.server.version}
      </span>
    </div>
  );
}

export function Shell() {
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    // A new page begins at its top; the keyboard continues there, too.
    if (path && document.activeElement !== document.body)
      document.getElementById("content")?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="app">
      <a className="skip-link button primary" href="#content">
        Skip to content
      </a>
      <aside className="rail" aria-label="Main">
        <Link to="/" className="brand" aria-label="Recension, home">
          <Mark />
          <span>Recension</span>
        </Link>
        <nav aria-label="Pages">
          <div>
            <Item to="/" icon="home" exact>
              Home
            </Item>
          </div>
          <ProjectItems />
          {mayReadData(me) && (
            <div>
              <div className="caps">Engine</div>
              <Item to="/data" icon="data">
                Data
              </Item>
              <Item to="/pipelines" icon="flow">
                Pipelines
              </Item>
            </div>
          )}
          {mayManagePeople(me) && (
            <div>
              <div className="caps">Team</div>
              <Item to="/people" icon="people">
                People
              </Item>
            </div>
          )}
        </nav>
        <Live />
      </aside>
      <Outlet />
    </div>
  );
}
