/** One job: what it read, its datums, and what they printed. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { change, read } from "../../api/resources";
import type { Job } from "../../api/types";
import { mayRunPipelines } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { CodeBlock } from "../../ui/CodeBlock";
import { count, plural, seconds, shortId } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Failure, Loaded, Loading, StateBadge } from "../../ui/parts";
import { isLive } from "./jobs";

const route = getRouteApi("/shell/pipelines/$name");

export function JobDetail({ id, name }: { id: string; name: string }) {
  const job = useQuery(read.job(id));
  if (job.error) return <Failure error={job.error} retry={() => job.refetch()} />;
  if (!job.data) return <Loading />;
  return <JobBody job={job.data} name={name} />;
}

function JobBody({ job, name }: { job: Job; name: string }) {
  const me = useMe();
  const cancel = useAction(change.jobCancel, { touches: ["pipelines", "jobs", "graph"], said: "Cancelled" });
  return (
    <section className="panel" aria-labelledby="job">
      <div className="panel-head">
        <h2 id="job" className="grow">
          Job <span className="mono">{shortId(job.id)}</span>
        </h2>
        <StateBadge state={job.state} />
        {isLive(job.state) && mayRunPipelines(me) && (
          <button
            type="button"
            className="button danger"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate(job.id)}
          >
            Cancel
          </button>
        )}
      </div>
      {job.error && (
        <div className="panel-body">
          <div className="notice error" role="alert">
            <Icon name="warn" />
            <div className="pre-wrap">{job.error}</div>
          </div>
        </div>
      )}
      <dl className="facts panel-body">
        <dt>Reads</dt>
        <dd>
          {job.inputs.map((input) => (
            <div key={`${input.name} ${input.id}`}>
              {input.name}:{" "}
              <Link className="link" to="/data/$repo/commit/$id" params={{ repo: input.repo, id: input.id }}>
                {input.repo}@{input.branch} <span className="mono">{shortId(input.id)}</span>
              </Link>
            </div>
          ))}
        </dd>
        <dt>Cascade</dt>
        <dd className="mono">{job.global_id}</dd>
        {job.output_commit && (
          <>
            <dt>Output</dt>
            <dd>
              <Link className="link mono" to="/lineage/$commit" params={{ commit: job.output_commit }}>
                lineage of {shortId(job.output_commit)}
              </Link>
            </dd>
          </>
        )}
      </dl>
      <Datums job={job} name={name} />
      <Logs job={job} />
    </section>
  );
}

function Datums({ job, name }: { job: Job; name: string }) {
  const { datum } = route.useSearch();
  if (job.datums.length === 0)
    return <p className="panel-body muted">Nothing to run: no datum matches the input.</p>;
  return (
    <div className="table-scroll datums">
      <table className="table dense">
        <thead>
          <tr>
            <th scope="col">Datum</th>
            <th scope="col">State</th>
            <th scope="col">Files</th>
            <th scope="col" className="num">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {job.datums.map((each) => (
            <tr key={each.id} className={`can-open${datum === each.id ? " is-open" : ""}`}>
              <td>
                <Link
                  className="cell mono"
                  to="/pipelines/$name"
                  params={{ name }}
                  search={datum === each.id ? { job: job.id } : { job: job.id, datum: each.id }}
                  resetScroll={false}
                >
                  {each.id.slice(0, 10)}
                </Link>
              </td>
              <td>
                <StateBadge state={each.state} title={each.error ?? undefined} />
              </td>
              <td className="mono clip" style={{ maxWidth: 460 }}>
                {each.inputs.join(", ")}
              </td>
              <td className="num">{seconds(each.seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {job.datums_total > job.datums.length && (
        <p className="muted small cut">
          The first {plural(job.datums.length, "datum")} of {count(job.datums_total)}.
        </p>
      )}
    </div>
  );
}

function Logs({ job }: { job: Job }) {
  const { datum = "" } = route.useSearch();
  const logs = useQuery({ ...read.logs(job.id, datum), refetchInterval: isLive(job.state) ? 2_000 : false });
  return (
    <>
      <div className="panel-head logs-head">
        <h3>Logs</h3>
        <span className="muted small">{datum ? `of datum ${datum.slice(0, 10)}` : "of all datums"}</span>
      </div>
      <Loaded query={logs} lines={3}>
        {(text) =>
          text.trim() === "" ? (
            <p className="panel-body muted">Nothing was printed.</p>
          ) : (
            <CodeBlock className="logs">{text}</CodeBlock>
          )
        }
      </Loaded>
    </>
  );
}
