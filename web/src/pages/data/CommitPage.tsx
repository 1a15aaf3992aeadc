/** One commit: who made it of what, everything it caused, and what changed since its parent. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { read } from "../../api/resources";
import type { Commit, Json } from "../../api/types";
import { answerText } from "../../label/answers";
import { Page } from "../../shell/Page";
import { bytes, plural, shortId } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Ago, Badge, CopyButton, Loaded, StateBadge } from "../../ui/parts";
import { Differences, type Shown } from "./compare/Differences";
import "./data.css";

const route = getRouteApi("/shell/data/$repo/commit/$id");

export function CommitPage() {
  const { repo, id } = route.useParams();
  const commit = useQuery(read.commit(id));
  return (
    <Page
      crumbs={[
        { text: "Data", to: "/data" },
        { text: repo, to: `/data/${encodeURIComponent(repo)}` },
        { text: shortId(id), mono: true },
      ]}
    >
      <Loaded query={commit} page lines={6}>
        {(data) => <Opened repo={repo} commit={data} />}
      </Loaded>
    </Page>
  );
}

function Opened({ repo, commit }: { repo: string; commit: Commit }) {
  const parent = commit.parents[0];
  const [shown, setShown] = useState<Shown>({});
  return (
    <>
      <div className="page-title">
        <div className="grow">
          <div className="row">
            <h1>{commit.message || `Commit ${shortId(commit.id)}`}</h1>
            <Badge>{commit.kind}</Badge>
          </div>
          <p className="muted">
            {commit.author || "unknown"} · <Ago at={commit.at} /> · {plural(commit.files, "file")} ·{" "}
            {bytes(commit.size)}
          </p>
        </div>
        <Link className="button" to="/data/$repo" params={{ repo }} search={{ ref: commit.id }}>
          <Icon name="folder" />
          Browse files
        </Link>
        <Link className="button" to="/lineage/$commit" params={{ commit: commit.id }}>
          <Icon name="lineage" />
          Lineage
        </Link>
      </div>
      <div className="commit-columns">
        <section className="panel" aria-labelledby="identity">
          <div className="panel-head">
            <h2 id="identity">Identity</h2>
          </div>
          <dl className="facts panel-body">
            <Id label="Commit" id={commit.id} />
            {commit.content_id !== null && <Id label="Content" id={commit.content_id} />}
            <Id label="Cascade" id={commit.global_id} />
            <dt>Branch</dt>
            <dd>
              <Link className="link" to="/data/$repo" params={{ repo }} search={{ ref: commit.branch }}>
                {commit.repo}@{commit.branch}
              </Link>
            </dd>
            <dt>Parents</dt>
            <dd>
              {commit.parents.length === 0 && <span className="muted">none: the first of its branch</span>}
              {commit.parents.map((each) => (
                <Link
                  key={each}
                  className="link mono"
                  to="/data/$repo/commit/$id"
                  params={{ repo, id: each }}
                >
                  {shortId(each)}{" "}
                </Link>
              ))}
            </dd>
            {Object.entries(commit.meta).map(([name, value]) => (
              <Meta key={name} name={name} value={value} />
            ))}
          </dl>
        </section>
        <section className="panel" aria-labelledby="origin">
          <div className="panel-head">
            <h2 id="origin">Made from</h2>
          </div>
          {commit.provenance.length === 0 ? (
            <p className="panel-body muted">Nothing: this is raw material.</p>
          ) : (
            <ul className="sources">
              {commit.provenance.map((source) => (
                <li key={source.id}>
                  <Link to="/data/$repo/commit/$id" params={{ repo: source.repo, id: source.id }}>
                    <Icon name="commit" />
                    <span className="grow">
                      {source.repo}@{source.branch}
                    </span>
                    <span className="mono muted">{shortId(source.id)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
          <Cascade commit={commit} />
        </section>
      </div>
      <section className="stack" aria-labelledby="changes">
        <h2 id="changes">{parent ? "Changes since its parent" : "Files"}</h2>
        {parent ? (
          <Differences repo={repo} from={parent} to={commit.id} shown={shown} onShow={setShown} />
        ) : (
          <p className="muted">
            The first commit of its branch: everything in it is new.{" "}
            <Link className="link" to="/data/$repo" params={{ repo }} search={{ ref: commit.id }}>
              Browse {plural(commit.files, "file")}
            </Link>
          </p>
        )}
      </section>
    </>
  );
}

function Id({ label, id }: { label: string; id: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="row">
        <span className="mono clip" title={id}>
          {id}
        </span>
        <CopyButton text={id} label={`Copy ${label.toLowerCase()} id`} />
      </dd>
    </>
  );
}

/** Ids and hashes among the metadata, to be set like ids. */
const ID = /^[0-9a-z]{26}$|^[0-9a-f]{32,}$/;

function Meta({ name, value }: { name: string; value: Json }) {
  return (
    <>
      <dt>{name.replaceAll("_", " ")}</dt>
      <dd className={ID.test(String(value)) ? "mono" : undefined}>
        {typeof value === "object" && value !== null ? (
          <code>{JSON.stringify(value)}</code>
        ) : (
          answerText(value)
        )}
      </dd>
    </>
  );
}

const FEW = 8;

/** Everything that the first commit of this cascade set off carries one global id. */
function Cascade({ commit }: { commit: Commit }) {
  const cascade = useQuery(read.cascade(commit.global_id));
  const [all, setAll] = useState(false);
  return (
    <>
      <div className="panel-head">
        <h2>In the same cascade</h2>
      </div>
      <Loaded query={cascade} lines={2}>
        {({ commits, jobs }) => {
          const others = commits.filter((each) => each.id !== commit.id);
          const shown = all ? others : others.slice(0, FEW);
          if (others.length + jobs.length === 0)
            return <p className="panel-body muted">It caused nothing else yet.</p>;
          return (
            <ul className="sources">
              {shown.map((each) => (
                <li key={each.id}>
                  <Link to="/data/$repo/commit/$id" params={{ repo: each.repo, id: each.id }}>
                    <Icon name="commit" />
                    <span className="grow">
                      {each.repo}@{each.branch}
                    </span>
                    <span className="mono muted">{shortId(each.id)}</span>
                  </Link>
                </li>
              ))}
              {shown.length < others.length && (
                <li>
                  <button type="button" className="button quiet" onClick={() => setAll(true)}>
                    Show {plural(others.length - shown.length, "more commit")}
                  </button>
                </li>
              )}
              {jobs.map((job) => (
                <li key={job.id}>
                  <Link to="/pipelines/$name" params={{ name: job.pipeline }} search={{ job: job.id }}>
                    <Icon name="flow" />
                    <span className="grow">{job.pipeline}</span>
                    <StateBadge state={job.state} />
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </>
  );
}
