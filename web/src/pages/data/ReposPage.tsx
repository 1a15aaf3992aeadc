/** All repositories: raw data, labels, and what pipelines made. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { change, read, repoName } from "../../api/resources";
import type { Repo } from "../../api/types";
import { mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { useAction } from "../../ui/action";
import { Dialog } from "../../ui/Dialog";
import { bytes, count, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Ago, Badge, Empty, Loaded } from "../../ui/parts";
import "./data.css";
import { EXACT } from "../../ui/links";

const route = getRouteApi("/shell/data");

export function ReposPage() {
  const repos = useQuery(read.repos());
  const { kind } = route.useSearch();
  const me = useMe();
  const [creating, setCreating] = useState(false);
  return (
    <Page crumbs={[{ text: "Data" }]}>
      <div className="page-title">
        <h1 className="grow">Repositories</h1>
        {mayWriteData(me) && (
          <button type="button" className="button" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            New repo
          </button>
        )}
      </div>
      <Loaded query={repos}>
        {(rows) => (
          <>
            <Kinds rows={rows} chosen={kind} />
            <div className="panel table-scroll">
              <RepoTable rows={kind ? rows.filter((row) => row.kind === kind) : rows} />
            </div>
          </>
        )}
      </Loaded>
      {creating && <NewRepo onClose={() => setCreating(false)} />}
    </Page>
  );
}

function Kinds({ rows, chosen }: { rows: Repo[]; chosen: string | undefined }) {
  const kinds = [...new Set(rows.map((row) => row.kind))].sort();
  if (kinds.length < 2) return null;
  return (
    <nav aria-label="Filter by kind">
      <div className="segments">
        <Link to="/data" activeOptions={EXACT} aria-current={chosen ? undefined : "page"}>
          all
        </Link>
        {kinds.map((kind) => (
          <Link
            key={kind}
            to="/data"
            search={{ kind }}
            activeOptions={EXACT}
            aria-current={chosen === kind ? "page" : undefined}
          >
            {kind}
          </Link>
        ))}
      </div>
    </nav>
  );
}

function RepoTable({ rows }: { rows: Repo[] }) {
  if (rows.length === 0) {
    return (
      <Empty icon="data" title="No repository yet">
        <p>The first commit creates one:</p>
        <code>recension put pool@main headlines.csv</code>
      </Empty>
    );
  }
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Repo</th>
          <th scope="col">Kind</th>
          <th scope="col">Branches</th>
          <th scope="col" className="num">
            Files
          </th>
          <th scope="col" className="num">
            Size
          </th>
          <th scope="col">Changed</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={repoName(row)} className="can-open">
            <td>
              <Link to="/data/$repo" params={{ repo: repoName(row) }} className="cell">
                <span className="muted">
                  <Icon name="data" />
                </span>
                {repoName(row)}
              </Link>
              {row.description && <div className="muted small indent">{row.description}</div>}
            </td>
            <td>
              <Badge>{row.kind}</Badge>
            </td>
            <td className="muted" title={row.branches.map((branch) => branch.name).join(", ")}>
              {row.branches.length <= 2
                ? row.branches.map((branch) => branch.name).join(", ") || "–"
                : plural(row.branches.length, "branch", "branches")}
            </td>
            <td className="num">{count(row.files)}</td>
            <td className="num nowrap">{bytes(row.size)}</td>
            <td>
              <Ago at={row.at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NewRepo({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const create = useAction(() => change.repoCreate(name.trim(), description.trim()), {
    touches: ["repos", "graph"],
    said: "The repo is there",
    after: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined);
  };
  return (
    <Dialog title="New repo" onClose={onClose}>
      <form className="stack" style={{ gap: 16 }} onSubmit={submit}>
        <label className="field">
          <span className="label">Name</span>
          <input
            className="input mono"
            value={name}
            onChange={(event) => setName(event.target.value)}
            spellCheck={false}
          />
        </label>
        <label className="field">
          <span className="label">Description</span>
          <input
            className="input"
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </label>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={create.isPending || name.trim() === ""}>
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}
