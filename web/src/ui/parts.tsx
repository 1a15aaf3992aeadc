/** The small parts that every page is put together from. */
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "../api/http";
import { ago, count } from "./format";
import { Icon, type IconName } from "./Icon";
import { say } from "./toasts";

export type Tone = "ok" | "warn" | "error" | "accent" | "none";

const TONES: Record<string, Tone> = {
  settled: "ok",
  working: "ok",
  passed: "ok",
  success: "ok",
  succeeded: "ok",
  finished: "ok",
  done: "ok",
  ok: "ok",
  skipped: "ok",
  ready: "ok",
  open: "accent",
  running: "accent",
  active: "accent",
  started: "accent",
  labelling: "accent",
  planned: "warn",
  queued: "warn",
  waiting: "warn",
  stale: "warn",
  training: "warn",
  exam: "warn",
  paused: "warn",
  cancelled: "warn",
  banned: "error",
  failed: "error",
  failure: "error",
  error: "error",
  killed: "error",
};

export const toneOf = (state: string): Tone => TONES[state.toLowerCase()] ?? "none";

export function Dot({ state }: { state: string }) {
  const moving = ["running", "started"].includes(state.toLowerCase());
  return <span className={`dot ${toneOf(state)}${moving ? " pulse" : ""}`} aria-hidden="true" />;
}

/** A state is told by colour and by word, never by colour alone. */
export function StateBadge({ state, title }: { state: string; title?: string | undefined }) {
  return (
    <span className="badge" title={title}>
      <Dot state={state} />
      {state}
    </span>
  );
}

export function Badge({ children, icon, title }: { children: ReactNode; icon?: IconName; title?: string }) {
  return (
    <span className="badge" title={title}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

export const SimulatedBadge = () => (
  <Badge icon="robot" title="A simulated worker: its answers are marked for ever">
    simulated
  </Badge>
);

/** The time now, moving on every half minute so that "2 min ago" stays true. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()} className="nowrap">
      {ago(at, now)}
    </time>
  );
}

export function Bar({ value, total, label }: { value: number; total: number; label: string }) {
  const share = total > 0 ? Math.min(1, value / total) : 0;
  return (
    <div
      className={`bar${share === 1 ? " complete" : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={value}
      aria-valuetext={`${count(value)} of ${count(total)}`}
    >
      <span style={{ width: `${share * 100}%` }} />
    </div>
  );
}

export const Key = ({ children }: { children: ReactNode }) => <kbd className="kbd">{children}</kbd>;

export function CopyButton({ text, label }: { text: string; label: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say({ tone: "ok", text: "Copied" });
    } catch {
      say({
        tone: "error",
        text: "The browser refused to copy.",
        hint: "Select the text and copy it by hand.",
      });
    }
  };
  return (
    <button type="button" className="button quiet icon-only" aria-label={label} title={label} onClick={copy}>
      <Icon name="copy" />
    </button>
  );
}

// --- loading, empty, failed

export function Loading({ lines = 4, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <output className="skeleton" aria-label={label}>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have no identity
        <span key={i} style={{ width: `${[62, 88, 74, 46][i % 4]}%` }} />
      ))}
    </output>
  );
}

export function Empty({ icon, title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="state">
      {icon && <Icon name={icon} />}
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** `page`: nothing else is on the page, so that this is its heading. */
export function Failure({
  error,
  retry,
  page = false,
}: {
  error: Error;
  retry?: () => void;
  page?: boolean;
}) {
  const api = error instanceof ApiError ? error : null;
  const denied = api?.status === 403;
  return (
    <div className="state" role="alert">
      <Icon name={denied ? "lock" : "warn"} />
      {page ? <h1>{error.message}</h1> : <strong>{error.message}</strong>}
      {api?.where && <code>{api.where}</code>}
      {api?.hint && <p>{api.hint}</p>}
      {retry && !denied && (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface Read<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

interface LoadedProps<T> {
  query: Read<T>;
  lines?: number;
  page?: boolean;
  children: (data: T) => ReactNode;
}

/** One query on the screen: its loading and failed states are never forgotten, because there is no other way to its data. */
export function Loaded<T>({ query, lines = 4, page = false, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} retry={() => query.refetch()} page={page} />;
  return <Loading lines={lines} />;
}
