/** Editors of tasks: opened with the history that this machine kept, each step written down as it is made. */
import type { Fields, Json, Schema } from "../api/types";
import { Editor, fromFields, type Journal, NO_HISTORY, replay, toFields } from "../doc";
import { afterPaint } from "./afterPaint";
import { type BegunTask, begun } from "./begun";
import type { HistoryStore, KeptHistory } from "./storage";

/** A document with more regions is not copied to disk in the frame of its first step, but right after it. */
const LARGE = 200;

export class Desk {
  /** Read before it is needed, so that a task opens in the same tick. */
  private readonly kept = new Map<string, KeptHistory>();
  /** The document of the task that comes next, if it was made already. */
  private laid: { key: string; draft: Fields; given: Fields; editor: Editor } | null = null;

  constructor(
    private readonly store: HistoryStore,
    private readonly keep: (work: Promise<unknown>) => void,
  ) {}

  /** Looks up what is kept of these tasks. */
  async prepare(keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map(async (key) => {
        const known = this.kept.has(key) ? null : await this.store.load(key);
        if (known && !this.kept.has(key)) this.kept.set(key, known);
      }),
    );
  }

  /** What the steps kept of a task lead to; null when there are none. */
  has(key: string): boolean {
    return this.kept.has(key);
  }

  /** Gives up steps that lead elsewhere: they were made before, and something else was said since on another machine. */
  reconcile(key: string, fields: Fields, schema: Schema): void {
    const kept = this.kept.get(key);
    if (kept && !leadsTo(kept, fields, schema)) this.kept.delete(key);
  }

  /** Makes the next document while nobody waits for it. */
  lay(key: string, task: BegunTask, schema: Schema): void {
    if (this.laid?.key === key) return;
    const given = begun(task, schema);
    this.laid = { key, draft: task.draft, given, editor: this.made(key, given, schema) };
  }

  /** The document that was made ahead. */
  get next(): Editor | null {
    return this.laid?.editor ?? null;
  }

  /** The document of a task: where editing stopped here, else what is given. */
  open(key: string, task: BegunTask, schema: Schema): { editor: Editor; given: Fields } {
    const { laid } = this;
    this.laid = null;
    if (laid?.key === key && laid.draft === task.draft && !this.kept.has(key)) return laid;
    const given = begun(task, schema);
    return { editor: this.made(key, given, schema), given };
  }

  private made(key: string, given: Fields, schema: Schema): Editor {
    const kept = this.kept.get(key);
    try {
      if (kept) return new Editor(fromFields(kept.base, schema), kept.history, this.journal(key, null, 0));
    } catch {
      // Steps that no longer fit what they were made on (the schema has changed) are given up; the draft is not.
      this.kept.delete(key);
    }
    const doc = fromFields(given, schema);
    return new Editor(doc, NO_HISTORY, this.journal(key, given, doc.regions.length));
  }

  /** The task leaves the screen; it may come back within this visit. */
  put(key: string, editor: Editor, base: Fields): void {
    const { history } = editor.getState();
    if (history.steps.length === 0) return;
    this.kept.set(key, { base: this.kept.get(key)?.base ?? base, history });
  }

  /** Nothing is written before the first step; then everything in the order in which it was done. */
  private journal(key: string, base: Fields | null, size: number): Journal {
    let begun = base === null;
    let before: Promise<void> | null = null;
    const write = (work: () => Promise<void>): void => {
      if (!begun && base) {
        const begin = () => this.store.begin(key, base);
        before = size > LARGE ? afterPaint().then(begin) : null;
        if (!before) this.keep(begin());
      }
      begun = true;
      before = before?.then(work) ?? null;
      this.keep(before ?? work());
    };
    return {
      append: (index, step) => write(() => this.store.append(key, index, step)),
      moved: (cursor) => write(() => this.store.moved(key, cursor)),
    };
  }
}

function leadsTo({ base, history }: KeptHistory, fields: Fields, schema: Schema): boolean {
  try {
    const doc = replay(fromFields(base, schema), history);
    return sorted(toFields(doc, schema)) === sorted(toFields(fromFields(fields, schema), schema));
  } catch {
    return false;
  }
}

/** JSON whose keys stand in one order, so that equal values are equal texts. */
function sorted(value: Json): string {
  return JSON.stringify(value, (_, each: Json) =>
    each !== null && typeof each === "object" && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
