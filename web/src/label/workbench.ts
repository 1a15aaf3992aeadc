/** One person labelling one project: turns key presses into state at once and into commands for the server. */
import { serverNow } from "../api/http";
import type { Fields, Json, Schema, WorkPage } from "../api/types";
import { type Doc, type Editor, gapsOf, toFields } from "../doc";
import { afterPaint } from "./afterPaint";
import { storedValue, toggle, withField } from "./answers";
import { type Aside, NO_ASIDE } from "./aside";
import { DraftKeeper } from "./drafts";
import { bindings, isSingleKeystroke } from "./hotkeys";
import { type Command, type NewCommand, Outbox, type Outcome } from "./outbox";
import { recalled } from "./recall";
import { isPassing, type Receipt, replay, sender } from "./sending";
import {
  current,
  type Event,
  empty,
  type PageState,
  type Place,
  pageState,
  reduce,
  screen,
  upcoming,
} from "./session";
import type { Snapshot, WorkbenchPorts } from "./snapshot";
import { Stopwatch } from "./stopwatch";
import { draftKey } from "./storage";
import { Supply } from "./supply";
import { SMALL_DOCUMENT, TaskDocuments } from "./taskDocuments";

export type { Snapshot, WorkbenchPorts } from "./snapshot";

const OPEN_AGAIN_MS = 2_000;
const NOTHING: Schema = { fields: [], objects: [], references: [] };

export class Workbench {
  private snapshot: Snapshot;
  private readonly listeners = new Set<() => void>();
  private readonly outbox: Outbox<Receipt>;
  private readonly drafts: DraftKeeper;
  private readonly watch: Stopwatch;
  private readonly documents: TaskDocuments;
  private readonly supply: Supply;
  /** Of the project; a task may have one of its own. */
  private schema: Schema = NOTHING;
  /** The document whose gaps are shown. */
  private gapped: Doc | null = null;
  private closed = false;
  private opening: ReturnType<typeof setTimeout> | null = null;

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
      drafts: "saved",
      editor: null,
      aside: NO_ASIDE,
      gaps: [],
    };
    this.watch = new Stopwatch(ports.now);
    this.documents = new TaskDocuments({
      user: ports.user,
      storage: ports.storage,
      now: ports.now,
      keep: (work) => this.keep(work),
      changed: () => this.update(this.documents.editor?.doc === this.gapped ? {} : { gaps: [] }),
      draft: (place, fields, kept) => this.draft(place, fields, kept),
      begun: ({ page, task }) => this.keep(this.drafts.mark(page.id, task.id)),
      next: () => {
        const place = upcoming(this.snapshot.session);
        return place && { place, schema: place.task.schema ?? this.schema };
      },
    });
    this.supply = new Supply({
      ...ports,
      session: () => this.snapshot.session,
      dispatch: (...events) => this.dispatch(...events),
      isSending: () => this.outbox.pending.length > 0,
      recalled: (pages) => this.recalled(pages),
      ahead: (page) => this.lookAhead(page),
    });
    this.outbox = new Outbox<Receipt>(ports.user, {
      store: ports.storage.commands,
      send: sender(ports.api),
      decided: (command, outcome) => this.decided(command, outcome),
      changed: () => this.outboxChanged(),
      wait: ports.wait,
      now: Date.now,
    });
    this.drafts = new DraftKeeper(ports.user, {
      store: ports.storage.drafts,
      put: (page, task, fields, editedMs, keepalive) =>
        ports.api.draft(page, task, fields, editedMs, keepalive),
      mayGo: (task) => this.outbox.pending.every((command) => command.task !== task),
      changed: () => {
        if (this.drafts.state !== this.snapshot.drafts) this.update({ drafts: this.drafts.state });
      },
      refused: ports.notify,
      now: serverNow,
    });
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
    this.documents.stop(watching);
    if (watching) this.drafts.close();
    this.update({ failure: null });
    try {
      await this.reload();
    } catch (error) {
      this.update({ failure: error as Error });
      if (isPassing(error as Error)) this.openLater(watching);
      return;
    }
    if (watching) {
      this.outbox.close();
      return;
    }
    this.supply.start();
    this.outbox.kick();
    await this.supply.fill();
  }

  /** Nobody needs to press anything for what goes away by itself. */
  private openLater(watching: boolean): void {
    if (this.opening) clearTimeout(this.opening);
    this.opening = setTimeout(() => void this.open(watching), OPEN_AGAIN_MS);
  }

  /** Stops, keeps everything unsent on disk, and gives back pages that were not begun. */
  close(giveBack: boolean): void {
    if (this.opening) clearTimeout(this.opening);
    if (this.closed) return;
    this.closed = true;
    this.documents.write();
    this.documents.stop(true);
    this.drafts.close();
    this.outbox.close();
    this.supply.stop();
    if (giveBack) this.giveBack();
  }

  /** Tells the stopwatch whether anybody can see the task. */
  hidden(hidden: boolean): void {
    this.watch.hide(hidden);
    if (!hidden) return;
    this.documents.write();
    this.drafts.flush();
  }

  online(): void {
    if (this.snapshot.failure) void this.open(this.closed);
    this.outbox.kick();
    this.drafts.kick();
  }

  /** The document of the next task, when it is made already. */
  readonly upcoming = (): Editor | null => this.documents.next;

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
    this.gapped = editor.doc;
    if (gaps.length > 0) this.update({ gaps });
    else this.answer(place, toFields(editor.doc, schema));
  }

  /** Says something about the task, or takes it back; sent with the answer. */
  remark(part: Partial<Aside>): void {
    if (this.place()) this.documents.remark(part);
  }

  skip(reason?: string): void {
    const place = this.place();
    // Training teaches by its answers: there is nothing to pass over.
    if (!place || place.page.kind === "training") return;
    this.documents.write();
    const command = this.command(place);
    const aside = asideOf(this.documents.spoken());
    this.dispatch({ type: "skip", answerId: command.id, page: place.page.id, task: place.task.id, ...aside });
    this.push({ ...command, kind: "skip", ...(reason !== undefined && { reason }), ...aside });
  }

  undo(): void {
    const entry = this.snapshot.session.undo.at(-1);
    if (
      this.closed ||
      !entry ||
      (screen(this.snapshot.session).kind === "over" && this.snapshot.session.membership.state === "banned")
    )
      return;
    this.documents.write();
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
    const aside = asideOf(this.documents.spoken());
    const { page, task } = command;
    this.dispatch({ type: "answer", answerId: command.id, page, task, fields, ...aside });
    this.push({ ...command, kind: "answer", fields, spentMs, ...aside });
  }

  private values(): Fields {
    return this.snapshot.editor?.doc.values ?? {};
  }

  private draft({ page, task }: Place, fields: Fields, kept: boolean): void {
    this.dispatch({ type: "draft", page: page.id, task: task.id, fields });
    this.keep(this.drafts.save(page.id, task.id, fields, kept));
  }

  private push(command: NewCommand): void {
    // Should the tab die in the frame before a large answer is written down, its task is open again, with every step.
    const ready = command.kind === "answer" && isLarge(command.fields) ? afterPaint() : undefined;
    const { undo } = this.snapshot.session;
    const { page, task } = command;
    if (command.kind === "undo") {
      const { fields, aside } = command.entry;
      const keep = [this.drafts.begun(page, task, fields), ...this.documents.unsay(page, task, aside)];
      this.keep(this.outbox.enqueue(command, { undo, drop: [], keep }));
      // It follows when the server has heard that the answer is taken back.
      this.keep(this.drafts.save(page, task, fields));
      this.update({});
    } else {
      this.drafts.drop(task);
      this.keep(this.outbox.enqueue(command, { undo, drop: this.documents.done(task), keep: [] }, ready));
    }
  }

  /** Work on disk goes on beside the screen; should the disk refuse, the person must know. */
  private keep(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.ports.notify(error as Error));
  }

  private decided(command: Command, outcome: Exclude<Outcome<Receipt>, { kind: "retry" }>): void {
    this.supply.decided();
    this.drafts.kick();
    if (outcome.kind === "rejected") {
      void this.rejected(command, outcome.error);
      return;
    }
    if (command.project !== this.ports.project) return;
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
      void this.supply.sync();
  }

  private async rejected(command: Command, error: Error): Promise<void> {
    this.supply.lose(command.page, error);
    await this.restore(command);
    if (command.project === this.ports.project) await this.supply.sync();
  }

  /** What the server did not take is kept for when the task comes again. */
  private async restore(command: Command): Promise<void> {
    const { page, task } = command;
    if (command.kind === "undo") await this.drafts.forget(task);
    if (command.kind !== "answer" || (await this.drafts.load(task, null))) return;
    await this.drafts.save(page, task, command.fields);
    for (const said of this.documents.unsay(page, task, command.aside))
      await this.ports.storage.drafts.put(said);
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
    const first = current(session)?.task;
    if (first) this.ports.ahead?.(first.schema ?? view.schema, first);
    await this.documents.prepare(undo.map(({ task }) => ({ tasks: [task] })));
    this.schema = view.schema;
    session = (await this.recalled(session.pages)).reduce(reduce, session);
    this.update({ session, ready: true, failure: null });
    this.outboxChanged();
  }

  private recalled(pages: readonly PageState[]): Promise<Event[]> {
    return recalled(pages, this.drafts, this.documents, this.schema);
  }

  /** The first task there is, if it comes with this page, has files that can be fetched while what is kept of it is looked up. */
  private lookAhead(page: WorkPage): void {
    const [first] = current(this.snapshot.session) ? [] : pageState(page).tasks;
    if (first) this.ports.ahead?.(first.schema ?? this.schema, first);
  }

  private giveBack(): void {
    if (this.outbox.pending.length > 0) return;
    for (const page of this.snapshot.session.pages) {
      const untouched = page.tasks.every(
        (t) =>
          t.answer === null &&
          !t.skipped &&
          Object.keys(t.draft).length === 0 &&
          !this.documents.isBegun(t.id),
      );
      if (untouched && page.kind === "work") this.ports.api.release(page.id).catch(() => undefined);
    }
  }

  private outboxChanged(): void {
    this.update({ outbox: this.outbox.state, unsent: this.outbox.pending.length });
  }

  private dispatch(...events: Event[]): void {
    this.update({ session: events.reduce(reduce, this.snapshot.session), gaps: [] });
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
    if (schema !== NOTHING) this.documents.turnTo(place, schema);
    const { editor, aside } = this.documents;
    if (editor !== this.snapshot.editor || aside !== this.snapshot.aside)
      this.snapshot = { ...this.snapshot, editor, aside };
    this.watch.show(place ? taskKey(place) : null);
    for (const listener of this.listeners) listener();
  }
}

const isLarge = (fields: Fields): boolean =>
  Object.values(fields).some((value) => Array.isArray(value) && value.length > SMALL_DOCUMENT);

const asideOf = (aside: Aside): { aside?: Aside } => (aside === NO_ASIDE ? {} : { aside });

const taskKey = ({ task }: Place): string => draftKey("", task.id);
