/** Keeps unfinished answers: on this machine at once, on the server within two seconds of the last edit. */
import type { Fields } from "../api/types";
import { type DraftStore, draftKey } from "./storage";

const QUIET_MS = 700;
const LATEST_MS = 1_800;
/** For those that come late already. */
const LATE_MS = 1_000;

interface Waiting {
  page: number;
  task: number;
  fields: Fields;
  since: number;
  timer: ReturnType<typeof setTimeout>;
}

export class DraftKeeper {
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly user: string,
    private readonly store: DraftStore,
    private readonly put: (page: number, task: number, fields: Fields, keepalive: boolean) => Promise<void>,
  ) {}

  /** `kept`: this machine has it already, step by step; only the server needs it. */
  async save(page: number, task: number, fields: Fields, kept = false): Promise<void> {
    const key = draftKey(this.user, page, task);
    const earlier = this.waiting.get(key);
    if (earlier) clearTimeout(earlier.timer);
    const since = earlier?.since ?? Date.now();
    const delay = Math.max(0, Math.min(QUIET_MS, since + (kept ? LATE_MS : LATEST_MS) - Date.now()));
    const timer = setTimeout(() => this.send(key, false), delay);
    this.waiting.set(key, { page, task, fields, since, timer });
    if (!kept) await this.store.put({ key, page, task, fields });
  }

  /** The draft kept on this machine, if it is there: newer than the server's or equal to it. */
  async load(page: number, task: number): Promise<Fields | null> {
    return (await this.store.get(draftKey(this.user, page, task)))?.fields ?? null;
  }

  /** The answer is given: its draft has no purpose any more, here or on its way. */
  async drop(page: number, task: number): Promise<void> {
    const key = draftKey(this.user, page, task);
    const waiting = this.waiting.get(key);
    if (waiting) clearTimeout(waiting.timer);
    this.waiting.delete(key);
    await this.store.remove(key);
  }

  /** Sends everything that waits, for instance because the page is being left. */
  flush(): void {
    for (const key of [...this.waiting.keys()]) this.send(key, true);
  }

  private send(key: string, keepalive: boolean): void {
    const draft = this.waiting.get(key);
    if (!draft) return;
    clearTimeout(draft.timer);
    this.waiting.delete(key);
    // The local copy stays when the server is away; it is sent with the next edit or offered again after a reload.
    this.put(draft.page, draft.task, draft.fields, keepalive).catch(() => undefined);
  }
}
