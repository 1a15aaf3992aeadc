/** What can be done to a branch: making, moving, protecting and deleting it. */
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { change } from "../../../api/resources";
import type { Branch, Repo } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { shortId } from "../../../ui/format";
import { isCommitId } from "../paths";
import { TOUCHED } from "../touched";

const shown = (ref: string): string => (isCommitId(ref) ? shortId(ref) : ref);

interface NewProps {
  repo: string;
  /** What the branch begins at. */
  at: string;
  onClose: () => void;
}

export function NewBranch({ repo, at, onClose }: NewProps) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const create = useAction((branch: string) => change.branchCreate(repo, branch, at), {
    touches: TOUCHED,
    said: `Made ${name.trim()} at ${shown(at)}`,
    after: (branch) => {
      onClose();
      void navigate({ to: "/data/$repo", params: { repo }, search: { ref: branch.name } });
    },
  });
  return (
    <FormDialog
      title={`New branch at ${shown(at)}`}
      doing="Create"
      ready={name.trim() !== ""}
      busy={create.isPending}
      onSubmit={() => create.mutate(name.trim())}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} placeholder="try-something" code />
    </FormDialog>
  );
}

interface OneProps {
  repo: string;
  branch: Branch;
  onClose: () => void;
}

export function MoveBranch({ repo, branch, onClose, to: first = "" }: OneProps & { to?: string }) {
  const [to, setTo] = useState(first);
  const move = useAction((ref: string) => change.branchMove(repo, branch.name, ref, branch.head), {
    touches: TOUCHED,
    said: `${branch.name} stands at ${shown(to.trim())}`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Move ${branch.name}`}
      doing="Move"
      tone="danger"
      ready={to.trim() !== ""}
      busy={move.isPending}
      onSubmit={() => move.mutate(to.trim())}
      onClose={onClose}
    >
      <p className="muted">
        The branch will stand at another commit. What only it led to stays stored and can be reached by its id
        {branch.head && <code> {branch.head}</code>}.
      </p>
      <TextField label="To" value={to} onChange={setTo} placeholder="branch, tag or commit" code />
    </FormDialog>
  );
}

export function PromoteBranch({ repo, branch, all, onClose }: OneProps & { all: Repo }) {
  const targets = all.branches.filter((each) => each.name !== branch.name);
  const [to, setTo] = useState((targets.find((each) => each.name === "main") ?? targets[0])?.name ?? "");
  const promote = useAction((target: string) => change.branchPromote(repo, branch.name, target), {
    touches: TOUCHED,
    said: `${to} stands where ${branch.name} stands`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Promote ${branch.name}`}
      doing="Promote"
      ready={to !== ""}
      busy={promote.isPending}
      onSubmit={() => promote.mutate(to)}
      onClose={onClose}
    >
      <p className="muted">
        Another branch goes forward to where {branch.name} stands. No commit is made; it works while that
        branch has nothing of its own.
      </p>
      <label className="field">
        <span className="label">Branch to go forward</span>
        <select className="select" value={to} onChange={(event) => setTo(event.target.value)}>
          {targets.map((each) => (
            <option key={each.name}>{each.name}</option>
          ))}
        </select>
      </label>
    </FormDialog>
  );
}

export function DeleteBranch({ repo, branch, onClose }: OneProps) {
  const remove = useAction(() => change.branchDelete(repo, branch.name), {
    touches: TOUCHED,
    said: `Deleted the branch ${branch.name}`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Delete the branch ${branch.name}?`}
      doing="Delete"
      tone="danger"
      busy={remove.isPending}
      onSubmit={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">
        Its commits stay{branch.head && ", and their ids lead to them; the last one is "}
        {branch.head && <code>{branch.head}</code>}.
      </p>
    </FormDialog>
  );
}
