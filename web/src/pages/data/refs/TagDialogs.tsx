/** Naming a commit for good, and taking such a name back. */
import { useState } from "react";
import { change } from "../../../api/resources";
import type { Tag } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { shortId } from "../../../ui/format";
import { isCommitId } from "../paths";
import { TOUCHED } from "../touched";

export function NewTag({ repo, at, onClose }: { repo: string; at: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const [message, setMessage] = useState("");
  const create = useAction(() => change.tagCreate(repo, name.trim(), at, message.trim()), {
    touches: TOUCHED,
    said: `Tagged ${name.trim()}`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Tag ${isCommitId(at) ? shortId(at) : `the head of ${at}`}`}
      doing="Tag"
      ready={name.trim() !== ""}
      busy={create.isPending}
      onSubmit={() => create.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">A tag names one commit for good; it never moves.</p>
      <TextField label="Name" value={name} onChange={setName} placeholder="v1" code />
      <TextField label="Message" value={message} onChange={setMessage} placeholder="What it stands for" />
    </FormDialog>
  );
}

export function DeleteTag({ repo, tag, onClose }: { repo: string; tag: Tag; onClose: () => void }) {
  const remove = useAction(() => change.tagDelete(repo, tag.name), {
    touches: TOUCHED,
    said: `Deleted the tag ${tag.name}`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Delete the tag ${tag.name}?`}
      doing="Delete"
      tone="danger"
      busy={remove.isPending}
      onSubmit={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">The commit {shortId(tag.commit)} stays. Whoever uses the name will not find it.</p>
    </FormDialog>
  );
}
