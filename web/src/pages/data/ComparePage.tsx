/** Two refs of one repo beside each other: which files differ, and how. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useId, useState } from "react";
import { read } from "../../api/resources";
import type { Repo, Tag } from "../../api/types";
import { Page } from "../../shell/Page";
import { Icon } from "../../ui/Icon";
import { Empty, Loaded } from "../../ui/parts";
import { Differences, type Shown } from "./compare/Differences";
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

interface InputProps {
  label: string;
  repo: Repo;
  tags: readonly Tag[];
  value: string;
  onChange: (value: string) => void;
}

/** A name from the list, or anything that means a commit: an id, `main^2`. */
function RefInput({ label, repo, tags, value, onChange }: InputProps) {
  const [text, setText] = useState(value);
  const list = useId();
  useEffect(() => setText(value), [value]);
  const names = [...repo.branches.map((branch) => branch.name), ...tags.map((tag) => tag.name)];
  const take = (ref: string) => {
    if (ref.trim() !== "" && ref.trim() !== value) onChange(ref.trim());
  };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        take(text);
      }}
    >
      <label className="row">
        <span className="muted">{label}</span>
        <Icon
          name={isCommitId(value) ? "commit" : tags.some((tag) => tag.name === value) ? "tag" : "branch"}
        />
        <input
          className="input mono ref-input"
          list={list}
          value={text}
          placeholder="branch, tag or commit"
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            // Chosen from the list, or typed to its end: there is nothing left to say.
            if (names.includes(event.target.value)) take(event.target.value);
          }}
          onBlur={() => take(text)}
        />
      </label>
      <datalist id={list}>
        {repo.branches.map((branch) => (
          <option key={branch.name} value={branch.name}>
            branch
          </option>
        ))}
        {tags.map((tag) => (
          <option key={tag.name} value={tag.name}>
            tag
          </option>
        ))}
      </datalist>
    </form>
  );
}
