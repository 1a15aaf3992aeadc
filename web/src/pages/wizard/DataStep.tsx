/** Where the items are: a repo, a branch, and a file, folder or glob in it; and what was found there. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useState } from "react";
import { read, repoName } from "../../api/resources";
import type { Repo } from "../../api/types";
import { mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { bytes, count, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Empty, Loaded, Loading } from "../../ui/parts";
import { changeDraft } from "./draft";
import { Found } from "./Found";
import { type Setup, useSettled } from "./setup";

/** Repos that the program writes its own documents to. */
const OWN_KINDS = new Set(["spec"]);

/** Labels may be labelled again, but what nobody has looked at yet comes first. */
const byUse = (a: Repo, b: Repo): number =>
  Number(a.kind === "people") - Number(b.kind === "people") || repoName(a).localeCompare(repoName(b));

export function DataStep({ setup }: { setup: Setup }) {
  const repos = useQuery(read.repos());
  return (
    <>
      <header className="wizard-head">
        <h1 tabIndex={-1}>What is to be labelled?</h1>
        <p className="muted">
          Each file, or each row of a table, becomes an item that people are asked about.
        </p>
      </header>
      <Loaded query={repos}>
        {(all) => {
          const rows = all.filter(({ kind }) => !OWN_KINDS.has(kind)).sort(byUse);
          return rows.length === 0 ? <NoData /> : <Choose rows={rows} setup={setup} />;
        }}
      </Loaded>
    </>
  );
}

function NoData() {
  const me = useMe();
  return (
    <div className="panel">
      <Empty icon="upload" title="There is no data yet">
        <p>
          {mayWriteData(me)
            ? "Make a repo and drop your files onto it, or send them from a terminal:"
            : "Somebody who may write data has to bring it in first, in the browser or from a terminal:"}
        </p>
        <code>recension put photos@main ./photos</code>
        <Link to="/data" className="button primary">
          Go to the data
        </Link>
      </Empty>
    </div>
  );
}

function Choose({ rows, setup }: { rows: Repo[]; setup: Setup }) {
  const { draft, found, foundError, looking } = setup;
  const repo = rows.find((row) => repoName(row) === draft.repo) ?? null;
  return (
    <>
      <div className="wizard-columns">
        <RepoList rows={rows} chosen={draft.repo} />
        {repo ? <Place key={draft.repo} repo={repo} setup={setup} /> : <Unchosen />}
      </div>
      {repo && (
        <section className="stack" aria-label="What was found" aria-busy={looking}>
          {found ? (
            <Found setup={setup} found={found} />
          ) : foundError ? (
            <div className="notice error" role="alert">
              <Icon name="warn" />
              <div>{foundError.message}</div>
            </div>
          ) : (
            <Loading lines={3} label="Looking at the data" />
          )}
        </section>
      )}
    </>
  );
}

const Unchosen = () => (
  <div className="panel wizard-place">
    <Empty icon="data" title="Choose a repository">
      <p>Its folders and files appear here.</p>
    </Empty>
  </div>
);

function choose(row: Repo): void {
  const branches = row.branches.map(({ name }) => name);
  const branch = branches.includes("main") ? "main" : (branches[0] ?? "main");
  changeDraft({ repo: repoName(row), branch, path: "/", key: null, columns: {} });
}

function RepoList({ rows, chosen }: { rows: Repo[]; chosen: string }) {
  const [typed, setTyped] = useState("");
  const name = useId();
  const wanted = typed.trim().toLowerCase();
  const shown = rows.filter((row) => repoName(row).includes(wanted) || repoName(row) === chosen);
  return (
    <fieldset className="panel wizard-repos">
      <legend className="visually-hidden">Repository</legend>
      {rows.length > 8 && (
        <input
          className="input"
          type="search"
          aria-label="Find a repository"
          placeholder="Find a repository"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <div className="wizard-list">
        {shown.map((row) => (
          <label key={repoName(row)} className="wizard-option">
            <input type="radio" name={name} checked={repoName(row) === chosen} onChange={() => choose(row)} />
            <span className="grow">
              <span className="wizard-name">{repoName(row)}</span>
              {row.description && <span className="muted small clip">{row.description}</span>}
            </span>
            <span className="muted small nowrap">{plural(row.files, "file")}</span>
          </label>
        ))}
        {shown.length === 0 && <p className="muted wizard-none">No repository is called that.</p>}
      </div>
    </fieldset>
  );
}

function Place({ repo, setup }: { repo: Repo; setup: Setup }) {
  const { draft } = setup;
  const [typed, setTyped] = useState(draft.path);
  const settled = useSettled(typed, 350);
  // What is typed is looked at once it rests; what is clicked, at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing counts here
  useEffect(() => {
    if (settled !== "" && settled !== draft.path) changeDraft({ path: settled, key: null, columns: {} });
  }, [settled]);
  const go = (path: string) => {
    setTyped(path);
    changeDraft({ path, key: null, columns: {} });
  };
  return (
    <div className="panel wizard-place">
      <div className="wizard-where">
        <label className="field">
          <span className="label">Branch</span>
          <select
            className="select"
            value={draft.branch}
            onChange={(event) => changeDraft({ branch: event.target.value, key: null })}
          >
            {repo.branches.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
            {repo.branches.length === 0 && <option>main</option>}
          </select>
        </label>
        <label className="field grow">
          <span className="label">File, folder or pattern</span>
          <input
            className="input mono"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      </div>
      <Folder repo={draft.repo} branch={draft.branch} path={draft.path} onGo={go} />
      <label className="row wizard-every">
        <input
          type="checkbox"
          checked={draft.everyBranch}
          onChange={(event) => changeDraft({ everyBranch: event.target.checked })}
        />
        <span>
          Follow every branch{" "}
          <span className="muted">– what is tried on another branch is labelled, too</span>
        </span>
      </label>
    </div>
  );
}

const folderOf = (path: string): string => {
  const fixed = path.split(/[*?[{(]/)[0] ?? "/";
  return fixed.slice(0, fixed.lastIndexOf("/")) || "/";
};

function Folder({
  repo,
  branch,
  path,
  onGo,
}: {
  repo: string;
  branch: string;
  path: string;
  onGo: (path: string) => void;
}) {
  const here = useInfiniteQuery(read.ls(repo, branch, path, null, false));
  const isFolder = here.data?.pages[0]?.entries.some((entry) => entry.path !== path) ?? false;
  const folder = isFolder || path === "/" ? path.replace(/\/+$/, "") || "/" : folderOf(path);
  const around = useInfiniteQuery({
    ...read.ls(repo, branch, folder, null, false),
    enabled: folder !== path,
  });
  const entries = (folder === path ? here : around).data?.pages.flatMap((page) => page.entries) ?? [];
  const shown = entries.slice(0, 200);
  return (
    <ul className="wizard-list wizard-files" aria-label={`In ${folder}`}>
      {folder !== "/" && (
        <li>
          <button type="button" className="wizard-entry" onClick={() => onGo(folderOf(folder))}>
            <Icon name="up" />
            <span className="grow">Folder above</span>
          </button>
        </li>
      )}
      {shown.map((entry) => (
        <li key={entry.path}>
          <button
            type="button"
            className="wizard-entry"
            aria-pressed={entry.path === path}
            onClick={() => onGo(entry.path)}
          >
            <Icon name={entry.type === "folder" ? "folder" : "file"} />
            <span className="grow clip">{entry.path.split("/").at(-1)}</span>
            <span className="muted small nowrap">{bytes(entry.size)}</span>
          </button>
        </li>
      ))}
      {entries.length > shown.length && (
        <li className="muted small wizard-none">…and {count(entries.length - shown.length)} more</li>
      )}
      {entries.length === 0 && <li className="muted wizard-none">Nothing lies here yet.</li>}
    </ul>
  );
}
