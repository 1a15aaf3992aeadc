/** Taking a commit back, folding it into the next, forgetting it: each says first what it will do. */
import { useState } from "react";
import { ApiError } from "../../../api/http";
import { change } from "../../../api/resources";
import type { Commit } from "../../../api/types";
import { useAction } from "../../../ui/action";
import { FormDialog } from "../../../ui/FormDialog";
import { shortId } from "../../../ui/format";
import { TOUCHED } from "../touched";

interface Props {
  repo: string;
  commit: Commit;
  onClose: () => void;
}

const called = (commit: Commit): string => commit.message || `commit ${shortId(commit.id)}`;

const SIDES = [
  { value: "ours", text: "Keep what is there now" },
  { value: "theirs", text: "Go back to what was before the commit" },
] as const;

/** On a branch: where the commit lies on it. */
export function Revert({ repo, commit, branch, onClose }: Props & { branch: string }) {
  const [asked, setAsked] = useState(false);
  const [side, setSide] = useState<"ours" | "theirs">("ours");
  const revert = useAction(() => change.revert(repo, commit.id, branch, asked ? side : null), {
    touches: TOUCHED,
    said: `Took back “${called(commit)}” on ${branch}`,
    after: onClose,
  });
  const conflicts = revert.error instanceof ApiError && revert.error.code === "conflict";
  return (
    <FormDialog
      title={`Take back “${called(commit)}”?`}
      doing="Revert"
      busy={revert.isPending}
      onSubmit={() => revert.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">
        A new commit on {branch} undoes what this one has changed. The history keeps both.
      </p>
      {(conflicts || asked) && (
        <fieldset className="choices">
          <legend>Some files were changed again since. What is to become of those?</legend>
          {SIDES.map((each) => (
            <label key={each.value} className="row">
              <input
                type="radio"
                name="side"
                checked={asked && side === each.value}
                onChange={() => {
                  setAsked(true);
                  setSide(each.value);
                }}
              />
              {each.text}
            </label>
          ))}
        </fieldset>
      )}
    </FormDialog>
  );
}

export function Squash({ repo, commit, onClose }: Props) {
  const squash = useAction(() => change.squash(repo, commit.id), {
    touches: TOUCHED,
    said: `Folded “${called(commit)}” into what follows it`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Fold “${called(commit)}” into the commit after it?`}
      doing="Squash"
      tone="danger"
      busy={squash.isPending}
      onSubmit={() => squash.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">
        This version leaves the history; its changes stay in the one that follows. Its id leads nowhere then.
        It is refused while something was made from it.
      </p>
    </FormDialog>
  );
}

export function Drop({ repo, commit, onClose }: Props) {
  const drop = useAction(() => change.drop(repo, commit.id), {
    touches: TOUCHED,
    said: `Dropped “${called(commit)}”`,
    after: onClose,
  });
  return (
    <FormDialog
      title={`Drop “${called(commit)}”?`}
      doing="Drop"
      tone="danger"
      busy={drop.isPending}
      onSubmit={() => drop.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">
        Branches that stand here go back to the commit before, and this one is forgotten with what only it
        holds. It is refused while something was made from it. To keep the history, revert instead.
      </p>
    </FormDialog>
  );
}
