/** Short messages in the corner: what went wrong, where, and what to do; or that something worked. */
import { useSyncExternalStore } from "react";
import { ApiError } from "../api/http";
import { Icon } from "./Icon";

export interface Toast {
  readonly id: number;
  readonly tone: "ok" | "error";
  readonly text: string;
  readonly where?: string | null;
  readonly hint?: string | null;
}

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const drop = (id: number): void => set(toasts.filter((toast) => toast.id !== id));

export function say(toast: Omit<Toast, "id">): void {
  const id = nextId++;
  const others = toasts.filter((each) => each.text !== toast.text || each.where !== toast.where);
  set([...others, { ...toast, id }].slice(-4));
  setTimeout(() => drop(id), toast.tone === "error" ? 12_000 : 3_500);
}

export function sayError(error: Error): void {
  const api = error instanceof ApiError ? error : null;
  say({ tone: "error", text: error.message, where: api?.where ?? null, hint: api?.hint ?? null });
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <section className="toasts" aria-label="Messages" aria-live="polite">
      {shown.map((toast) => (
        <div key={toast.id} className="toast" role={toast.tone === "error" ? "alert" : undefined}>
          <span className={`tone-${toast.tone}`}>
            <Icon name={toast.tone === "error" ? "warn" : "check"} />
          </span>
          <div className="grow">
            <div>{toast.text}</div>
            {toast.where && <div className="mono muted">{toast.where}</div>}
            {toast.hint && <div className="muted">{toast.hint}</div>}
          </div>
          <button
            type="button"
            className="button quiet icon-only"
            aria-label="Dismiss"
            onClick={() => drop(toast.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
