/** The figures of a project. Each leads to the rows behind it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { read } from "../../api/resources";
import type { Progress, Project } from "../../api/types";
import { count, money, percent, plural, span } from "../../ui/format";
import { Ago, Bar, Loaded, StateBadge, useNow } from "../../ui/parts";
import { histogram } from "./answers";

export function Overview({ project }: { project: Project }) {
  const progress = useQuery(read.progress(project.name));
  return (
    <Loaded query={progress} lines={6}>
      {(data) => (
        <>
          <Headline name={project.name} progress={data} />
          <Figures name={project.name} progress={data} />
          <div className="overview-columns">
            <div className="stack">
              <Throughput name={project.name} />
              <Flow project={project} />
            </div>
            <Excluded name={project.name} />
          </div>
        </>
      )}
    </Loaded>
  );
}

function Headline({ name, progress }: { name: string; progress: Progress }) {
  const { total, settled, open, stale } = progress.tasks;
  const now = useNow();
  const left = progress.eta ? (Date.parse(progress.eta) - now) / 1000 : 0;
  return (
    <section className="panel headline" aria-label="Progress">
      <div className="row">
        <span className="big">{percent(total > 0 ? settled / total : 0)}</span>
        <span className="grow muted">
          {count(settled)} of {plural(total, "task")} settled
        </span>
        {open > 0 && left >= 30 && <span className="muted">about {span(left)} left</span>}
      </div>
      <Bar value={settled} total={total} label="Tasks settled" />
      <div className="row muted small">
        <Link
          className="link"
          to="/p/$project"
          params={{ project: name }}
          search={{ tab: "tasks", status: "open" }}
        >
          {count(open)} open
        </Link>
        <Link
          className="link"
          to="/p/$project"
          params={{ project: name }}
          search={{ tab: "tasks", status: "settled" }}
        >
          {count(settled)} settled
        </Link>
        <Link
          className="link"
          to="/p/$project"
          params={{ project: name }}
          search={{ tab: "tasks", status: "stale" }}
        >
          {count(stale)} stale
        </Link>
      </div>
    </section>
  );
}

function Figures({ name, progress }: { name: string; progress: Progress }) {
  const { workers, agreement } = progress;
  const tasks = { tab: "tasks" };
  return (
    <dl className="figures">
      <Figure name={name} label="Judgements" search={tasks} note={`${progress.overlap} wanted per task`}>
        {count(progress.judgements)}
      </Figure>
      <Figure
        name={name}
        label="Agreement"
        search={tasks}
        note={
          agreement.alpha === null ? "Krippendorff’s α: –" : `Krippendorff’s α ${agreement.alpha.toFixed(2)}`
        }
      >
        {percent(agreement.percent === null ? null : agreement.percent / 100)}
      </Figure>
      <Figure
        name={name}
        label="Control accuracy"
        search={{ tab: "workers" }}
        note="on tasks with a known answer"
      >
        {percent(progress.control_accuracy)}
      </Figure>
      <Figure
        name={name}
        label="Workers"
        search={{ tab: "workers" }}
        note={`${workers.passed} passed · ${workers.failed} failed · ${workers.banned} banned`}
      >
        {count(workers.total)}
      </Figure>
      <Figure name={name} label="Cost" search={{ tab: "workers" }} note={costNote(progress)}>
        {money(progress.cost)}
      </Figure>
    </dl>
  );
}

function costNote({ cost, tasks }: Progress): string {
  const each = tasks.settled > 0 ? Number(cost.amount) / tasks.settled : null;
  return each === null
    ? "earned by workers so far"
    : `${money({ ...cost, amount: each.toFixed(3) })} per settled task`;
}

interface FigureProps {
  name: string;
  label: string;
  note: string;
  search: { tab: string };
  children: ReactNode;
}

function Figure({ name, label, note, search, children }: FigureProps) {
  return (
    <div className="panel figure">
      <dt>{label}</dt>
      <dd>
        <Link to="/p/$project" params={{ project: name }} search={search} className="value">
          {children}
        </Link>
        <div className="muted small">{note}</div>
      </dd>
    </div>
  );
}

const SLICES = 40;

function Throughput({ name }: { name: string }) {
  const log = useQuery(read.answers(name));
  return (
    <section className="panel" aria-labelledby="throughput">
      <div className="panel-head">
        <h2 id="throughput" className="grow">
          Throughput
        </h2>
      </div>
      <Loaded query={log} lines={3}>
        {({ answers, more }) => {
          const times = answers.filter((row) => row.verb === "answer").map((row) => Date.parse(row.at));
          if (times.length < 2)
            return <p className="panel-body muted">The first answers will draw this picture.</p>;
          const [from, to] = [Math.min(...times), Math.max(...times)];
          const bars = histogram(times, SLICES);
          const most = Math.max(...bars);
          const hours = Math.max((to - from) / 3_600_000, 1 / 3600);
          const rate = times.length / hours;
          return (
            <div className="panel-body stack">
              <svg
                className="bars"
                viewBox={`0 0 ${SLICES} 20`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${plural(times.length, "answer")} over ${span((to - from) / 1000)}`}
              >
                {bars.map((n, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a slice of time is its position
                  <rect key={i} x={i + 0.12} width={0.76} y={20 - (n / most) * 20} height={(n / most) * 20} />
                ))}
              </svg>
              <div className="row muted small">
                <span className="grow">
                  <Ago at={new Date(from).toISOString()} />
                </span>
                <span>
                  {hours >= 1
                    ? `${count(Math.round(rate))} answers an hour`
                    : `${count(Math.round(rate / 60))} answers a minute`}
                  {answers.every((row) => row.simulated) && ", simulated"}
                  {more && ", of the first 5,000"}
                </span>
                <span className="grow" style={{ textAlign: "right" }}>
                  <Ago at={new Date(to).toISOString()} />
                </span>
              </div>
            </div>
          );
        }}
      </Loaded>
    </section>
  );
}

const FEW = 6;

/** Who is out, and why: the first thing to look at when quality or cost surprise. */
function Excluded({ name }: { name: string }) {
  const workers = useQuery(read.workers(name));
  return (
    <section className="panel" aria-labelledby="excluded">
      <div className="panel-head">
        <h2 id="excluded" className="grow">
          Banned and failed
        </h2>
        <Link className="link" to="/p/$project" params={{ project: name }} search={{ tab: "workers" }}>
          All workers
        </Link>
      </div>
      <Loaded query={workers} lines={3}>
        {(rows) => {
          const out = rows.filter((row) => row.state === "banned" || row.state === "failed");
          out.sort((a, b) => a.state.localeCompare(b.state) || b.since.localeCompare(a.since));
          if (out.length === 0)
            return <p className="panel-body muted">Nobody: every worker holds the rules.</p>;
          return (
            <table className="table">
              <tbody>
                {out.slice(0, FEW).map((row) => (
                  <tr key={row.name}>
                    <td className="nowrap">
                      <Link
                        className="cell"
                        to="/p/$project"
                        params={{ project: name }}
                        search={{ tab: "workers", worker: row.name }}
                      >
                        {row.name}
                      </Link>
                    </td>
                    <td>
                      <StateBadge state={row.state} />
                    </td>
                    <td className="muted">{row.reason}</td>
                  </tr>
                ))}
                {out.length > FEW && (
                  <tr>
                    <td colSpan={3} className="muted">
                      and {count(out.length - FEW)} more
                    </td>
                  </tr>
                )}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </section>
  );
}

function Flow({ project }: { project: Project }) {
  return (
    <section className="panel" aria-labelledby="flow">
      <div className="panel-head">
        <h2 id="flow">Input and output</h2>
      </div>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Direction</th>
            <th scope="col">Branch</th>
            <th scope="col">Stands at</th>
          </tr>
        </thead>
        <tbody>
          {project.inputs.map((input) => (
            <tr key={`in ${input.repo} ${input.branch}`}>
              <td>reads</td>
              <td>
                <BranchLink repo={input.repo} branch={input.branch} />
                {input.error && <div className="tone-error small">{input.error}</div>}
              </td>
              <td>
                <CommitLink repo={input.repo} id={input.commit} />
              </td>
            </tr>
          ))}
          {project.outputs.map((output) => (
            <tr key={`out ${output.repo} ${output.branch}`}>
              <td>{output.target === "live" ? "writes, as answers come" : "writes, when released"}</td>
              <td>
                <BranchLink repo={output.repo} branch={output.branch} />
              </td>
              <td>
                <CommitLink repo={output.repo} id={output.commit} />{" "}
                {output.at && (
                  <span className="muted small">
                    <Ago at={output.at} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function BranchLink({ repo, branch }: { repo: string; branch: string }) {
  return (
    <Link className="cell" to="/data/$repo" params={{ repo }} search={{ ref: branch }}>
      {repo}@{branch}
    </Link>
  );
}

function CommitLink({ repo, id }: { repo: string; id: string | null }) {
  if (!id) return <span className="muted">nothing yet</span>;
  return (
    <Link className="link mono" to="/data/$repo/commit/$id" params={{ repo, id }}>
      {id.slice(0, 12)}
    </Link>
  );
}
