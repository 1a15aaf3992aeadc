/** What needs doing: labelling to continue, things that wait for a decision, what happened last. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { read } from "../../api/resources";
import type { Home, ProjectRow } from "../../api/types";
import { mayReadData, mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { count, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Ago, Bar, Dot, Empty, Loaded, StateBadge } from "../../ui/parts";
import "./home.css";

export function HomePage() {
  const home = useQuery(read.home());
  const me = useMe();
  return (
    <Page crumbs={[{ text: "Home" }]}>
      <h1 className="visually-hidden">Home</h1>
      <Loaded query={home}>
        {(data) => {
          const nothing =
            data.projects.length === 0 && data.attention.length === 0 && data.recent.length === 0;
          return nothing ? <FirstSteps /> : <Overview home={data} engineer={mayReadData(me)} />;
        }}
      </Loaded>
    </Page>
  );
}

function Overview({ home, engineer }: { home: Home; engineer: boolean }) {
  return (
    <>
      <section className="stack" aria-labelledby="labelling">
        <h2 id="labelling">{engineer ? "Labelling" : "My work"}</h2>
        {home.projects.length > 0 ? (
          <ul className="project-cards">
            {home.projects.map((project) => (
              <ProjectCard key={project.name} project={project} engineer={engineer} />
            ))}
          </ul>
        ) : (
          <div className="panel">
            <Empty icon="tag" title="No labelling project yet">
              <p>Somebody who leads projects has to open one.</p>
            </Empty>
          </div>
        )}
      </section>
      <div className="home-columns">
        {engineer && (
          <section className="stack" aria-labelledby="attention">
            <h2 id="attention">Needs attention</h2>
            <div className="panel">
              {home.attention.length === 0 ? (
                <Empty icon="check" title="Nothing waits for you" />
              ) : (
                <ul className="lines">
                  {home.attention.map((item) => (
                    <li key={`${item.href} ${item.text}`}>
                      <Link to={item.href}>
                        <span className={item.kind === "work" ? "muted" : "tone-warn"}>
                          <Icon name={item.kind === "work" ? "tag" : "warn"} />
                        </span>
                        <span className="grow">{item.text}</span>
                        <Icon name="right" />
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </section>
        )}
        <section className="stack" aria-labelledby="recent">
          <h2 id="recent">Recent</h2>
          <div className="panel">
            {home.recent.length === 0 ? (
              <Empty icon="clock" title="Nothing has happened yet" />
            ) : (
              <ul className="lines">
                {home.recent.map((item) => (
                  <li key={`${item.href} ${item.at}`}>
                    <Link to={item.href}>
                      <span className="muted">
                        <Icon name={ICONS[item.kind] ?? "commit"} />
                      </span>
                      <span className="nowrap">{item.name}</span>
                      <span className="grow clip muted">{item.text}</span>
                      <span className="muted small">
                        <Ago at={item.at} />
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            )}
          </div>
        </section>
      </div>
    </>
  );
}

const ICONS: Record<string, "commit" | "flow" | "tag" | "data"> = {
  user: "commit",
  people: "tag",
  job: "flow",
  pipeline: "flow",
  project: "tag",
  publication: "tag",
  repo: "data",
};

function ProjectCard({ project, engineer }: { project: ProjectRow; engineer: boolean }) {
  const { settled, total } = project.progress;
  const out = project.my_state === "banned" || project.my_state === "failed";
  const canLabel = project.state === "open" && !out;
  return (
    <li className="panel project-card">
      <div className="row">
        <h3 className="grow clip">
          {engineer ? (
            <Link to="/p/$project" params={{ project: project.name }} className="title-link">
              {project.title}
            </Link>
          ) : (
            project.title
          )}
        </h3>
        {project.my_state && project.my_state !== "new" && project.my_state !== "working" ? (
          <StateBadge state={project.my_state} title="Your standing in this project" />
        ) : (
          project.state !== "open" && <StateBadge state={project.state} />
        )}
      </div>
      <div className="stack">
        <Bar value={settled} total={total} label={`Tasks settled in ${project.name}`} />
        <div className="row muted small">
          <span className="grow">
            {count(settled)} of {plural(total, "task")} settled
          </span>
          <span>
            <Dot state={project.open_tasks > 0 ? "open" : "done"} /> {count(project.open_tasks)} open
          </span>
        </div>
      </div>
      <div className="row">
        {canLabel ? (
          <Link
            to="/p/$project/label"
            params={{ project: project.name }}
            className={project.open_tasks > 0 ? "button primary" : "button"}
          >
            <Icon name="keyboard" />
            {project.my_state && project.my_state !== "new" ? "Continue labelling" : "Start labelling"}
          </Link>
        ) : (
          <span className="muted small">
            {out ? "You cannot label here any more." : `The project is ${project.state}.`}
          </span>
        )}
      </div>
    </li>
  );
}

function FirstSteps() {
  const me = useMe();
  if (!mayWriteData(me))
    return (
      <Empty icon="tag" title="No work for you yet">
        Come back when a project is open.
      </Empty>
    );
  return (
    <section className="first-steps">
      <h2>Three commands to the first label</h2>
      <ol>
        <li>
          <h3>Put data in</h3>
          <p className="muted">A file, a folder, or what a program prints. Every change is a commit.</p>
          <code className="code-block">recension put pool@main headlines.csv</code>
        </li>
        <li>
          <h3>Open a labelling project</h3>
          <p className="muted">One document says what to ask, of whom, and how good an answer must be.</p>
          <code className="code-block">recension project create project.yaml</code>
        </li>
        <li>
          <h3>Label</h3>
          <p className="muted">Here, from the keyboard; or let a simulated crowd try the set-up first.</p>
          <code className="code-block">recension simulate NAME --workers 8 --seed 1</code>
        </li>
      </ol>
    </section>
  );
}
