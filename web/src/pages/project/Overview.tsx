/** The figures of a project. Each leads to the rows behind it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { read } from "../../api/resources";
import type { Progress, Project } from "../../api/types";
import { count, money, percent, plural, span } from "../../ui/format";
import { Bar, Loaded, useNow } from "../../ui/parts";
import { Excluded } from "./Excluded";
import { Flow } from "./Flow";
import { Throughput } from "./Throughput";

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
