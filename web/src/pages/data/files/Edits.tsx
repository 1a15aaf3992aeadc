/** Deleting and renaming from the browser: each is a commit, and says so before it is made. */
import { useEffect, useRef, useState } from "react";
import { change, type FileChange } from "../../../api/resources";
import type { Entry } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { plural } from "../../../ui/format";
import { folderOf, joined } from "../paths";
import { TOUCHED } from "../touched";

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
  return (
    <FormDialog
      title={kind === "delete" ? `Delete ${what}?` : `Rename or move ${what}`}
      doing={kind === "delete" ? "Delete" : "Move"}
      tone={kind === "delete" ? "danger" : "primary"}
      ready={kind === "delete" || (path.trim() !== "" && path.trim() !== entry.path)}
      busy={save.isPending}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
    >
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
      <TextField label="Message" value={message} onChange={setMessage} placeholder={usual} />
    </FormDialog>
  );
}
