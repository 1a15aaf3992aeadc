/** What can be done with one commit of a history. */
import { useState } from "react";
import type { Branch, Commit, Repo } from "../../../api/types";
import { shortId } from "../../../ui/format";
import { Menu, type MenuItem } from "../../../ui/Menu";
import { MoveBranch, NewBranch } from "../refs/BranchDialogs";
import { NewTag } from "../refs/TagDialogs";
import { Drop, Revert, Squash } from "./CommitDialogs";

interface Props {
  name: string;
  repo: Repo;
  commit: Commit;
  /** The ref that is looked at: a branch, when the menu may change it. */
  at: string;
  /** Something follows this commit, or a branch begins at it. */
  followed: boolean;
}

type Asking = "tag" | "branch" | "revert" | "squash" | "drop" | "move";

/** The branch that a commit would be taken back on: the one looked at, else its own. */
function branchFor(repo: Repo, commit: Commit, at: string): Branch | undefined {
  const named = (name: string) => repo.branches.find((branch) => branch.name === name && branch.head);
  return named(at) ?? named(commit.branch);
}

export function CommitMenu({ name, repo, commit, at, followed }: Props) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const branch = branchFor(repo, commit, at);
  const item = (text: string, icon: MenuItem["icon"], kind: Asking, danger = false): MenuItem => ({
    text,
    icon,
    danger,
    run: () => setAsking(kind),
  });
  const items: MenuItem[] = [
    item("Tag…", "tag", "tag"),
    item("New branch here…", "branch", "branch"),
    ...(branch ? [item(`Revert on ${branch.name}…`, "undo", "revert")] : []),
    ...(branch && !branch.protected && branch.head !== commit.id
      ? [item(`Move ${branch.name} here…`, "rename", "move", true)]
      : []),
    followed ? item("Fold into the next…", "fold", "squash", true) : item("Drop…", "trash", "drop", true),
  ];
  const close = () => setAsking(null);
  return (
    <>
      <Menu label={`Actions on ${shortId(commit.id)}`} items={items} />
      {asking === "tag" && <NewTag repo={name} at={commit.id} onClose={close} />}
      {asking === "branch" && <NewBranch repo={name} at={commit.id} onClose={close} />}
      {asking === "revert" && branch && (
        <Revert repo={name} commit={commit} branch={branch.name} onClose={close} />
      )}
      {asking === "move" && branch && (
        <MoveBranch repo={name} branch={branch} to={commit.id} onClose={close} />
      )}
      {asking === "squash" && <Squash repo={name} commit={commit} onClose={close} />}
      {asking === "drop" && <Drop repo={name} commit={commit} onClose={close} />}
    </>
  );
}
