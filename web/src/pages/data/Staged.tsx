/** Single puts that are on a branch and in no commit yet, and branches that others move. */
import { useQuery } from "@tanstack/react-query";
import { commitStaged, readStaged, readTriggers } from "../../api/staging";
import { mayWriteData } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { Icon } from "../../ui/Icon";

const TOUCHED = ["repos", "log", "history", "ls", "compare", "graph", "home"];

interface Props {
  repo: string;
  branch: string;
}

/** How many changes wait on a branch; what it holds is then more than its head. */
export function useStaged({ repo, branch }: Props): number {
  const groups = useQuery(readStaged(repo)).data ?? [];
  return groups.find((group) => group.branch === branch)?.changes ?? 0;
}

export const stagedText = (changes: number): string =>
  changes === 1 ? "1 staged change" : `${changes.toLocaleString("en")} staged changes`;

/** "3 staged changes · Commit now"; nothing while nothing is staged. */
export function StagedNotice({ repo, branch }: Props) {
  const changes = useStaged({ repo, branch });
  const mayWrite = mayWriteData(useMe());
  const commit = useAction(() => commitStaged(repo, branch), {
    touches: TOUCHED,
    said: `${branch} holds what was staged`,
  });
  if (changes === 0) return null;
  return (
    <div className="notice" role="status" style={{ alignItems: "center" }}>
      <Icon name="commit" />
      <span className="grow">{stagedText(changes)}, to be committed soon</span>
      {mayWrite && (
        <button
          type="button"
          className="button"
          disabled={commit.isPending}
          onClick={() => commit.mutate(undefined)}
        >
          Commit now
        </button>
      )}
    </div>
  );
}

/** "triggered by main: 100 commits or 1 GB"; nothing for a branch that is moved by hand. */
export function TriggeredBy({ repo, branch }: Props) {
  const triggers = useQuery(readTriggers(repo)).data ?? [];
  const trigger = triggers.find((each) => each.branch === branch);
  return trigger ? <span className="muted">triggered by {trigger.told}</span> : null;
}
