/** The document of the task on the screen: opened, its draft written when hands rest, put away, and what is said beside it. */
import type { Fields, Schema } from "../api/types";
import { type Doc, type Editor, toFields } from "../doc";
import { afterPaint, whenIdle } from "./afterPaint";
import { type Aside, asFields, NO_ASIDE, ofFields } from "./aside";
import { Desk } from "./desk";
import type { Place, TaskState } from "./session";
import { type Draft, draftKey, type Storage } from "./storage";

/** Documents with more regions are written out as a whole when hands rest; each step is on disk at once anyway. */
export const SMALL_DOCUMENT = 200;
const REST_MS = 300;
const LATEST_MS = 600;
const IDLE_MS = 400;
/** When nobody waits any more for the task that was just opened. */
const LAY_MS = 400;

export interface DocumentPorts {
  readonly user: string;
  readonly storage: Storage;
  readonly now: () => number;
  readonly keep: (work: Promise<unknown>) => void;
  /** The document changed, or what is selected of it. Told when the frame is drawn, where only regions changed. */
  readonly changed: () => void;
  /** A draft is due. `kept`: this machine has it already, step by step. */
  readonly draft: (place: Place, fields: Fields, kept: boolean) => void;
  /** Steps are being made whose draft is due later. */
  readonly begun: (place: Place) => void;
  /** The task after this one, so that its document can be made ready. */
  readonly next: () => { readonly place: Place; readonly schema: Schema } | null;
}

interface Open {
  place: Place;
  readonly key: string;
  readonly schema: Schema;
  readonly given: Fields;
  readonly editor: Editor;
  readonly leave: () => void;
  /** What the draft was last made of. */
  drafted: Doc | null;
  /** The values that the view knows. */
  told: Doc["values"];
}

export class TaskDocuments {
  private readonly desk: Desk;
  private readonly asides = new Map<string, Aside>();
  private open: Open | null = null;
  private resting: { timer: ReturnType<typeof setTimeout>; since: number } | null = null;
  private stopped = false;
  private telling = false;

  constructor(private readonly ports: DocumentPorts) {
    this.desk = new Desk(ports.storage.histories, ports.keep);
  }

  get editor(): Editor | null {
    return this.open?.editor ?? null;
  }

  /** The document of the next task, when it is made already. */
  get next(): Editor | null {
    return this.desk.next;
  }

  get aside(): Aside {
    return (this.open && this.asides.get(this.open.key)) ?? NO_ASIDE;
  }

  /** From now on nothing is written by itself: another tab may have the task. */
  stop(stopped: boolean): void {
    this.stopped = stopped;
  }

  /** Opens the document of the task that is on the screen now, and puts the one before it away. */
  turnTo(place: Place | null, schema: Schema): void {
    const key = place ? this.key(place.task.id) : null;
    const { open } = this;
    if (key === (open?.key ?? null)) {
      // It may have come back on another page.
      if (open && place) open.place = place;
      return;
    }
    open?.leave();
    if (open) this.desk.put(open.key, open.editor, open.given);
    this.open = null;
    if (!place || key === null) return;
    const again = this.desk.has(key);
    const { editor, given } = this.desk.open(key, place.task, schema);
    const leave = editor.subscribe(() => this.edited());
    this.open = {
      place,
      key,
      schema,
      given,
      editor,
      leave,
      drafted: again ? null : editor.doc,
      told: editor.doc.values,
    };
    // The last steps may have had no time to become a draft.
    if (again && !this.stopped) this.writeWhenRested();
    setTimeout(() => this.layNext(), LAY_MS);
  }

  /** Writes the draft that is due, now. */
  write(): void {
    if (this.resting) clearTimeout(this.resting.timer);
    this.resting = null;
    const { open } = this;
    if (!open || this.stopped || open.editor.doc === open.drafted) return;
    const { doc } = open.editor;
    open.drafted = doc;
    this.ports.draft(open.place, toFields(doc, open.schema), doc.regions.length > SMALL_DOCUMENT);
  }

  /** Says something about the task on the screen, or takes it back. */
  remark(part: Partial<Aside>): void {
    if (!this.open) return;
    const { key, place } = this.open;
    const aside = { ...this.aside, ...part };
    this.asides.set(key, aside);
    this.ports.keep(this.ports.storage.drafts.put(asideDraft(key, place.page.id, place.task.id, aside)));
    this.ports.changed();
  }

  /** What was said beside an answer that is taken back is said again; the record that keeps it. */
  unsay(page: number, task: number, aside: Aside = NO_ASIDE): Draft[] {
    const key = this.key(task);
    this.asides.set(key, aside);
    return aside === NO_ASIDE ? [] : [asideDraft(key, page, task, aside)];
  }

  /** What was said, without what was said of regions that are gone. */
  spoken(): Aside {
    const { aside } = this;
    const there = new Set(this.editor?.doc.regions.map((region) => region.id));
    const kept = Object.entries(aside.comments).filter(([region]) => region === "" || there.has(region));
    return aside === NO_ASIDE ? aside : { ...aside, comments: Object.fromEntries(kept) };
  }

  /** The answer is given, and what was said beside it went with it: keys of what need not be kept any more. */
  done(task: number): string[] {
    const key = this.key(task);
    this.asides.delete(key);
    return [key, asideKey(key)];
  }

  /** Steps that do not lead to this draft are given up: it is newer. */
  reconcile(task: number, draft: Fields, schema: Schema): void {
    this.desk.reconcile(this.key(task), draft, schema);
  }

  /** Looks up what this machine kept of tasks before they are opened. */
  async prepare(pages: readonly { tasks: readonly Pick<TaskState, "id">[] }[]): Promise<void> {
    const keys = pages.flatMap((page) => page.tasks.map((task) => this.key(task.id)));
    await Promise.all([this.desk.prepare(keys), ...keys.map((key) => this.recall(key))]);
  }

  /** Something was done about this task on this machine. */
  isBegun(task: number): boolean {
    return this.desk.has(this.key(task));
  }

  private async recall(key: string): Promise<void> {
    const said = await this.ports.storage.drafts.get(asideKey(key));
    if (said?.fields && !this.asides.has(key)) this.asides.set(key, ofFields(said.fields));
  }

  private key(task: number): string {
    return draftKey(this.ports.user, task);
  }

  /** The document on the screen changed: its draft follows, at once or when hands rest. */
  private edited(): void {
    const { open } = this;
    if (!open || this.stopped) return;
    const { doc } = open.editor;
    if (doc !== open.drafted) {
      if (doc.regions.length <= SMALL_DOCUMENT) this.write();
      else {
        if (!this.resting) this.ports.begun(open.place);
        this.writeWhenRested();
      }
    }
    // What somebody types must be in its input at once.
    if (doc.values !== open.told || !open.schema.fields.some((field) => field.kind === "regions"))
      this.ports.changed();
    else this.tellLater();
    open.told = doc.values;
  }

  /** What stands beside a canvas or a text follows it a frame later, rather than keep it waiting. */
  private tellLater(): void {
    if (this.telling) return;
    this.telling = true;
    void afterPaint().then(() => {
      this.telling = false;
      this.ports.changed();
    });
  }

  private writeWhenRested(): void {
    const now = this.ports.now();
    const since = this.resting?.since ?? now;
    if (this.resting) clearTimeout(this.resting.timer);
    const rested = (): void => void whenIdle(IDLE_MS).then(() => this.stopped || this.write());
    const timer = setTimeout(rested, Math.max(0, Math.min(REST_MS, since + LATEST_MS - now)));
    this.resting = { timer, since };
  }

  /** The document after this one is made while somebody looks at this one. */
  private layNext(): void {
    const next = this.stopped ? null : this.ports.next();
    if (!next) return;
    const { task } = next.place;
    this.desk.lay(this.key(task.id), task, next.schema);
  }
}

const asideKey = (key: string): string => `${key}#aside`;

const asideDraft = (key: string, page: number, task: number, aside: Aside): Draft => ({
  key: asideKey(key),
  page,
  task,
  fields: asFields(aside),
  at: 0,
});
