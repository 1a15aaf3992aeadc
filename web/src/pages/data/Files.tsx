/** A folder of a commit, with a place to drop files onto. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { change, read } from "../../api/resources";
import type { Commit, Entry } from "../../api/types";
import { mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { bytes, count, plural, shortId } from "../../ui/format";
import { Icon, type IconName } from "../../ui/Icon";
import { Ago, Empty, Loaded } from "../../ui/parts";
import { folderOf, joined, stepsOf } from "./paths";

interface Props {
  repo: string;
  at: string;
  path: string;
  writable: boolean;
  /** There is no commit to read yet: only the place to drop the first file. */
  emptyBranch?: boolean;
}

export function Files({ repo, at, path, writable, emptyBranch = false }: Props) {
  const listing = useInfiniteQuery({ ...read.ls(repo, at, path), enabled: !emptyBranch });
  const me = useMe();
  const list = (
    <Loaded query={listing} lines={6}>
      {(data) => {
        const entries = data.pages.flatMap((page) => page.entries);
        const commit = data.pages[0]?.commit;
        return (
          <>
            {commit && <Latest repo={repo} commit={commit} />}
            {entries.length === 0 ? (
              <Empty icon="folder" title="This folder is empty" />
            ) : (
              <Entries repo={repo} at={at} path={path} entries={entries} />
            )}
          </>
        );
      }}
    </Loaded>
  );
  const body = emptyBranch ? null : <div className="panel table-scroll">{list}</div>;
  return (
    <section className="stack" aria-label="Files">
      {path !== "/" && <PathBar repo={repo} at={at} path={path} />}
      {writable && mayWriteData(me) ? (
        <DropZone repo={repo} branch={at} folder={path}>
          {body}
        </DropZone>
      ) : (
        body
      )}
      {listing.hasNextPage && (
        <div>
          <button
            type="button"
            className="button"
            disabled={listing.isFetchingNextPage}
            onClick={() => listing.fetchNextPage()}
          >
            {listing.isFetchingNextPage ? "Loading…" : "Show more"}
          </button>
        </div>
      )}
    </section>
  );
}

export function PathBar({
  repo,
  at,
  path,
  children,
}: {
  repo: string;
  at: string;
  path: string;
  children?: ReactNode;
}) {
  const steps = stepsOf(path);
  return (
    <nav className="row path-bar" aria-label="Path">
      <ol className="crumbs grow">
        <li>
          <Link to="/data/$repo" params={{ repo }} search={{ ref: at }}>
            {repo}
          </Link>
        </li>
        {steps.map((step, i) => (
          <li key={step.path}>
            <span className="sep" aria-hidden="true">
              /
            </span>
            {i < steps.length - 1 ? (
              <Link to="/data/$repo" params={{ repo }} search={{ ref: at, path: step.path }}>
                {step.name}
              </Link>
            ) : (
              <span aria-current="page">{step.name}</span>
            )}
          </li>
        ))}
      </ol>
      {children}
    </nav>
  );
}

function Latest({ repo, commit }: { repo: string; commit: Commit }) {
  return (
    <div className="panel-head">
      <Icon name="commit" />
      <Link className="link mono" to="/data/$repo/commit/$id" params={{ repo, id: commit.id }}>
        {shortId(commit.id)}
      </Link>
      <span className="grow clip">{commit.message || <span className="muted">no message</span>}</span>
      <span className="muted small nowrap">
        {commit.author} · <Ago at={commit.at} /> · {plural(commit.files, "file")} · {bytes(commit.size)}
      </span>
    </div>
  );
}

function iconOf(entry: Entry): IconName {
  if (entry.type === "folder") return "folder";
  const type = entry.content_type ?? "";
  if (type.startsWith("image/")) return "image";
  return /csv|parquet/.test(type) || /\.(csv|tsv|parquet)$/.test(entry.name) ? "table" : "file";
}

function Entries({ repo, at, path, entries }: { repo: string; at: string; path: string; entries: Entry[] }) {
  const folders = entries.some((entry) => entry.type === "folder");
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          {folders && (
            <th scope="col" className="num">
              Files
            </th>
          )}
          <th scope="col" className="num">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {path !== "/" && (
          <tr className="can-open">
            <td colSpan={3}>
              <Link
                className="cell"
                to="/data/$repo"
                params={{ repo }}
                search={{ ref: at, path: folderOf(path) }}
              >
                <span className="muted">
                  <Icon name="folder" />
                </span>
                ..
              </Link>
            </td>
          </tr>
        )}
        {entries.map((entry) => (
          <tr key={entry.path} className="can-open">
            <td>
              <Link
                className="cell"
                to="/data/$repo"
                params={{ repo }}
                search={
                  entry.type === "folder" ? { ref: at, path: entry.path } : { ref: at, file: entry.path }
                }
              >
                <span className={entry.type === "folder" ? "tone-accent" : "muted"}>
                  <Icon name={iconOf(entry)} />
                </span>
                {entry.name}
              </Link>
            </td>
            {folders && <td className="num muted">{entry.files === null ? "" : count(entry.files)}</td>}
            <td className="num nowrap">{bytes(entry.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function DropZone({
  repo,
  branch,
  folder,
  children,
}: {
  repo: string;
  branch: string;
  folder: string;
  children: ReactNode;
}) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const upload = useAction(
    async (files: File[]) => {
      // One after the other: each is a commit of its own, and the order of commits is the order of files.
      for (const file of files)
        await change.upload(repo, branch, joined(folder, file.name), `Upload ${file.name}`, file);
    },
    { touches: ["repos", "log", "ls", "graph", "home"], said: "Uploaded and committed" },
  );
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) upload.mutate(files);
  };
  return (
    <section
      className={`drop-zone${over ? " over" : ""}`}
      aria-label="Upload"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      {children}
      <div className="row muted small">
        <input
          ref={input}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = "";
            if (files.length > 0) upload.mutate(files);
          }}
        />
        <button
          type="button"
          className="button"
          disabled={upload.isPending}
          onClick={() => input.current?.click()}
        >
          <Icon name="upload" />
          {upload.isPending ? "Uploading…" : "Upload files"}
        </button>
        <span>or drop them here; each becomes a commit on {branch}.</span>
      </div>
    </section>
  );
}
