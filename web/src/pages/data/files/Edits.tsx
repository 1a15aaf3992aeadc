/** Deleting and renaming from the browser: each is a commit, and says so before it is made. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { change, type FileChange } from "../../../api/resources";
import type { Entry } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { Dialog } from "../../../ui/Dialog";
import { plural } from "../../../ui/format";
import { folderOf, joined } from "../paths";

const TOUCHED = ["repos", "log", "history", "ls", "graph", "home"];

export interface Editing {
  readonly kind: "delete" | "rename";
  readonly entry: Entry;
}

interface Props {
  repo: string;
  branch: string;
  editing: Editing;
  onClose: () => void;
}

export function Edits({ repo, branch, editing: { kind, entry }, onClose }: Props) {
  const [message, setMessage] = useState("");
  const [path, setPath] = useState(entry.path);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // The name is what most people want to change; the folder stays.
    const from = joined(folderOf(entry.path), "").length;
    field.current?.setSelectionRange(from, entry.path.length);
  }, [entry.path]);
  const what = entry.type === "folder" ? `the folder ${entry.name}` : entry.name;
  const wish: FileChange =
    kind === "delete"
      ? { op: "delete", path: entry.path }
      : { op: "move", path: entry.path, to: path.trim() };
  const usual = kind === "delete" ? `Delete ${entry.path}` : `Move ${entry.path} to ${path.trim()}`;
  const save = useAction(() => change.commit(repo, branch, message.trim() || usual, [wish]), {
    touches: TOUCHED,
    said: kind === "delete" ? `Deleted ${entry.name} on ${branch}` : `Moved to ${path.trim()}`,
    after: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Dialog title={kind === "delete" ? `Delete ${what}?` : `Rename or move ${what}`} onClose={onClose}>
      <form className="stack" style={{ gap: 16 }} onSubmit={submit}>
        {kind === "delete" ? (
          <p className="muted">
            {entry.type === "folder" ? `${plural(entry.files ?? 0, "file")} in it are` : "It is"} removed from{" "}
            {branch} by a commit. Earlier commits keep {entry.type === "folder" ? "them" : "it"}.
          </p>
        ) : (
          <label className="field">
            <span className="label">New path</span>
            <input
              className="input mono"
              value={path}
              onChange={(event) => setPath(event.target.value)}
              ref={field}
              spellCheck={false}
            />
          </label>
        )}
        <label className="field">
          <span className="label">Message</span>
          <input
            className="input"
            value={message}
            placeholder={usual}
            onChange={(event) => setMessage(event.target.value)}
          />
        </label>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={`button ${kind === "delete" ? "danger" : "primary"}`}
            disabled={
              save.isPending || (kind === "rename" && (path.trim() === "" || path.trim() === entry.path))
            }
          >
            {kind === "delete" ? "Delete" : "Move"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
