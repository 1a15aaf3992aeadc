/** Two refs of one repo beside each other: which paths differ. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { read } from "../../api/resources";
import type { Repo } from "../../api/types";
import { Page } from "../../shell/Page";
import { shortId } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Empty, Loaded } from "../../ui/parts";
import { DiffList } from "./DiffList";
import { isCommitId } from "./paths";
import "./data.css";

const route = getRouteApi("/shell/data/$repo/compare");

export function ComparePage() {
  const { repo: name } = route.useParams();
  const repo = useQuery(read.repo(name));
  return (
    <Page
      crumbs={[
        { text: "Data", to: "/data" },
        { text: name, to: `/data/${encodeURIComponent(name)}` },
        { text: "Compare" },
      ]}
    >
      <Loaded query={repo} page>
        {(data) => <Opened name={name} repo={data} />}
      </Loaded>
    </Page>
  );
}

function Opened({ name, repo }: { name: string; repo: Repo }) {
  const navigate = useNavigate();
  const { from = "", to = "" } = route.useSearch();
  const set = (next: { from: string; to: string }) =>
    navigate({ to: "/data/$repo/compare", params: { repo: name }, search: next, replace: true });
  return (
    <>
      <div className="page-title">
        <h1 className="grow">Compare</h1>
        <RefSelect label="From" repo={repo} value={from} onChange={(value) => set({ from: value, to })} />
        <button
          type="button"
          className="button icon-only"
          aria-label="Swap sides"
          onClick={() => set({ from: to, to: from })}
        >
          ⇄
        </button>
        <RefSelect label="To" repo={repo} value={to} onChange={(value) => set({ from, to: value })} />
      </div>
      {from && to ? (
        <section className="stack" aria-label="Differences">
          <DiffList repo={name} from={from} to={to} />
        </section>
      ) : (
        <div className="panel">
          <Empty icon="branch" title="Choose two branches or commits" />
        </div>
      )}
    </>
  );
}

interface SelectProps {
  label: string;
  repo: Repo;
  value: string;
  onChange: (value: string) => void;
}

function RefSelect({ label, repo, value, onChange }: SelectProps) {
  const known = repo.branches.some((branch) => branch.name === value);
  return (
    <label className="row">
      <span className="muted">{label}</span>
      <Icon name={isCommitId(value) ? "commit" : "branch"} />
      <select className="select" value={value} onChange={(event) => onChange(event.target.value)}>
        {!known && (
          <option value={value}>{value ? (isCommitId(value) ? shortId(value) : value) : "choose…"}</option>
        )}
        {repo.branches.map((branch) => (
          <option key={branch.name} value={branch.name}>
            {branch.name}
          </option>
        ))}
      </select>
    </label>
  );
}
