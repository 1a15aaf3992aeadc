/** A folder as a list that stays quick with a million entries: only what is seen is drawn, only what is near is loaded. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { read } from "../../../api/resources";
import type { Entry } from "../../../api/types";
import { plural } from "../../../ui/format";
import { Empty, Loaded } from "../../../ui/parts";
import { folderOf } from "../paths";
import type { Editing } from "./Edits";
import { findPrefix, justBefore } from "./jump";
import { type Row, RowLine, type Search } from "./RowLine";
import { SelectionBar } from "./SelectionBar";
import { Summary } from "./Summary";
import { Tick } from "./Tick";

const ROW = 36;
const NEAR = 60;
const TYPING_MS = 900;
const PAUSE_MS = 300;

interface Props {
  repo: string;
  at: string;
  /** The commit that `at` is known to mean: its listing never changes. */
  head: string | null;
  path: string;
  /** Only names from this prefix on. */
  start: string;
  onEdit: ((editing: Editing) => void) | null;
}

export function Browser(props: Props) {
  const { repo, at, head, path, start, onEdit } = props;
  const after = justBefore(path, start);
  const listing = useInfiniteQuery({
    ...read.ls(repo, head ?? at, path, after, head !== null),
    // A new commit of the branch keeps the old rows until the new ones are there.
    placeholderData: (previous, query) =>
      query?.queryKey[1] === repo && query.queryKey[3] === path && query.queryKey[4] === after
        ? previous
        : undefined,
  });
  return (
    <Loaded query={listing} lines={8}>
      {(data) => {
        const first = data.pages[0];
        if (!first) return null;
        const entries = data.pages.flatMap((page) => page.entries);
        return (
          <>
            <Summary
              repo={repo}
              at={at}
              path={path}
              start={start}
              listing={first}
              mayUndo={onEdit !== null}
            />
            <Rows
              {...props}
              // Another folder is another list: what was active in the old one is gone.
              key={`${path}\n${start}`}
              entries={entries}
              more={listing.hasNextPage}
              loading={listing.isFetchingNextPage}
              load={() => listing.fetchNextPage()}
            />
          </>
        );
      }}
    </Loaded>
  );
}

interface RowsProps extends Props {
  entries: readonly Entry[];
  more: boolean;
  loading: boolean;
  load: () => void;
}

function Rows({ repo, at, path, start, entries, more, loading, load, onEdit }: RowsProps) {
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const typed = useRef({ text: "", at: 0 });
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const lastTicked = useRef<string | null>(null);
  // What another commit has removed is selected no more.
  const selected = useMemo(() => entries.filter((entry) => ticked.has(entry.path)), [entries, ticked]);
  const tick = (entry: Entry, reach: boolean) => {
    const paths = entries.map((each) => each.path);
    const [from, to] = [paths.indexOf(lastTicked.current ?? ""), paths.indexOf(entry.path)];
    const on = !ticked.has(entry.path);
    const reached =
      reach && from >= 0 ? paths.slice(Math.min(from, to), Math.max(from, to) + 1) : [entry.path];
    const next = new Set(ticked);
    for (const path of reached) on ? next.add(path) : next.delete(path);
    lastTicked.current = entry.path;
    setTicked(next);
  };
  const rows = useMemo<Row[]>(() => {
    const up: Row[] = start
      ? [{ kind: "up", name: "Names before these", search: { ref: at, path } }]
      : path === "/"
        ? []
        : [{ kind: "up", name: "..", search: { ref: at, path: folderOf(path) } }];
    return [
      ...up,
      ...entries.map((entry): Row => {
        const search: Search =
          entry.type === "folder" ? { ref: at, path: entry.path } : { ref: at, file: entry.path };
        return { kind: "entry", name: entry.name, entry, search };
      }),
    ];
  }, [entries, at, path, start]);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const wanted = more && !loading && last >= rows.length - NEAR;
  useEffect(() => {
    if (wanted) load();
  }, [wanted, load]);

  const moving = useRef(false);
  const go = (index: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    moving.current = true;
    setActive(to);
    list.scrollToIndex(to);
  };
  useEffect(() => {
    if (!moving.current) return;
    const link = box.current?.querySelector<HTMLElement>(`[data-index="${active}"] a`);
    if (link) {
      moving.current = false;
      link.focus({ preventScroll: true });
    }
  });

  const asking = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(asking.current), []);
  const jump = (prefix: string) => {
    clearTimeout(asking.current);
    const names = rows.map((row) => (row.kind === "entry" ? row.name : ""));
    const found = findPrefix(names, prefix, !more && start === "");
    if (found !== "elsewhere") return go(found);
    // The server is asked when the typing pauses: another stretch is another list.
    asking.current = setTimeout(() => {
      void navigate({
        to: "/data/$repo",
        params: { repo },
        search: { ref: at, path, start: prefix },
        replace: true,
      });
    }, PAUSE_MS);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? ROW) / ROW) - 1);
    const row = rows[active];
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      PageDown: () => go(active + page),
      PageUp: () => go(active - page),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      ArrowRight: () => row && navigate({ to: "/data/$repo", params: { repo }, search: row.search }),
      ArrowLeft: () =>
        path !== "/" &&
        navigate({ to: "/data/$repo", params: { repo }, search: { ref: at, path: folderOf(path) } }),
      F2: () => row?.kind === "entry" && onEdit?.({ kind: "rename", entry: row.entry }),
      Delete: () => row?.kind === "entry" && onEdit?.({ kind: "delete", entry: row.entry }),
    };
    if (event.key === " " && event.target instanceof HTMLAnchorElement && row?.kind === "entry") {
      event.preventDefault();
      return tick(row.entry, event.shiftKey);
    }
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      step();
    } else if (event.key.length === 1 && event.key !== " ") {
      const now = performance.now();
      const text = now - typed.current.at < TYPING_MS ? typed.current.text + event.key : event.key;
      typed.current = { text, at: now };
      event.preventDefault();
      jump(text);
    }
  };
  // The list of another prefix takes the focus over from the one that was left by typing.
  useEffect(() => {
    if (start && document.activeElement === document.body) {
      moving.current = true;
      setActive(rows.length > 1 ? 1 : 0);
    }
  }, [start, rows.length]);

  if (entries.length === 0)
    return (
      <Empty icon="folder" title={start ? `No name from “${start}” on` : "This folder is empty"}>
        {start && (
          <Link className="link" to="/data/$repo" params={{ repo }} search={{ ref: at, path }}>
            Show the folder from its beginning
          </Link>
        )}
      </Empty>
    );
  return (
    <>
      {selected.length > 0 ? (
        <SelectionBar
          repo={repo}
          at={at}
          path={path}
          selected={selected}
          mayWrite={onEdit !== null}
          onClear={() => setTicked(new Set())}
        />
      ) : (
        <div className={`browser-row head${onEdit ? " edits" : ""}`}>
          <Tick
            checked={false}
            label={more ? "Select all that are loaded" : "Select all"}
            onTick={() => setTicked(new Set(entries.map((entry) => entry.path)))}
          />
          <span aria-hidden="true">Name</span>
          <span aria-hidden="true" className="num">
            Files
          </span>
          <span aria-hidden="true" className="num">
            Size
          </span>
        </div>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are not there yet */}
      <div
        ref={box}
        className="browser"
        role="grid"
        tabIndex={-1}
        aria-label={`Contents of ${path}`}
        aria-rowcount={more ? -1 : rows.length}
        aria-colcount={onEdit ? 5 : 4}
        aria-multiselectable
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="rowgroup" style={{ height: list.getTotalSize(), position: "relative" }}>
          {shown.map(({ index, start: top }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <RowLine
                key={row.kind === "up" ? ".." : row.entry.path}
                index={index}
                top={top}
                row={row}
                repo={repo}
                isActive={index === active}
                isSelected={row.kind === "entry" && ticked.has(row.entry.path)}
                onSelect={(reach) => row.kind === "entry" && tick(row.entry, reach)}
                onFocus={() => setActive(index)}
                onEdit={onEdit}
              />
            );
          })}
        </div>
      </div>
      <div className="browser-foot muted small">
        <span className="grow">
          {plural(entries.length, "name")} loaded{more && ", more as you scroll"}
        </span>
        {loading && <span role="status">Loading…</span>}
        <span>
          Type a name to jump to it; ← → go up and in; Space selects{onEdit && "; F2 renames, Del deletes"}
        </span>
      </div>
    </>
  );
}
