/** One labelling project: how far, how good, who, what it cost; and everything that was answered. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { change, exportUrl, read } from "../../api/resources";
import type { Project } from "../../api/types";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { useAction } from "../../ui/action";
import { CodeBlock } from "../../ui/CodeBlock";
import { Icon } from "../../ui/Icon";
import { Loaded, StateBadge } from "../../ui/parts";
import { SafeHtml } from "../../ui/SafeHtml";
import { Invite } from "../people/Invite";
import { Overview } from "./Overview";
import { Tasks } from "./Tasks";
import { Workers } from "./Workers";
import "./project.css";
import { EXACT } from "../../ui/links";

const route = getRouteApi("/shell/p/$project");
const TABS = [
  { id: "", text: "Overview" },
  { id: "tasks", text: "Tasks" },
  { id: "workers", text: "Workers" },
  { id: "guideline", text: "Guideline" },
  { id: "config", text: "Configuration" },
] as const;

export function ProjectPage() {
  const { project: name } = route.useParams();
  const project = useQuery(read.project(name));
  return (
    <Page crumbs={[{ text: "Projects", to: "/projects" }, { text: project.data?.title ?? name }]}>
      <Loaded query={project} page lines={6}>
        {(data) => <Opened project={data} />}
      </Loaded>
    </Page>
  );
}

function Opened({ project }: { project: Project }) {
  const { tab = "" } = route.useSearch();
  return (
    <>
      <Header project={project} />
      {project.input_error && (
        <div className="notice error" role="alert">
          <Icon name="warn" />
          <div>
            <strong>The input cannot be read.</strong>
            <div>{project.input_error}</div>
          </div>
        </div>
      )}
      <nav className="tabs" aria-label="Sections">
        {TABS.map(({ id, text }) => (
          <Link
            key={id}
            to="/p/$project"
            params={{ project: project.name }}
            search={id ? { tab: id } : {}}
            activeOptions={EXACT}
            aria-current={tab === id ? "page" : undefined}
          >
            {text}
          </Link>
        ))}
      </nav>
      {tab === "" && <Overview project={project} />}
      {tab === "tasks" && <Tasks project={project} />}
      {tab === "workers" && <Workers project={project} />}
      {tab === "guideline" &&
        (project.guideline ? (
          <SafeHtml html={project.guideline_html} />
        ) : (
          <p className="muted">This project has no guideline.</p>
        ))}
      {tab === "config" && (
        <div className="panel">
          <CodeBlock>{JSON.stringify(project.spec, null, 2)}</CodeBlock>
        </div>
      )}
    </>
  );
}

function Header({ project }: { project: Project }) {
  const me = useMe();
  const [inviting, setInviting] = useState(false);
  const touches = ["project", "projects", "home", "repos", "graph"];
  const publish = useAction(change.projectPublish, { touches, said: "Published" });
  const state = useAction((next: string) => change.projectState(project.name, next), { touches });
  return (
    <div className="page-title">
      <div className="grow">
        <div className="row">
          <h1>{project.title}</h1>
          <StateBadge state={project.state} />
        </div>
        <div className="row wrap muted small">
          <span className="mono">{project.name}</span>
          {project.outputs.map((output) => (
            <Link
              key={`${output.repo}@${output.branch}`}
              to="/data/$repo"
              params={{ repo: output.repo }}
              search={{ ref: output.branch }}
              className="link row"
              style={{ gap: 4 }}
            >
              <Icon name="branch" />
              {output.repo}@{output.branch}
            </Link>
          ))}
        </div>
      </div>
      {mayLead(me) && (
        <>
          <a
            className="button quiet icon-only"
            href={exportUrl(project.name)}
            download
            aria-label="Export as JSONL"
            title="Export as JSONL"
          >
            <Icon name="download" />
          </a>
          <button
            type="button"
            className="button quiet"
            onClick={() => state.mutate(project.state === "open" ? "paused" : "open")}
            disabled={state.isPending}
          >
            <Icon name={project.state === "open" ? "pause" : "play"} />
            {project.state === "open" ? "Pause" : "Open again"}
          </button>
          <Link to="/p/$project/review" params={{ project: project.name }} className="button">
            <Icon name="check" />
            Review
          </Link>
          <button type="button" className="button" onClick={() => setInviting(true)}>
            <Icon name="people" />
            Invite
          </button>
          <button
            type="button"
            className="button"
            onClick={() => publish.mutate(project.name)}
            disabled={publish.isPending}
          >
            <Icon name="commit" />
            Publish
          </button>
        </>
      )}
      <Link to="/p/$project/label" params={{ project: project.name }} className="button primary">
        <Icon name="keyboard" />
        Label
      </Link>
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </div>
  );
}
