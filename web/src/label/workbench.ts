/** One person labelling one project: turns key presses into state at once and into commands for the server. */
import { serverNow } from "../api/http";
import type { Fields, Json, Schema } from "../api/types";
import type { WorkbenchApi } from "../api/workbench";
import { type Doc, type Editor, type Gap, gapsOf, toFields } from "../doc";
import { afterPaint, whenIdle } from "./afterPaint";
import { storedValue, toggle, withField } from "./answers";
import { Desk } from "./desk";
import { DraftKeeper } from "./drafts";
import { type Binding, bindings, isSingleKeystroke } from "./hotkeys";
import { type Command, type NewCommand, Outbox, type OutboxState, type Outcome } from "./outbox";
import { isPassing, type Receipt, replay, sender } from "./sending";
import {
  current,
  type Event,
  empty,
  openPages,
  type Place,
  reduce,
  type Session,
  screen,
  upcoming,
} from "./session";
import { Stopwatch } from "./stopwatch";
import { draftKey, type Storage } from "./storage";

export interface Snapshot {
  readonly session: Session;
  readonly schema: Schema;
  readonly bindings: readonly Binding[];
  readonly single: boolean;
  readonly ready: boolean;
  /** Why the project could not be opened at all. */
  readonly failure: Error | null;
  readonly outbox: OutboxState;
  readonly unsent: number;
  /** The document of the task on the screen. */
  readonly editor: Editor | null;
  /** What a submit found missing. */
  readonly gaps: readonly Gap[];
}

export interface WorkbenchPorts {
  readonly api: WorkbenchApi;
  readonly storage: Storage;
  readonly user: string;
  readonly project: string;
  readonly newId: () => string;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly notify: (error: Error) => void;
}

const TICK_MS = 1_000;
const ASK_AGAIN_MS = 5_000;
const GRACE_MS = 1_500;
/** Documents with more regions are written out as a whole when hands rest; each step is on disk at once anyway. */
const SMALL_DOCUMENT = 200;
const REST_MS = 300;
const LATEST_MS = 600;
const IDLE_MS = 400;
/** When nobody waits any more for the task that was just opened. */
const LAY_MS = 400;
const NOTHING: Schema = { fields: [], objects: [], references: [] };

export class Workbench {
  private snapshot: Snapshot;
  private readonly listeners = new Set<() => void>();
  private readonly outbox: Outbox<Receipt>;
  private readonly drafts: DraftKeeper;
  private readonly watch: Stopwatch;
  private readonly desk: Desk;
  /** Of the project; a task may have one of its own. */
  private schema: Schema = NOTHING;
  /** The task whose editor is open, and what was last made of its document. */
  private open_: { place: Place; key: string; given: Fields; drafted: Doc; leave: () => void } | null = null;
  private resting: { timer: ReturnType<typeof setTimeout>; since: number } | null = null;
  private filling = false;
  private syncing = false;
  private closed = false;
  private askedAt = 0;
  /** Commands that the server has decided on: tells whether a view is older than what is known. */
  private decisions = 0;
  private ticking: ReturnType<typeof setInterval> | null = null;
  private rejectedPages = new Set<number>();

  constructor(private readonly ports: WorkbenchPorts) {
    this.snapshot = {
      session: empty(),
      schema: NOTHING,
      bindings: [],
      single: false,
      ready: false,
      failure: null,
      outbox: "idle",
      unsent: 0,
      editor: null,
      gaps: [],
    };
    this.watch = new Stopwatch(ports.now);
    this.desk = new Desk(ports.storage.histories, (work) => this.keep(work));
    this.outbox = new Outbox<Receipt>(ports.user, {
      store: ports.storage.commands,
      send: sender(ports.api),
      decided: (command, outcome) => this.decided(command, outcome),
      changed: () => this.outboxChanged(),
      wait: ports.wait,
      now: Date.now,
    });
    this.drafts = new DraftKeeper(ports.user, ports.storage.drafts, (page, task, fields, keepalive) =>
      ports.api.draft(page, task, fields, keepalive),
    );
  }

  // --- for the view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.snapshot;

  /**
   * Loads what the server has handed out, adds what this machine still has to send, and starts. `watching`: only looks
   * on; nothing is sent, asked for or given back.
   */
  async open(watching = false): Promise<void> {
    this.closed = watching;
    this.update({ failure: null });
    try {
      await this.reload();
    } catch (error) {
      this.update({ failure: error as Error });
      return;
    }
    if (watching) {
      this.outbox.close();
      return;
    }
    this.ticking ??= setInterval(() => this.tick(), TICK_MS);
    this.outbox.kick();
    await this.fill();
  }

  /** Stops, keeps everything unsent on disk, and gives back pages that were not begun. */
  close(giveBack: boolean): void {
    if (this.closed) return;
    this.closed = true;
    this.writeDraft();
    this.drafts.flush();
    this.outbox.close();
    if (this.ticking) clearInterval(this.ticking);
    this.ticking = null;
    if (giveBack) this.giveBack();
  }

  /** Tells the stopwatch whether anybody can see the task. */
  hidden(hidden: boolean): void {
    this.watch.hide(hidden);
    if (!hidden) return;
    this.writeDraft();
    this.drafts.flush();
  }

  online(): void {
    this.outbox.kick();
  }

  // --- what a person does

  /** An option was chosen by key or click: answers at once where one keystroke is an answer, else marks it. */
  choose(fieldName: string, value: string): void {
    const place = this.place();
    const field = this.snapshot.schema.fields.find((each) => each.name === fieldName);
    if (!place || !field) return;
    if (this.snapshot.single) this.answer(place, { [field.name]: storedValue(field, value) });
    else {
      const values = toggle(field, this.values(), value);
      this.snapshot.editor?.dispatch({ kind: "value", field: field.name, value: values[field.name] ?? null });
    }
  }

  /** A text, number or other direct value of one field. One visit to its input is one step. */
  set(fieldName: string, value: Json): void {
    if (!this.place()) return;
    const given = withField(this.values(), fieldName, value)[fieldName] ?? null;
    this.snapshot.editor?.continue(`value ${fieldName}`, { kind: "value", field: fieldName, value: given });
  }

  /** An input was left: what is typed next is a step of its own. */
  settle(): void {
    this.snapshot.editor?.settle();
  }

  submit(): void {
    const place = this.place();
    const { editor, schema } = this.snapshot;
    if (!place || !editor) return;
    const gaps = gapsOf(editor.doc, schema);
    if (gaps.length > 0) this.update({ gaps });
    else this.answer(place, toFields(editor.doc, schema));
  }

  skip(): void {
    const place = this.place();
    // Training teaches by its answers: there is nothing to pass over.
    if (!place || place.page.kind === "training") return;
    this.writeDraft();
    const command = this.command(place);
    this.dispatch({ type: "skip", answerId: command.id, page: place.page.id, task: place.task.id });
    this.push({ ...command, kind: "skip" });
  }

  undo(): void {
    const entry = this.snapshot.session.undo.at(-1);
    if (
      this.closed ||
      !entry ||
      (screen(this.snapshot.session).kind === "over" && this.snapshot.session.membership.state === "banned")
    )
      return;
    this.writeDraft();
    this.dispatch({ type: "undo", entry });
    this.push({
      kind: "undo",
      id: this.ports.newId(),
      project: this.ports.project,
      page: entry.page.id,
      task: entry.task.id,
      entry,
    });
  }

  // --- inside

  private place(): Place | null {
    const now = screen(this.snapshot.session);
    return !this.closed && now.kind === "task" && now.place.task.check !== "waiting" ? now.place : null;
  }

  private command({ page, task }: Place): Omit<NewCommand & { kind: "skip" }, "kind"> {
    return { id: this.ports.newId(), project: this.ports.project, page: page.id, task: task.id };
  }

  private answer(place: Place, fields: Fields): void {
    const command = this.command(place);
    const spentMs = this.watch.elapsed(taskKey(place));
    this.dispatch({ type: "answer", answerId: command.id, page: place.page.id, task: place.task.id, fields });
    this.push({ ...command, kind: "answer", fields, spentMs });
  }

  private values(): Fields {
    return this.snapshot.editor?.doc.values ?? {};
  }

  /** The document on the screen changed: its draft follows, at once or when hands rest. */
  private edited(): void {
    const { editor } = this.snapshot;
    if (!editor || !this.open_ || this.closed) return;
    if (editor.doc !== this.open_.drafted) {
      if (editor.doc.regions.length <= SMALL_DOCUMENT) this.writeDraft();
      else this.writeWhenRested();
    }
    this.update({ gaps: [] });
  }

  private writeWhenRested(): void {
    const now = this.ports.now();
    const since = this.resting?.since ?? now;
    if (this.resting) clearTimeout(this.resting.timer);
    const rested = (): void => void whenIdle(IDLE_MS).then(() => this.closed || this.writeDraft());
    const timer = setTimeout(rested, Math.max(0, Math.min(REST_MS, since + LATEST_MS - now)));
    this.resting = { timer, since };
  }

  private writeDraft(): void {
    if (this.resting) clearTimeout(this.resting.timer);
    this.resting = null;
    const { editor, schema } = this.snapshot;
    if (!editor || !this.open_ || editor.doc === this.open_.drafted) return;
    const { page, task } = this.open_.place;
    this.open_.drafted = editor.doc;
    const fields = toFields(editor.doc, schema);
    this.dispatch({ type: "draft", page: page.id, task: task.id, fields });
    // Every step of a document with regions is on this machine already.
    this.keep(this.drafts.save(page.id, task.id, fields, editor.doc.regions.length > SMALL_DOCUMENT));
  }

  /** Opens the document of the task that is on the screen now, and puts the one before it away. */
  private turnTo(place: Place | null): Editor | null {
    const key = place ? this.deskKey(place) : null;
    const { editor } = this.snapshot;
    if (key === (this.open_?.key ?? null)) return editor;
    this.open_?.leave();
    if (editor && this.open_) this.desk.put(this.open_.key, editor, this.open_.given);
    this.open_ = null;
    if (!place || key === null || this.snapshot.schema === NOTHING) return null;
    const { editor: next, given } = this.desk.open(key, place.task, this.snapshot.schema);
    const leave = next.subscribe(() => this.edited());
    setTimeout(() => this.layNext(), LAY_MS);
    this.open_ = { place, key, given, drafted: next.doc, leave };
    return next;
  }

  /** The document after this one is made while somebody looks at this one. */
  private layNext(): void {
    const next = upcoming(this.snapshot.session);
    if (next && !this.closed) this.desk.lay(this.deskKey(next), next.task, next.task.schema ?? this.schema);
  }

  private deskKey = ({ page, task }: Place): string => draftKey(this.ports.user, page.id, task.id);

  private push(command: NewCommand): void {
    // Should the tab die in the frame before a large answer is written down, its task is open again, with every step.
    const ready = command.kind === "answer" && isLarge(command.fields) ? afterPaint() : undefined;
    const { user, project, storage } = this.ports;
    const { undo } = this.snapshot.session;
    const remember = () => storage.undo.save(user, project, undo);
    this.keep(this.outbox.enqueue(command, ready));
    this.keep(ready ? ready.then(remember) : remember());
    if (command.kind !== "undo") this.keep(this.drafts.drop(command.page, command.task));
  }

  /** Work on disk goes on beside the screen; should the disk refuse, the person must know. */
  private keep(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.ports.notify(error as Error));
  }

  private decided(command: Command, outcome: Exclude<Outcome<Receipt>, { kind: "retry" }>): void {
    this.decisions += 1;
    if (command.project !== this.ports.project) return;
    if (outcome.kind === "rejected") {
      this.rejected(command, outcome.error);
      return;
    }
    const { result } = outcome;
    if (result.kind !== "undo" && result.receipt) {
      const fields = command.kind === "answer" ? command.fields : {};
      this.dispatch({
        type: "receipt",
        final: this.outbox.pending.every((other) => other.page !== command.page),
        page: command.page,
        task: command.task,
        fields,
        receipt: result.receipt,
      });
    }
    const done = result.kind !== "undo" && result.receipt?.page_done === true;
    if (done || (this.outbox.pending.length === 0 && current(this.snapshot.session) === null))
      void this.sync();
  }

  private rejected(command: Command, error: Error): void {
    // One page that has run out refuses each of its answers: saying it once is enough.
    if (!this.rejectedPages.has(command.page)) this.ports.notify(error);
    this.rejectedPages.add(command.page);
    void this.sync();
  }

  /** Aligns clocks and figures with the server, and the tasks too when nothing is on its way. */
  private async sync(): Promise<void> {
    if (this.syncing || this.closed) return;
    this.syncing = true;
    const asked = this.decisions;
    let again = false;
    try {
      const view = await this.ports.api.view(this.ports.project);
      const lost = this.rejectedPages.size > 0 || current(this.snapshot.session) === null;
      // What the server decided while it was being asked may not be in its answer yet.
      const settled = this.outbox.pending.length === 0 && this.decisions === asked;
      again = lost && !settled && this.outbox.pending.length === 0;
      if (lost && settled) {
        this.rejectedPages.clear();
        this.dispatch({ type: "opened", view, undo: this.snapshot.session.undo });
      } else {
        this.dispatch({ type: "view", view });
      }
    } catch (error) {
      if (!isPassing(error as Error)) this.ports.notify(error as Error);
    } finally {
      this.syncing = false;
    }
    if (again) await this.sync();
    else await this.fill();
  }

  private async reload(): Promise<void> {
    const { api, storage, user, project } = this.ports;
    const [view, pending, undo] = await Promise.all([
      api.view(project),
      this.outbox.restore(),
      storage.undo.load(user, project),
    ]);
    let session = reduce(empty(), { type: "opened", view, undo });
    for (const command of pending) {
      if (command.project === project) session = reduce(session, replay(command));
    }
    await this.prepare([...session.pages, ...undo.map(({ page, task }) => ({ id: page.id, tasks: [task] }))]);
    for (const page of session.pages) {
      for (const task of page.tasks) {
        const fields = task.answer === null ? await this.drafts.load(page.id, task.id) : null;
        if (fields) session = reduce(session, { type: "draft", page: page.id, task: task.id, fields });
      }
    }
    this.schema = view.schema;
    this.update({ session, ready: true });
    this.outboxChanged();
  }

  /** Keeps the page after the current one in hand. */
  private async fill(): Promise<void> {
    if (this.filling || this.closed || openPages(this.snapshot.session) >= 2) return;
    if (screen(this.snapshot.session).kind === "over" && this.snapshot.session.noMore === null) return;
    this.filling = true;
    this.askedAt = this.ports.now();
    let more = false;
    try {
      const holding = this.snapshot.session.pages.map((page) => page.id);
      const { page, reason, membership } = await this.ports.api.nextPage(this.ports.project, holding);
      more = page !== null;
      if (page) await this.prepare([page]);
      if (page) this.dispatch({ type: "page", page, membership });
      // Until the last answer of a page has arrived, the server counts that page as open and hands out no other.
      else if (this.outbox.pending.length === 0)
        this.dispatch({ type: "no-page", reason: reason ?? "done", membership });
    } catch (error) {
      if (!isPassing(error as Error)) this.ports.notify(error as Error);
    } finally {
      this.filling = false;
    }
    if (more) await this.fill();
  }

  private prepare(pages: readonly { id: number; tasks: readonly { id: number }[] }[]): Promise<void> {
    const { user } = this.ports;
    return this.desk.prepare(
      pages.flatMap((page) => page.tasks.map((task) => draftKey(user, page.id, task.id))),
    );
  }

  private tick(): void {
    const { session } = this.snapshot;
    const now = screen(session);
    if (now.kind !== "task") {
      const over = now.kind === "over" && ["banned", "failed"].includes(now.reason);
      if (!over && this.outbox.pending.length === 0 && this.ports.now() - this.askedAt > ASK_AGAIN_MS)
        void this.sync();
      return;
    }
    const { due, id } = now.place.page;
    if (due !== null && serverNow() > Date.parse(due) + GRACE_MS && this.outbox.pending.length === 0) {
      if (!this.rejectedPages.has(id)) {
        this.rejectedPages.add(id);
        this.ports.notify(new Error("The time of this page ran out. Its open tasks went back to the pool."));
      }
      void this.sync();
    }
  }

  private giveBack(): void {
    if (this.outbox.pending.length > 0) return;
    for (const page of this.snapshot.session.pages) {
      const untouched = page.tasks.every(
        (t) =>
          t.answer === null &&
          !t.skipped &&
          Object.keys(t.draft).length === 0 &&
          !this.desk.has(draftKey(this.ports.user, page.id, t.id)),
      );
      if (untouched && page.kind === "work") this.ports.api.release(page.id).catch(() => undefined);
    }
  }

  private outboxChanged(): void {
    this.update({ outbox: this.outbox.state, unsent: this.outbox.pending.length });
  }

  private dispatch(event: Event): void {
    this.update({ session: reduce(this.snapshot.session, event), gaps: [] });
  }

  private update(part: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    const now = screen(this.snapshot.session);
    const place = now.kind === "task" ? now.place : null;
    const schema = place?.task.schema ?? this.schema;
    if (schema !== this.snapshot.schema) {
      const single = isSingleKeystroke(schema);
      this.snapshot = { ...this.snapshot, schema, bindings: bindings(schema), single };
    }
    const editor = this.turnTo(place);
    if (editor !== this.snapshot.editor) this.snapshot = { ...this.snapshot, editor };
    this.watch.show(place ? taskKey(place) : null);
    for (const listener of this.listeners) listener();
  }
}

const isLarge = (fields: Fields): boolean =>
  Object.values(fields).some((value) => Array.isArray(value) && value.length > SMALL_DOCUMENT);

const taskKey = ({ page, task }: Place): string => draftKey("", page.id, task.id);
