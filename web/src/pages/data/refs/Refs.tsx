/** The branches and tags of a repo, and what can be done to each. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { change, read } from "../../../api/resources";
import type { Branch, Repo, Tag } from "../../../api/types";
import { mayWriteData } from "../../../shell/access";
import { useMe } from "../../../shell/me";
import { useAction } from "../../../ui/action";
import { shortId } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Menu, type MenuItem } from "../../../ui/Menu";
import { Ago, Badge, Empty, Loaded } from "../../../ui/parts";
import { TriggeredBy } from "../Staged";
import { TOUCHED } from "../touched";
import { DeleteBranch, MoveBranch, NewBranch, PromoteBranch } from "./BranchDialogs";
import { DeleteTag, NewTag } from "./TagDialogs";

type Asking =
  | { readonly kind: "new-branch" | "new-tag"; readonly at: string }
  | { readonly kind: "move" | "promote" | "delete"; readonly branch: Branch }
  | { readonly kind: "delete-tag"; readonly tag: Tag };

interface Props {
  name: string;
  repo: Repo;
  at: string;
}

export function Refs({ name, repo, at }: Props) {
  const mayWrite = mayWriteData(useMe()) && repo.kind === "user";
  const tags = useQuery(read.tags(name));
  const [asking, setAsking] = useState<Asking | null>(null);
  const add = (kind: "new-branch" | "new-tag", text: string) =>
    mayWrite && (
      <button type="button" className="button" onClick={() => setAsking({ kind, at })}>
        <Icon name="plus" />
        {text}
      </button>
    );
  return (
    <>
      <Panel id="branches" title="Branches" doing={add("new-branch", "New branch")}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Stands at</th>
              <th scope="col">Last change</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {repo.branches.map((branch) => (
              <BranchRow
                key={branch.name}
                name={name}
                repo={repo}
                branch={branch}
                mayWrite={mayWrite}
                onAsk={setAsking}
              />
            ))}
          </tbody>
        </table>
      </Panel>
      <Panel id="tags" title="Tags" doing={add("new-tag", `Tag ${at}`)}>
        <Loaded query={tags} lines={2}>
          {(found) => <Tags name={name} tags={found} mayWrite={mayWrite} onAsk={setAsking} />}
        </Loaded>
      </Panel>
      {asking && <Asked name={name} repo={repo} asking={asking} onClose={() => setAsking(null)} />}
    </>
  );
}

function Panel({
  id,
  title,
  doing,
  children,
}: {
  id: string;
  title: string;
  doing: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id} className="grow">
          {title}
        </h2>
        {doing}
      </div>
      <div className="table-scroll">{children}</div>
    </section>
  );
}

interface RowProps {
  name: string;
  repo: Repo;
  branch: Branch;
  mayWrite: boolean;
  onAsk: (asking: Asking) => void;
}

function BranchRow({ name, repo, branch, mayWrite, onAsk }: RowProps) {
  const navigate = useNavigate();
  const protect = useAction((on: boolean) => change.branchProtect(name, branch.name, on), {
    touches: TOUCHED,
    said: branch.protected ? `${branch.name} is open again` : `${branch.name} is protected`,
  });
  const others = repo.branches.filter((each) => each.name !== branch.name);
  const first = others.find((each) => each.name === "main") ?? others[0];
  const compare: MenuItem[] =
    first?.head && branch.head
      ? [
          {
            text: `Compare with ${first.name}`,
            icon: "swap",
            run: () =>
              void navigate({
                to: "/data/$repo/compare",
                params: { repo: name },
                search: { from: first.name, to: branch.name },
              }),
          },
        ]
      : [];
  const merge: MenuItem[] =
    first && branch.head
      ? [
          {
            text: "Merge into…",
            icon: "merge",
            run: () =>
              void navigate({
                to: "/data/$repo/merge",
                params: { repo: name },
                search: { from: branch.name, into: first.name },
              }),
          },
          { text: "Promote…", icon: "upload", run: () => onAsk({ kind: "promote", branch }) },
        ]
      : [];
  const unprotected: MenuItem[] = branch.protected
    ? []
    : [
        { text: "Move…", icon: "rename", run: () => onAsk({ kind: "move", branch }) },
        { text: "Delete…", icon: "trash", danger: true, run: () => onAsk({ kind: "delete", branch }) },
      ];
  const items: MenuItem[] = [
    ...compare,
    ...(mayWrite
      ? [
          ...merge,
          ...(branch.head
            ? [
                {
                  text: "New branch from here…",
                  icon: "branch" as const,
                  run: () => onAsk({ kind: "new-branch" as const, at: branch.name }),
                },
                {
                  text: "Tag its head…",
                  icon: "tag" as const,
                  run: () => onAsk({ kind: "new-tag" as const, at: branch.name }),
                },
              ]
            : []),
          {
            text: branch.protected ? "Lift protection" : "Protect",
            icon: branch.protected ? ("unlock" as const) : ("lock" as const),
            run: () => protect.mutate(!branch.protected),
          },
          ...unprotected,
        ]
      : []),
  ];
  return (
    <tr>
      <td>
        <span className="row">
          <Link className="cell" to="/data/$repo" params={{ repo: name }} search={{ ref: branch.name }}>
            <Icon name="branch" />
            {branch.name}
          </Link>
          <TriggeredBy repo={name} branch={branch.name} />
          {branch.protected && (
            <Badge icon="lock" title="It grows by merging and promoting alone">
              protected
            </Badge>
          )}
        </span>
      </td>
      <td>
        {branch.head ? <CommitLink name={name} id={branch.head} /> : <span className="muted">nothing</span>}
      </td>
      <td className="muted">
        <Ago at={branch.at} />
      </td>
      <td className="num">
        {items.length > 0 && <Menu label={`Actions on ${branch.name}`} items={items} />}
      </td>
    </tr>
  );
}

function Tags({
  name,
  tags,
  mayWrite,
  onAsk,
}: {
  name: string;
  tags: readonly Tag[];
  mayWrite: boolean;
  onAsk: (asking: Asking) => void;
}) {
  if (tags.length === 0)
    return (
      <Empty icon="tag" title="No tag yet">
        <p>A tag names one commit for good: a release, a data set that was trained on.</p>
      </Empty>
    );
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Names</th>
          <th scope="col">Message</th>
          <th scope="col">By</th>
          <th scope="col">Made</th>
          {mayWrite && (
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {tags.map((tag) => (
          <tr key={tag.name}>
            <td>
              <Link className="cell" to="/data/$repo" params={{ repo: name }} search={{ ref: tag.name }}>
                <Icon name="tag" />
                {tag.name}
              </Link>
            </td>
            <td>
              <CommitLink name={name} id={tag.commit} />
            </td>
            <td className="muted">{tag.message}</td>
            <td className="muted nowrap">{tag.author}</td>
            <td className="muted">
              <Ago at={tag.at} />
            </td>
            {mayWrite && (
              <td className="num">
                <button
                  type="button"
                  className="button quiet icon-only"
                  aria-label={`Delete the tag ${tag.name}`}
                  title="Delete"
                  onClick={() => onAsk({ kind: "delete-tag", tag })}
                >
                  <Icon name="trash" />
                </button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function CommitLink({ name, id }: { name: string; id: string }) {
  return (
    <Link className="link mono" to="/data/$repo/commit/$id" params={{ repo: name, id }}>
      {shortId(id)}
    </Link>
  );
}

function Asked({
  name,
  repo,
  asking,
  onClose,
}: {
  name: string;
  repo: Repo;
  asking: Asking;
  onClose: () => void;
}) {
  switch (asking.kind) {
    case "new-branch":
      return <NewBranch repo={name} at={asking.at} onClose={onClose} />;
    case "new-tag":
      return <NewTag repo={name} at={asking.at} onClose={onClose} />;
    case "move":
      return <MoveBranch repo={name} branch={asking.branch} onClose={onClose} />;
    case "promote":
      return <PromoteBranch repo={name} branch={asking.branch} all={repo} onClose={onClose} />;
    case "delete":
      return <DeleteBranch repo={name} branch={asking.branch} onClose={onClose} />;
    case "delete-tag":
      return <DeleteTag repo={name} tag={asking.tag} onClose={onClose} />;
  }
}
