/** A labelling project in memory that answers as the server's workbench calls do. For tests and for building pages. */
import { ApiError } from "../src/api/http";
import type {
  AnswerReceipt,
  Fields,
  Json,
  Membership,
  PageGrant,
  PageKind,
  PageTask,
  Schema,
  WorkbenchView,
  WorkPage,
} from "../src/api/types";
import type { Besides, WorkbenchApi } from "../src/api/workbench";

export interface SourceTask {
  readonly data: Record<string, string>;
  /** Where the files that the data names are served. */
  readonly media?: Record<string, Json>;
  /** What a model proposes: fields. */
  readonly proposal?: Fields;
  readonly expected?: Fields;
  readonly hint?: string;
}

export interface CrowdOptions {
  readonly schema: Schema;
  readonly title?: string;
  readonly guideline?: string;
  readonly pageSize?: number;
  readonly work: readonly SourceTask[];
  readonly training?: readonly SourceTask[];
  readonly pay?: number;
}

export interface LogEntry {
  readonly id: string;
  readonly verb: "answer" | "skip" | "withdraw";
  readonly task: number;
  readonly page: number;
  readonly fields: Fields | null;
  readonly at: string;
  readonly besides: Besides;
  withdrawn: boolean;
}

interface StoredPage {
  id: number;
  kind: PageKind;
  tasks: number[];
  done: boolean;
  expired: boolean;
  due: string | null;
}

interface StoredTask extends SourceTask {
  id: number;
  kind: PageKind;
  handed: boolean;
  answer: Fields | null;
  skipped: boolean;
  draft: Fields | null;
  draftMs: number | null;
}

const refused = (status: number, code: string, message: string): ApiError =>
  new ApiError(status, code, message, null, null);

export class Crowd implements WorkbenchApi {
  readonly log: LogEntry[] = [];
  readonly tasks: StoredTask[] = [];
  readonly pages: StoredPage[] = [];
  membership: Membership = { state: "working", reason: "" };
  earned = 0;

  constructor(
    readonly options: CrowdOptions,
    private readonly firstPage = 1,
  ) {
    for (const source of options.training ?? []) this.add(source, "training");
    for (const source of options.work) this.add(source, "work");
    if (options.training?.length) this.membership = { state: "training", reason: "" };
  }

  // Every method is a promise, as over a network; nothing is shared with the caller.
  async view(): Promise<WorkbenchView> {
    return structuredClone({
      title: this.options.title ?? "Project",
      state: "open",
      guideline: this.options.guideline ?? "",
      schema: this.options.schema,
      membership: this.membership,
      progress: {
        answered: this.tasks.filter((t) => t.answer !== null).length,
        pages: this.pages.filter((p) => p.done).length,
        earned: { amount: this.earned.toFixed(2), currency: "USD" },
      },
      open_pages: this.open().map((page) => this.wire(page)),
    });
  }

  async nextPage(_project: string, holding: readonly number[]): Promise<PageGrant> {
    const { membership } = this;
    if (membership.state === "banned" || membership.state === "failed") {
      return { page: null, reason: membership.state, membership };
    }
    const open = this.open();
    const unknown = open.find((page) => !holding.includes(page.id));
    if (unknown) return structuredClone({ page: this.wire(unknown), reason: null, membership });
    const kind: PageKind = membership.state === "training" ? "training" : "work";
    const free = this.tasks.filter((t) => t.kind === kind && !t.handed);
    const full = open.length >= (kind === "training" ? 1 : 2);
    if (full || free.length === 0)
      return { page: null, reason: open.length > 0 ? "wait" : "done", membership };
    const take = free.slice(0, this.options.pageSize ?? 5);
    for (const task of take) task.handed = true;
    const page: StoredPage = {
      id: this.firstPage + this.pages.length,
      kind,
      tasks: take.map((t) => t.id),
      done: false,
      expired: false,
      due: open.length === 0 ? this.deadline() : null,
    };
    this.pages.push(page);
    return structuredClone({ page: this.wire(page), reason: null, membership });
  }

  async answer(
    pageId: number,
    body: { answer_id: string; task: number; fields: Fields; spent_ms: number } & Besides,
  ): Promise<AnswerReceipt> {
    const { page, task } = this.place(pageId, body.task);
    const known = this.log.some((entry) => entry.id === body.answer_id);
    if (!known && (page.expired || task.answer !== null))
      throw refused(409, "conflict", "This page is closed.");
    const correct = task.expected ? JSON.stringify(task.expected) === JSON.stringify(body.fields) : null;
    if (!known) {
      this.record(body.answer_id, "answer", pageId, body.task, body.fields, body);
      if (page.kind !== "training" || correct !== false) task.answer = body.fields;
      task.draft = null;
    }
    return this.receipt(page, task, correct);
  }

  async skip(pageId: number, body: { answer_id: string; task: number }): Promise<AnswerReceipt> {
    const { page, task } = this.place(pageId, body.task);
    if (!this.log.some((entry) => entry.id === body.answer_id)) {
      this.record(body.answer_id, "skip", pageId, body.task, null);
      task.skipped = true;
    }
    return this.receipt(page, task, null);
  }

  async undo(body: { answer_id: string }) {
    const entry = this.log.find((each) => each.id === body.answer_id);
    if (!entry) throw refused(404, "not-found", "There is no such answer.");
    const { page, task } = this.place(entry.page, entry.task);
    if (!entry.withdrawn) {
      entry.withdrawn = true;
      this.record(`${entry.id}~`, "withdraw", entry.page, entry.task, null);
      if (page.done) this.earned -= this.options.pay ?? 0.05;
      page.done = false;
      task.answer = null;
      task.skipped = false;
      task.draft = entry.fields;
    }
    return { page: page.id, task: task.id, fields: entry.fields };
  }

  async draft(pageId: number, taskId: number, fields: Fields, editedMs: number): Promise<void> {
    const { task } = this.place(pageId, taskId);
    if (task.answer !== null || task.skipped) throw refused(409, "conflict", "The task is answered.");
    if (editedMs < (task.draftMs ?? 0)) return;
    task.draft = fields;
    task.draftMs = editedMs;
  }

  async release(pageId: number): Promise<void> {
    const page = this.pages.find((each) => each.id === pageId);
    if (!page) return;
    page.expired = true;
    for (const task of this.tasks) if (page.tasks.includes(task.id)) task.handed = false;
  }

  private add(source: SourceTask, kind: PageKind): void {
    const id = this.tasks.length + 1;
    this.tasks.push({
      ...source,
      id,
      kind,
      handed: false,
      answer: null,
      skipped: false,
      draft: null,
      draftMs: null,
    });
  }

  private open(): StoredPage[] {
    return this.pages.filter((page) => !page.done && !page.expired);
  }

  private place(pageId: number, taskId: number): { page: StoredPage; task: StoredTask } {
    const page = this.pages.find((each) => each.id === pageId);
    const task = this.tasks.find((each) => each.id === taskId);
    if (!page || !task || !page.tasks.includes(taskId))
      throw refused(404, "not-found", "There is no such task.");
    return { page, task };
  }

  private record(
    id: string,
    verb: LogEntry["verb"],
    page: number,
    task: number,
    fields: Fields | null,
    { flags, comments }: Besides = {},
  ): void {
    const besides = { ...(flags && { flags }), ...(comments && { comments }) };
    this.log.push({ id, verb, page, task, fields, besides, at: new Date().toISOString(), withdrawn: false });
  }

  private receipt(page: StoredPage, task: StoredTask, correct: boolean | null): AnswerReceipt {
    const tasks = this.tasks.filter((t) => page.tasks.includes(t.id));
    if (!page.done && tasks.every((t) => t.answer !== null || t.skipped)) {
      page.done = true;
      if (page.kind === "work") this.earned += this.options.pay ?? 0.05;
      const next = this.open()[0];
      if (next) next.due = this.deadline();
      if (page.kind === "training") this.membership = { state: "working", reason: "" };
    }
    const shown = page.kind === "training";
    return structuredClone({
      seq: this.log.length,
      page_done: page.done,
      correct: shown ? correct : null,
      expected: shown && correct === false ? (task.expected ?? null) : null,
      hint: shown && correct === false ? (task.hint ?? null) : null,
      membership: this.membership,
      earned: { amount: this.earned.toFixed(2), currency: "USD" },
    });
  }

  private deadline(): string {
    return new Date(Date.now() + 600_000).toISOString();
  }

  private wire(page: StoredPage): WorkPage {
    const tasks = page.tasks.map((id, position): PageTask => {
      const task = this.tasks.find((each) => each.id === id) as StoredTask;
      const { data, draft, draftMs: draft_ms, answer, skipped, media, proposal } = task;
      const predictions = proposal
        ? [{ model: "fixture", version: "1", score: 0.9, fields: proposal, run: "" }]
        : [];
      const shown = { schema: null, media: (media ?? {}) as PageTask["media"], predictions };
      // What a server may say beyond this, nobody needs here.
      return { id, position, data, draft, draft_ms, answer, skipped, ...shown } as unknown as PageTask;
    });
    const reward = {
      amount: (page.kind === "work" ? (this.options.pay ?? 0.05) : 0).toFixed(2),
      currency: "USD",
    };
    return { id: page.id, kind: page.kind, due: page.due, clock_started: page.due !== null, reward, tasks };
  }
}
