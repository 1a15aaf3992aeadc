/** Deleting, moving and copying several files and folders of one folder at once: one commit. */
import { useState } from "react";
import { change, type FileChange } from "../../../api/resources";
import type { Entry } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { plural } from "../../../ui/format";
import { joined } from "../paths";
import { TOUCHED } from "../touched";

export type Doing = "delete" | "move" | "copy";

interface Props {
  repo: string;
  branch: string;
  folder: string;
  doing: Doing;
  entries: readonly Entry[];
  onDone: () => void;
  onClose: () => void;
}

const WORDS: Record<Doing, { button: string; done: string }> = {
  delete: { button: "Delete", done: "Deleted" },
  move: { button: "Move", done: "Moved" },
  copy: { button: "Copy", done: "Copied" },
};

export function ManyEdits({ repo, branch, folder, doing, entries, onDone, onClose }: Props) {
  const [to, setTo] = useState(folder);
  const [message, setMessage] = useState("");
  const what = entries.length === 1 ? (entries[0]?.name ?? "") : `${entries.length} names`;
  const target = `/${to.split("/").filter(Boolean).join("/")}`;
  const { button, done } = WORDS[doing];
  const usual = doing === "delete" ? `Delete ${what} in ${folder}` : `${button} ${what} to ${target}`;
  const save = useAction(
    () =>
      change.commit(
        repo,
        branch,
        message.trim() || usual,
        entries.map(
          ({ path, name }): FileChange =>
            doing === "delete" ? { op: "delete", path } : { op: doing, path, to: joined(target, name) },
        ),
      ),
    {
      touches: TOUCHED,
      said: `${done} ${what}`,
      after: () => {
        onDone();
        onClose();
      },
    },
  );
  const files = entries.reduce((sum, entry) => sum + (entry.type === "folder" ? (entry.files ?? 0) : 1), 0);
  return (
    <FormDialog
      title={`${button} ${what}${doing === "delete" ? "?" : ""}`}
      doing={button}
      tone={doing === "delete" ? "danger" : "primary"}
      ready={doing === "delete" || target !== folder}
      busy={save.isPending}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">
        {plural(files, "file")}{" "}
        {doing === "delete"
          ? `are removed from ${branch} by one commit. Earlier commits keep them.`
          : "change place by one commit; no bytes are copied."}
      </p>
      {doing !== "delete" && <TextField label="To the folder" value={to} onChange={setTo} code />}
      <TextField label="Message" value={message} onChange={setMessage} placeholder={usual} />
    </FormDialog>
  );
}
