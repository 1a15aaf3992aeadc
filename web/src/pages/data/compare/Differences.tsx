/** What differs between two commits: totals, filters, and each file's difference where it is opened. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { read } from "../../../api/resources";
import type { Comparison, Difference } from "../../../api/types";
import { bytes, count, plural } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Empty, Loaded } from "../../../ui/parts";
import { FileDifference } from "./FileDifference";
import "./compare.css";

/** What of a comparison is on the screen; on its own page this is the address. */
export interface Shown {
  readonly path?: string;
  readonly kind?: string;
  /** The file that is open. */
  readonly file?: string;
  /** The column that pairs the rows of the open table; `rows`: none. */
  readonly key?: string;
  /** How the open picture is compared. */
  readonly as?: string;
}

export const KINDS = [
  { kind: "added", sign: "+", tone: "tone-ok" },
  { kind: "changed", sign: "±", tone: "tone-warn" },
  { kind: "removed", sign: "−", tone: "tone-error" },
  { kind: "renamed", sign: "→", tone: "tone-accent" },
] as const;

interface Props {
  repo: string;
  from: string;
  to: string;
  shown: Shown;
  onShow: (shown: Shown) => void;
}

export function Differences({ repo, from, to, shown, onShow }: Props) {
  const { path = "", kind = "", file = "" } = shown;
  const query = useInfiniteQuery({
    ...read.compare(repo, { from, to, path, kind }),
    placeholderData: (previous, before) =>
      before?.queryKey[1] === repo && before.queryKey[2] === from && before.queryKey[3] === to
        ? previous
        : undefined,
  });
  const away =
    query.data?.pages.every((page) => page.differences.every((each) => each.path !== file)) ?? false;
  const asked = useInfiniteQuery({
    ...read.compare(repo, { from, to, path: file, kind: "" }),
    enabled: file !== "" && away,
  });
  return (
    <Loaded query={query} lines={5}>
      {(data) => {
        const first = data.pages[0];
        if (!first) return null;
        const listed = data.pages.flatMap((page) => page.differences);
        // An address may open a file that is on no loaded page: it comes first then.
        const opened = listed.some((each) => each.path === file)
          ? []
          : (asked.data?.pages[0]?.differences ?? []);
        const found = [...opened.filter((each) => each.path === file), ...listed];
        return (
          <>
            <Filters comparison={first} shown={shown} onShow={onShow} />
            {!first.complete && (
              <p className="notice warn">
                <Icon name="warn" />
                <span>
                  More than 50,000 files differ: these are the first, and renames are found among them only.
                  Give a folder to see the rest.
                </span>
              </p>
            )}
            <div className="panel">
              {found.length === 0 ? (
                <Empty icon="check" title={path || kind ? "Nothing of this kind differs" : "No differences"}>
                  {!path && !kind && <p>Both sides hold the same files with the same content.</p>}
                </Empty>
              ) : (
                <ul className="changes">
                  {found.map((each) => (
                    <Line
                      key={each.path}
                      repo={repo}
                      from={first.before.id}
                      to={first.after.id}
                      difference={each}
                      shown={shown}
                      onShow={onShow}
                    />
                  ))}
                </ul>
              )}
            </div>
            {query.hasNextPage && (
              <div>
                <button
                  type="button"
                  className="button"
                  disabled={query.isFetchingNextPage}
                  onClick={() => query.fetchNextPage()}
                >
                  {query.isFetchingNextPage ? "Loading…" : "Show more"}
                </button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

const TYPING_MS = 250;

function Filters({
  comparison: { totals, complete },
  shown,
  onShow,
}: {
  comparison: Comparison;
  shown: Shown;
  onShow: (shown: Shown) => void;
}) {
  const [text, setText] = useState(shown.path ?? "");
  const { path = "", kind = "" } = shown;
  useEffect(() => setText(path), [path]);
  useEffect(() => {
    if (text === path) return;
    const timer = setTimeout(() => onShow({ kind, path: text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, path, kind, onShow]);
  const all = KINDS.reduce((sum, each) => sum + totals[each.kind], 0);
  const more = complete ? "" : "+";
  const grown = totals.bytes_after - totals.bytes_before;
  return (
    <div className="row wrap filters">
      <fieldset className="kinds" aria-label="Kind of difference">
        <button type="button" className="button" aria-pressed={kind === ""} onClick={() => onShow({ path })}>
          All <span className="muted num">{count(all)}</span>
          {more}
        </button>
        {KINDS.map((each) => (
          <button
            key={each.kind}
            type="button"
            className="button"
            aria-pressed={kind === each.kind}
            disabled={totals[each.kind] === 0 && kind !== each.kind}
            onClick={() => onShow(kind === each.kind ? { path } : { path, kind: each.kind })}
          >
            <span className={each.tone} aria-hidden="true">
              {each.sign}
            </span>
            {each.kind} <span className="muted num">{count(totals[each.kind])}</span>
            {more}
          </button>
        ))}
      </fieldset>
      <label className="grow">
        <span className="visually-hidden">Path</span>
        <input
          className="input path-filter"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="Filter by path: text, or /folder"
          spellCheck={false}
        />
      </label>
      <span
        className="muted small nowrap"
        title={`${bytes(totals.bytes_before)} → ${bytes(totals.bytes_after)}`}
      >
        {grown === 0 ? "no growth" : `${grown > 0 ? "+" : "−"}${bytes(Math.abs(grown))}`} in{" "}
        {plural(all, "file")}
      </span>
    </div>
  );
}

interface LineProps {
  repo: string;
  from: string;
  to: string;
  difference: Difference;
  shown: Shown;
  onShow: (shown: Shown) => void;
}

function Line({ repo, from, to, difference, shown, onShow }: LineProps) {
  const { kind, path, before, after } = difference;
  const open = shown.file === path;
  const { tone, sign } = KINDS.find((each) => each.kind === kind) ?? KINDS[1];
  const { file: _, key: __, ...rest } = shown;
  return (
    <li>
      <button
        type="button"
        className="change"
        aria-expanded={open}
        onClick={() => onShow(open ? rest : { ...rest, file: path })}
      >
        <Icon name={open ? "down" : "right"} />
        <span className={`sign ${tone}`}>
          <span aria-hidden="true">{sign}</span>
          <span className="visually-hidden">{kind}</span>
        </span>
        <span className="mono grow clip">
          {before && after && before.path !== after.path && <span className="muted">{before.path} → </span>}
          {path}
        </span>
        <span className="muted small num nowrap">
          {before && kind !== "renamed" && bytes(before.size)}
          {before && after && kind !== "renamed" && " → "}
          {after && bytes(after.size)}
        </span>
      </button>
      {open && (
        <FileDifference
          repo={repo}
          from={from}
          to={to}
          difference={difference}
          shown={shown}
          onShow={onShow}
        />
      )}
    </li>
  );
}
