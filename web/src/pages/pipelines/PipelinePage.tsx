/** One pipeline: what it runs on what, its jobs, and of a chosen job the datums and their logs. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { change, read } from "../../api/resources";
import type { JobRow, PipelineRow } from "../../api/types";
import { mayRunPipelines } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { useAction } from "../../ui/action";
import { CodeBlock } from "../../ui/CodeBlock";
import { Dialog } from "../../ui/Dialog";
import { count, seconds, shortId } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Ago, Empty, Loaded, StateBadge } from "../../ui/parts";
import { JobDetail } from "./JobDetail";
import { duration } from "./jobs";
import "./pipelines.css";

const route = getRouteApi("/shell/pipelines/$name");

export function PipelinePage() {
  const { name } = route.useParams();
  const pipeline = useQuery(read.pipeline(name));
  return (
    <Page crumbs={[{ text: "Pipelines", to: "/pipelines" }, { text: name }]}>
      <Loaded query={pipeline} page lines={6}>
        {(data) => <Opened pipeline={data} />}
      </Loaded>
    </Page>
  );
}

function Opened({ pipeline }: { pipeline: PipelineRow }) {
  const { job } = route.useSearch();
  const me = useMe();
  const [running, setRunning] = useState(false);
  return (
    <>
      <div className="page-title">
        <div className="grow">
          <div className="row">
            <h1>{pipeline.name}</h1>
            <StateBadge state={pipeline.state} />
          </div>
          {pipeline.description && <p className="muted">{pipeline.description}</p>}
        </div>
        <Link className="button" to="/data/$repo" params={{ repo: pipeline.name }}>
          <Icon name="data" />
          Output
        </Link>
        {mayRunPipelines(me) && (
          <button type="button" className="button primary" onClick={() => setRunning(true)}>
            <Icon name="play" />
            Run
          </button>
        )}
      </div>
      {pipeline.notes.map((note) => (
        <div key={note} className="notice warn">
          <Icon name="warn" />
          <div>{note}</div>
        </div>
      ))}
      <Jobs name={pipeline.name} chosen={job} />
      {job && <JobDetail id={job} name={pipeline.name} />}
      <section className="stack" aria-labelledby="document">
        <h2 id="document">What it runs</h2>
        <div className="document">
          <div className="panel">
            <div className="panel-head">
              <h3>Input</h3>
            </div>
            <CodeBlock>{JSON.stringify(pipeline.input, null, 2)}</CodeBlock>
          </div>
          <div className="panel">
            <div className="panel-head">
              <h3>Transform</h3>
            </div>
            <CodeBlock>{JSON.stringify(pipeline.transform, null, 2)}</CodeBlock>
          </div>
        </div>
      </section>
      {running && <Run pipeline={pipeline} onClose={() => setRunning(false)} />}
    </>
  );
}

function Run({ pipeline, onClose }: { pipeline: PipelineRow; onClose: () => void }) {
  const [branch, setBranch] = useState(pipeline.branches[0] ?? "main");
  const run = useAction((to: string) => change.pipelineRun(pipeline.name, to), {
    touches: ["pipelines", "jobs", "graph"],
    said: "Started",
    after: onClose,
  });
  return (
    <Dialog title={`Run ${pipeline.name}`} onClose={onClose}>
      <p className="muted">
        Datums that have not changed since an earlier run are taken over, not run again.
      </p>
      <label className="field">
        <span className="label">Branch</span>
        <input
          className="input mono"
          value={branch}
          onChange={(event) => setBranch(event.target.value)}
          list="branches"
        />
        <datalist id="branches">
          {pipeline.branches.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="button primary"
          disabled={run.isPending || branch === ""}
          onClick={() => run.mutate(branch)}
        >
          Run
        </button>
      </div>
    </Dialog>
  );
}

function Jobs({ name, chosen }: { name: string; chosen: string | undefined }) {
  const jobs = useQuery(read.jobs(name));
  return (
    <section className="stack" aria-labelledby="jobs">
      <h2 id="jobs">Jobs</h2>
      <div className="panel table-scroll">
        <Loaded query={jobs} lines={5}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon="flow" title="It has not run yet">
                <p>It runs by itself when something is committed to its input.</p>
              </Empty>
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">Job</th>
                    <th scope="col">State</th>
                    <th scope="col">Branch</th>
                    <th scope="col">Datums</th>
                    <th scope="col" className="num">
                      Took
                    </th>
                    <th scope="col">Started</th>
                    <th scope="col">Output</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <JobLine key={row.id} name={name} row={row} chosen={chosen === row.id} />
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </div>
    </section>
  );
}

function JobLine({ name, row, chosen }: { name: string; row: JobRow; chosen: boolean }) {
  return (
    <tr className={`can-open${chosen ? " is-open" : ""}`}>
      <td>
        <Link
          className="cell mono"
          to="/pipelines/$name"
          params={{ name }}
          search={chosen ? {} : { job: row.id }}
          resetScroll={false}
          aria-expanded={chosen}
        >
          {shortId(row.id)}
        </Link>
      </td>
      <td>
        <StateBadge state={row.state} title={row.error ?? undefined} />
      </td>
      <td>{row.branch}</td>
      <td className="nowrap">
        {count(row.datums_run)} run <span className="muted">· {count(row.datums_skipped)} taken over</span>
        {row.datums_failed > 0 && <span className="tone-error"> · {count(row.datums_failed)} failed</span>}
      </td>
      <td className="num">{seconds(duration(row))}</td>
      <td>
        <Ago at={row.started ?? row.created} />
      </td>
      <td>
        {row.output_commit ? (
          <Link
            className="link mono"
            to="/data/$repo/commit/$id"
            params={{ repo: name, id: row.output_commit }}
          >
            {shortId(row.output_commit)}
          </Link>
        ) : (
          <span className="muted">–</span>
        )}
      </td>
    </tr>
  );
}
