/** A folder of a commit, with a place to drop files onto. */
import { Link } from "@tanstack/react-router";
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Icon } from "../../ui/Icon";
import { say, sayError } from "../../ui/toasts";
import { Browser } from "./files/Browser";
import { type Editing, Edits } from "./files/Edits";
import { dropped, picked } from "./files/gather";
import { Uploads } from "./files/Uploads";
import type { Outgoing } from "./files/uploading";
import { stepsOf } from "./paths";
import "./files/files.css";

interface Props {
  repo: string;
  at: string;
  /** The commit that the branch `at` stands at, when it is one. */
  head: string | null;
  path: string;
  start: string;
  writable: boolean;
  /** There is no commit to read yet: only the place to drop the first file. */
  emptyBranch?: boolean;
}

export function Files({ repo, at, head, path, start, writable, emptyBranch = false }: Props) {
  const me = useMe();
  const [editing, setEditing] = useState<Editing | null>(null);
  const mayWrite = writable && mayWriteData(me);
  const body = emptyBranch ? null : (
    <div className="panel">
      <Browser
        repo={repo}
        at={at}
        head={head}
        path={path}
        start={start}
        onEdit={mayWrite ? setEditing : null}
      />
    </div>
  );
  return (
    <section className="stack" aria-label="Files">
      {path !== "/" && <PathBar repo={repo} at={at} path={path} />}
      {mayWrite ? (
        <DropZone repo={repo} branch={at} folder={path}>
          {body}
        </DropZone>
      ) : (
        body
      )}
      {editing && (
        <Edits
          key={`${editing.kind} ${editing.entry.path}`}
          repo={repo}
          branch={at}
          editing={editing}
          onClose={() => setEditing(null)}
        />
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

interface DropZoneProps {
  repo: string;
  branch: string;
  folder: string;
  children: ReactNode;
}

function DropZone({ repo, branch, folder, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const [going, setGoing] = useState<{ files: Outgoing[]; folder: string } | null>(null);
  const files = useRef<HTMLInputElement>(null);
  const folders = useRef<HTMLInputElement>(null);
  useEffect(() => folders.current?.setAttribute("webkitdirectory", ""), []);
  const begin = (found: Outgoing[]) => {
    if (going)
      return say({ tone: "error", text: "An upload is under way.", hint: "Commit or cancel it first." });
    if (found.length > 0) setGoing({ files: found, folder });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    dropped(event.dataTransfer, folder).then(begin, sayError);
  };
  const pick = (input: HTMLInputElement) => {
    try {
      begin(picked(input.files ?? new DataTransfer().files, folder));
    } catch (error) {
      sayError(error instanceof Error ? error : new Error(String(error)));
    }
    input.value = "";
  };
  return (
    <section
      className={`drop-zone${over ? " over" : ""}`}
      aria-label="Place for uploads"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={drop}
    >
      {going && <Uploads repo={repo} branch={branch} {...going} onClose={() => setGoing(null)} />}
      {children}
      <div className="row muted small">
        <input ref={files} type="file" multiple hidden onChange={(event) => pick(event.target)} />
        <input ref={folders} type="file" multiple hidden onChange={(event) => pick(event.target)} />
        <button type="button" className="button" onClick={() => files.current?.click()}>
          <Icon name="upload" />
          Upload files
        </button>
        <button type="button" className="button" onClick={() => folders.current?.click()}>
          <Icon name="folder" />
          Upload a folder
        </button>
        <span>or drop files and folders here; together they become one commit on {branch}.</span>
      </div>
    </section>
  );
}
