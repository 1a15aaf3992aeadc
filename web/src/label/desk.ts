/** Editors of tasks: opened with the history that this machine kept, each step written down as it is made. */
import type { Fields, Schema } from "../api/types";
import { Editor, fromFields, type Journal, NO_HISTORY } from "../doc";
import type { HistoryStore, KeptHistory } from "./storage";

export class Desk {
  /** Read before it is needed, so that a task opens in the same tick. */
  private readonly kept = new Map<string, KeptHistory>();

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

  /** The document of a task: where editing stopped here, else what is given. */
  open(key: string, given: Fields, schema: Schema): Editor {
    const kept = this.kept.get(key);
    try {
      if (kept) return new Editor(fromFields(kept.base, schema), kept.history, this.journal(key, null));
    } catch {
      // Steps that no longer fit what they were made on (the schema has changed) are given up; the draft is not.
      this.kept.delete(key);
    }
    return new Editor(fromFields(given, schema), NO_HISTORY, this.journal(key, given));
  }

  /** The task leaves the screen; it may come back within this visit. */
  put(key: string, editor: Editor, base: Fields): void {
    const { history } = editor.getState();
    if (history.steps.length === 0) return;
    this.kept.set(key, { base: this.kept.get(key)?.base ?? base, history });
  }

  /** Nothing is written before the first step. */
  private journal(key: string, base: Fields | null): Journal {
    let begun = base === null;
    const begin = (): void => {
      if (!begun && base) this.keep(this.store.begin(key, base));
      begun = true;
    };
    return {
      append: (index, step) => {
        begin();
        this.keep(this.store.append(key, index, step));
      },
      moved: (cursor) => this.keep(this.store.moved(key, cursor)),
    };
  }
}
