/**
 * Keeps unfinished answers: on this machine at once, on the server within two seconds of the last edit, or as soon as the
 * server can be reached again. Of two drafts the one that was edited later counts, on whatever machine and however long
 * either was on its way.
 */
import { ApiError } from "../api/http";
import type { Fields } from "../api/types";
import { isPassing } from "./sending";
import { type Draft, type DraftStore, draftKey } from "./storage";

const QUIET_MS = 700;
const LATEST_MS = 1_800;
/** For those that come late already. */
const LATE_MS = 1_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** `waiting`: the server was not reached; the drafts are on this machine and go on trying. */
export type DraftState = "saved" | "saving" | "waiting" | "signed-out";

export interface DraftPorts {
  readonly store: DraftStore;
  readonly put: (
    page: number,
    task: number,
    fields: Fields,
    editedMs: number,
    keepalive: boolean,
  ) => Promise<void>;
  /** False while the server has not heard yet what was said about the task before, such as that an answer is taken back. */
  readonly mayGo: (task: number) => boolean;
  readonly changed: () => void;
  /** The server will not have it: it stays on this machine. */
  readonly refused: (error: Error) => void;
  /** Milliseconds, as the server counts. */
  readonly now: () => number;
}

interface Waiting {
  readonly page: number;
  readonly task: number;
  readonly fields: Fields;
  readonly at: number;
  readonly since: number;
}

export class DraftKeeper {
  private readonly waiting = new Map<string, Waiting>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly sending = new Set<string>();
  /** How long to wait after the next failure. */
  private readonly pauses = new Map<string, number>();
  /** When each task was edited last, as far as is known here. */
  private readonly edited = new Map<string, number>();
  private trouble: "waiting" | "signed-out" | null = null;
  private closed = false;

  constructor(
    private readonly user: string,
    private readonly ports: DraftPorts,
  ) {}

  get state(): DraftState {
    if (this.waiting.size === 0) return "saved";
    return this.trouble ?? "saving";
  }

  /** `kept`: this machine has it already, step by step; only the server needs it. */
  async save(page: number, task: number, fields: Fields, kept = false): Promise<void> {
    const draft = this.begun(page, task, fields);
    const since = this.waiting.get(draft.key)?.since ?? Date.now();
    const delay = Math.max(0, Math.min(QUIET_MS, since + (kept ? LATE_MS : LATEST_MS) - Date.now()));
    this.waiting.set(draft.key, { page, task, fields, at: draft.at, since });
    this.later(draft.key, delay);
    await this.ports.store.put(kept ? { ...draft, fields: null } : draft);
  }

  /** The record of a draft that is edited now. */
  begun(page: number, task: number, fields: Fields | null): Draft & { readonly fields: Fields } {
    const key = this.key(task);
    const at = Math.max(Math.round(this.ports.now()), (this.edited.get(key) ?? 0) + 1);
    this.edited.set(key, at);
    return { key, page, task, fields: fields as Fields, at };
  }

  /** The steps that are kept are newer than any draft: said before the first of them is due as a whole. */
  async mark(page: number, task: number): Promise<void> {
    await this.ports.store.put(this.begun(page, task, null));
  }

  /** The draft kept on this machine, if it was edited no earlier than the one that the server has. */
  async load(task: number, serversMs: number | null): Promise<Draft | null> {
    const key = this.key(task);
    const kept = (await this.ports.store.get(key)) ?? null;
    const latest = Math.max(this.edited.get(key) ?? 0, kept?.at ?? 0, serversMs ?? 0);
    if (latest > 0) this.edited.set(key, latest);
    if (kept === null || kept.at >= (serversMs ?? 0)) return kept;
    await this.ports.store.remove(key);
    return null;
  }

  /** Sends what an earlier tab had no time to send. */
  resume({ key, task, fields, at }: Draft, page: number): void {
    if (fields === null || this.closed || this.waiting.has(key)) return;
    this.waiting.set(key, { page, task, fields, at, since: Date.now() });
    this.later(key, 0);
  }

  /** The answer is given: its draft has no purpose any more. */
  drop(task: number): void {
    this.settle(this.key(task));
  }

  /** Forgets a draft here, too. */
  async forget(task: number): Promise<void> {
    this.drop(task);
    await this.ports.store.remove(this.key(task));
  }

  /** Sends everything that waits, for instance because the page is being left. */
  flush(): void {
    for (const key of [...this.waiting.keys()]) void this.send(key, true);
  }

  /** Tries again now, for instance because the network came back. */
  kick(): void {
    for (const key of this.waiting.keys()) if (this.pauses.has(key)) this.later(key, 0);
  }

  close(): void {
    this.flush();
    this.closed = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private key(task: number): string {
    return draftKey(this.user, task);
  }

  private later(key: string, delayMs: number): void {
    clearTimeout(this.timers.get(key));
    if (this.closed) return;
    this.timers.set(
      key,
      setTimeout(() => void this.send(key, false), delayMs),
    );
    this.ports.changed();
  }

  private settle(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.waiting.delete(key);
    this.pauses.delete(key);
    if (this.pauses.size === 0) this.trouble = null;
    this.ports.changed();
  }

  private async send(key: string, keepalive: boolean): Promise<void> {
    const draft = this.waiting.get(key);
    // One at a time; only somebody who leaves cannot wait for the one before.
    if (!draft || this.closed || (this.sending.has(key) && !keepalive)) return;
    if (!this.ports.mayGo(draft.task)) {
      this.pauses.set(key, FIRST_PAUSE_MS);
      return;
    }
    this.sending.add(key);
    try {
      await this.ports.put(draft.page, draft.task, draft.fields, draft.at, keepalive);
      this.sending.delete(key);
      this.pauses.delete(key);
      this.trouble = null;
      if (this.waiting.get(key)?.at === draft.at) this.settle(key);
      else this.again(key);
    } catch (error) {
      this.sending.delete(key);
      this.failed(key, draft, error as Error);
    }
  }

  /** It was edited while it was on its way. */
  private again(key: string): void {
    const draft = this.waiting.get(key);
    if (!draft) return;
    this.waiting.set(key, { ...draft, since: Date.now() });
    this.later(key, QUIET_MS);
  }

  private failed(key: string, draft: Waiting, error: Error): void {
    const signedOut = error instanceof ApiError && error.status === 401;
    if (!signedOut && !isPassing(error)) {
      // The server has an answer to the task, or knows nothing of it: there is nothing to draft.
      if (this.waiting.get(key)?.at !== draft.at) this.again(key);
      else if (error instanceof ApiError && error.status === 409) void this.forget(draft.task);
      else {
        this.settle(key);
        if (!(error instanceof ApiError && error.status === 404)) this.ports.refused(error);
      }
      return;
    }
    if (!this.waiting.has(key)) return;
    const pause = this.pauses.get(key) ?? FIRST_PAUSE_MS;
    this.pauses.set(key, Math.min(pause * 2, LONGEST_PAUSE_MS));
    this.trouble = signedOut ? "signed-out" : "waiting";
    this.later(key, pause);
  }
}
