/** The commits of a repo, newest first: of all branches with the lines between them, or of one. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { read } from "../../../api/resources";
import type { Commit, Repo, Tag } from "../../../api/types";
import { mayWriteData } from "../../../shell/access";
import { useMe } from "../../../shell/me";
import { bytes, plural, shortId } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { EXACT } from "../../../ui/links";
import { Ago, Badge, Empty, Loaded } from "../../../ui/parts";
import { isCommitId } from "../paths";
import { CommitMenu } from "./CommitMenu";
import { Lanes, lanesWidth, ROW } from "./Lanes";
import { layLanes } from "./lanes";
import "./history.css";

interface Props {
  name: string;
  repo: Repo;
  at: string;
  /** `one`: only the line of commits behind the chosen ref. */
  lines: string | undefined;
}

export function History({ name, repo, at, lines }: Props) {
  const one = lines === "one";
  const all = useInfiniteQuery({ ...read.history(name), enabled: !one });
  const line = useInfiniteQuery({ ...read.log(name, at), enabled: one });
  const tags = useQuery(read.tags(name));
  const log = one ? line : all;
  return (
    <section className="stack" aria-label="Commits">
      <div className="row">
        <nav className="segments" aria-label="Which commits">
          <Link
            to="/data/$repo"
            params={{ repo: name }}
            search={{ ref: at, view: "commits" }}
            activeOptions={EXACT}
            aria-current={one ? undefined : "page"}
          >
            All branches
          </Link>
          <Link
            to="/data/$repo"
            params={{ repo: name }}
            search={{ ref: at, view: "commits", lines: "one" }}
            activeOptions={EXACT}
            aria-current={one ? "page" : undefined}
          >
            Only {isCommitId(at) ? shortId(at) : at}
          </Link>
        </nav>
      </div>
      <div className="panel">
        <Loaded query={log} lines={6}>
          {(data) => (
            <Drawn
              name={name}
              repo={repo}
              at={at}
              one={one}
              tags={tags.data ?? []}
              commits={data.pages.flatMap((page) => page.commits)}
            />
          )}
        </Loaded>
      </div>
      {log.hasNextPage && (
        <div>
          <button
            type="button"
            className="button"
            disabled={log.isFetchingNextPage}
            onClick={() => log.fetchNextPage()}
          >
            {log.isFetchingNextPage ? "Loading…" : "Show more"}
          </button>
        </div>
      )}
    </section>
  );
}

interface DrawnProps {
  name: string;
  repo: Repo;
  at: string;
  one: boolean;
  tags: readonly Tag[];
  commits: readonly Commit[];
}

function Drawn({ name, repo, at, one, tags, commits }: DrawnProps) {
  const rows = useMemo(
    () => layLanes(commits.map(({ id, parents }) => ({ id, parents: one ? parents.slice(0, 1) : parents }))),
    [commits, one],
  );
  const mayWrite = mayWriteData(useMe()) && repo.kind === "user";
  const followed = useMemo(() => new Set(commits.flatMap((commit) => commit.parents)), [commits]);
  const head = repo.branches.find((branch) => branch.name === at)?.head ?? tagged(tags, at) ?? at;
  if (commits.length === 0) return <Empty icon="commit" title="No commit yet" />;
  return (
    <ol className="history" style={{ paddingLeft: lanesWidth(rows) }}>
      <Lanes rows={rows} marked={head} />
      {commits.map((commit) => (
        <li key={commit.id} style={{ height: ROW }} className={commit.id === head ? "is-open" : undefined}>
          <span className="grow said">
            <Names name={name} repo={repo} tags={tags} commit={commit} />
            <Link
              className="message clip"
              to="/data/$repo/commit/$id"
              params={{ repo: name, id: commit.id }}
              title={commit.message}
            >
              {commit.message || `Commit ${shortId(commit.id)}`}
            </Link>
            {commit.parents.length > 1 && <Badge>merge</Badge>}
            {commit.kind !== "user" && commit.kind !== "merge" && <Badge>{commit.kind}</Badge>}
          </span>
          <span className="who muted clip">{commit.author || "–"}</span>
          <span className="what num nowrap muted">
            {plural(commit.files, "file")} · {bytes(commit.size)}
          </span>
          <span className="when nowrap muted">
            <Ago at={commit.at} />
          </span>
          <Link
            className="button quiet mono"
            to="/data/$repo"
            params={{ repo: name }}
            search={{ ref: commit.id }}
            aria-label={`Browse files at ${shortId(commit.id)}`}
          >
            {shortId(commit.id)}
          </Link>
          <Link className="button quiet" to="/lineage/$commit" params={{ commit: commit.id }}>
            Lineage
          </Link>
          {mayWrite && (
            <CommitMenu name={name} repo={repo} commit={commit} at={at} followed={followed.has(commit.id)} />
          )}
        </li>
      ))}
    </ol>
  );
}

const tagged = (tags: readonly Tag[], name: string): string | undefined =>
  tags.find((tag) => tag.name === name)?.commit;

function Names({
  name,
  repo,
  tags,
  commit,
}: {
  name: string;
  repo: Repo;
  tags: readonly Tag[];
  commit: Commit;
}) {
  const branches = repo.branches.filter((branch) => branch.head === commit.id).map((branch) => branch.name);
  const labels = tags.filter((tag) => tag.commit === commit.id).map((tag) => tag.name);
  return (
    <>
      {branches.map((ref) => (
        <RefLabel key={ref} name={name} ref_={ref} icon="branch" />
      ))}
      {labels.map((ref) => (
        <RefLabel key={ref} name={name} ref_={ref} icon="tag" />
      ))}
    </>
  );
}

function RefLabel({ name, ref_, icon }: { name: string; ref_: string; icon: "branch" | "tag" }) {
  return (
    <Link className={`ref-label ${icon}`} to="/data/$repo" params={{ repo: name }} search={{ ref: ref_ }}>
      <Icon name={icon} />
      <span className="visually-hidden">{icon} </span>
      {ref_}
    </Link>
  );
}
