/** Paths that differ between two commits; an opened one shows both sides. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { rawUrl, read } from "../../api/resources";
import type { Change, Preview } from "../../api/types";
import { CodeBlock } from "../../ui/CodeBlock";
import { bytes, count } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Empty, Loaded, Loading } from "../../ui/parts";
import { lineDiff } from "./lines";

const SIGNS = { added: "+", removed: "−", changed: "±" } as const;
const TONES = { added: "tone-ok", removed: "tone-error", changed: "tone-warn" } as const;

export function DiffList({ repo, from, to }: { repo: string; from: string; to: string }) {
  const diff = useInfiniteQuery(read.diff(repo, from, to));
  return (
    <Loaded query={diff} lines={5}>
      {(data) => {
        const changes = data.pages.flatMap((page) => page.changes);
        const kinds = (["added", "changed", "removed"] as const).map((kind) => ({
          kind,
          n: changes.filter((change) => change.kind === kind).length,
        }));
        return (
          <>
            <p className="row muted">
              {kinds.map(({ kind, n }) => (
                <span key={kind}>
                  <span className={TONES[kind]}>{SIGNS[kind]}</span> {count(n)}
                  {diff.hasNextPage && "+"} {kind}
                </span>
              ))}
            </p>
            <div className="panel">
              {changes.length === 0 ? (
                <Empty icon="check" title="No differences">
                  <p>Both sides hold the same files with the same content.</p>
                </Empty>
              ) : (
                <ul className="changes">
                  {changes.map((change) => (
                    <ChangeLine key={change.path} repo={repo} from={from} to={to} change={change} />
                  ))}
                </ul>
              )}
            </div>
            {diff.hasNextPage && (
              <div>
                <button
                  type="button"
                  className="button"
                  disabled={diff.isFetchingNextPage}
                  onClick={() => diff.fetchNextPage()}
                >
                  {diff.isFetchingNextPage ? "Loading…" : "Show more"}
                </button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function ChangeLine({ repo, from, to, change }: { repo: string; from: string; to: string; change: Change }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" className="change" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} />
        <span className={`sign ${TONES[change.kind]}`}>
          <span aria-hidden="true">{SIGNS[change.kind]}</span>
          <span className="visually-hidden">{change.kind}</span>
        </span>
        <span className="mono grow clip">{change.path}</span>
        <span className="muted small nowrap">
          {change.before && bytes(change.before.size)}
          {change.before && change.after && " → "}
          {change.after && bytes(change.after.size)}
        </span>
      </button>
      {open && <Sides repo={repo} from={from} to={to} change={change} />}
    </li>
  );
}

function Sides({ repo, from, to, change }: { repo: string; from: string; to: string; change: Change }) {
  const before = useQuery({ ...read.preview(repo, from, change.path), enabled: change.before !== null });
  const after = useQuery({ ...read.preview(repo, to, change.path), enabled: change.after !== null });
  if ((change.before && before.isLoading) || (change.after && after.isLoading)) return <Loading lines={3} />;
  const sides = [before.data, after.data].filter((each): each is Preview => each !== undefined);
  if (sides.some((side) => side.kind === "image")) {
    return (
      <div className="side-images">
        {change.before && <img src={rawUrl(repo, from, change.path)} alt={`${change.path} before`} />}
        {change.after && <img src={rawUrl(repo, to, change.path)} alt={`${change.path} after`} />}
      </div>
    );
  }
  if (sides.length === 0 || sides.some((side) => side.kind === "binary")) {
    return <p className="muted cut">The bytes differ; they have no preview.</p>;
  }
  const lines = lineDiff(textOf(before.data), textOf(after.data));
  return (
    <CodeBlock className="line-diff">
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff are their position
        <span key={i} className={line.kind}>
          {line.kind === "added" ? "+ " : line.kind === "removed" ? "− " : "  "}
          {line.text}
          {"\n"}
        </span>
      ))}
    </CodeBlock>
  );
}

function textOf(preview: Preview | undefined): string {
  if (!preview) return "";
  if (preview.kind === "csv")
    return [preview.columns ?? [], ...(preview.rows ?? [])].map((row) => row.join(", ")).join("\n");
  return preview.text ?? "";
}
