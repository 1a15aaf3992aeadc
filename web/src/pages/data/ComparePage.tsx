/** Two refs of one repo beside each other: which files differ, and how. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { read } from "../../api/resources";
import type { Repo } from "../../api/types";
import { Icon } from "../../ui/Icon";
import { Empty } from "../../ui/parts";
import { Differences, type Shown } from "./compare/Differences";
import { RefInput } from "./RefInput";
import { RepoFrame } from "./RepoFrame";
import "./data.css";

const route = getRouteApi("/shell/data/$repo/compare");

export function ComparePage() {
  const { repo: name } = route.useParams();
  return (
    <RepoFrame name={name} title="Compare">
      {(repo) => <Opened name={name} repo={repo} />}
    </RepoFrame>
  );
}

function Opened({ name, repo }: { name: string; repo: Repo }) {
  const navigate = useNavigate();
  const { from = "", to = "", ...shown } = route.useSearch();
  const tags = useQuery(read.tags(name)).data ?? [];
  const set = (next: { from: string; to: string }) =>
    navigate({
      to: "/data/$repo/compare",
      params: { repo: name },
      search: { ...next, ...shown },
      replace: true,
    });
  const show = useCallback(
    (next: Shown) => {
      void navigate({
        to: "/data/$repo/compare",
        params: { repo: name },
        search: { from, to, ...next },
        replace: true,
      });
    },
    [navigate, name, from, to],
  );
  return (
    <>
      <div className="page-title">
        <h1 className="grow">Compare</h1>
        <RefInput
          label="From"
          repo={repo}
          tags={tags}
          value={from}
          onChange={(ref) => set({ from: ref, to })}
        />
        <button
          type="button"
          className="button icon-only"
          aria-label="Swap sides"
          title="Swap sides"
          onClick={() => set({ from: to, to: from })}
        >
          <Icon name="swap" />
        </button>
        <RefInput label="To" repo={repo} tags={tags} value={to} onChange={(ref) => set({ from, to: ref })} />
      </div>
      {from && to ? (
        <section className="stack" aria-label="Differences">
          <Differences repo={name} from={from} to={to} shown={shown} onShow={show} />
        </section>
      ) : (
        <div className="panel">
          <Empty icon="branch" title="Choose two branches, tags or commits" />
        </div>
      )}
    </>
  );
}
