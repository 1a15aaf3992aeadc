/** The history of a branch, newest first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { read } from "../../api/resources";
import type { Commit } from "../../api/types";
import { bytes, plural, shortId } from "../../ui/format";
import { Ago, Badge, Empty, Loaded } from "../../ui/parts";

export function Commits({ repo, at }: { repo: string; at: string }) {
  const log = useInfiniteQuery(read.log(repo, at));
  return (
    <section className="stack" aria-label="Commits">
      <div className="panel table-scroll">
        <Loaded query={log} lines={6}>
          {(data) => {
            const commits = data.pages.flatMap((page) => page.commits);
            if (commits.length === 0) return <Empty icon="commit" title="No commit yet" />;
            return (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">Commit</th>
                    <th scope="col">Message</th>
                    <th scope="col">Made by</th>
                    <th scope="col" className="num">
                      Content
                    </th>
                    <th scope="col">When</th>
                    <th scope="col">
                      <span className="visually-hidden">Lineage</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {commits.map((commit) => (
                    <Row key={commit.id} repo={repo} commit={commit} />
                  ))}
                </tbody>
              </table>
            );
          }}
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

function Row({ repo, commit }: { repo: string; commit: Commit }) {
  return (
    <tr className="can-open">
      <td>
        <Link className="cell mono" to="/data/$repo/commit/$id" params={{ repo, id: commit.id }}>
          {shortId(commit.id)}
        </Link>
      </td>
      <td style={{ maxWidth: 420 }}>
        <span className="row">
          <span className="clip">{commit.message || <span className="muted">no message</span>}</span>
          {commit.kind !== "user" && <Badge>{commit.kind}</Badge>}
        </span>
      </td>
      <td>{commit.author || <span className="muted">–</span>}</td>
      <td className="num nowrap muted">
        {plural(commit.files, "file")} · {bytes(commit.size)}
      </td>
      <td>
        <Ago at={commit.at} />
      </td>
      <td className="num">
        <Link className="button quiet" to="/lineage/$commit" params={{ commit: commit.id }}>
          Lineage
        </Link>
      </td>
    </tr>
  );
}
