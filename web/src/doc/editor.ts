/** One document under somebody's hands: what it is now, what is selected, and the way back. */
import { apply, type Edit } from "./edits";
import { type History, moveTo, NO_HISTORY, record, replay } from "./history";
import type { Doc } from "./model";

/** Told of every change so that it can be kept; `cursor` steps of the history hold afterwards. */
export interface Journal {
  /** A step was made: whatever was kept from this place on is void. */
  append(index: number, step: History["steps"][number]): void;
  moved(cursor: number): void;
}

export interface EditorState {
  readonly doc: Doc;
  readonly history: History;
  readonly selection: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const SILENT: Journal = { append: () => undefined, moved: () => undefined };

export class Editor {
  private state: EditorState;
  private readonly listeners = new Set<() => void>();
  /** The gesture that the last step belongs to, while it may go on. */
  private gesture: string | null = null;

  constructor(
    /** The document before the first step. */
    readonly base: Doc,
    history: History = NO_HISTORY,
    private readonly journal: Journal = SILENT,
  ) {
    this.state = { doc: replay(base, history), history, selection: NONE };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): EditorState => this.state;

  get doc(): Doc {
    return this.state.doc;
  }

  get selection(): ReadonlySet<string> {
    return this.state.selection;
  }

  get canUndo(): boolean {
    return this.state.history.cursor > 0;
  }

  get canRedo(): boolean {
    return this.state.history.cursor < this.state.history.steps.length;
  }

  /** Applies one edit as one step. `select`: what is selected afterwards, when that changes with it. */
  dispatch(edit: Edit, select?: Iterable<string>): void {
    this.gesture = null;
    const { doc, inverse } = apply(this.state.doc, edit);
    this.keep(doc, { edit, inverse }, this.state.history, select);
  }

  /**
   * The next edit of a gesture that goes on, such as typing a text: the steps of one gesture are one step. Each edit must
   * set all that the ones before it in the gesture have set.
   */
  continue(gesture: string, edit: Edit): void {
    const { doc, history } = this.state;
    const last = history.steps[history.cursor - 1];
    const goesOn = this.gesture === gesture && last !== undefined;
    const applied = apply(doc, edit);
    this.gesture = gesture;
    if (goesOn) {
      const earlier = { ...history, cursor: history.cursor - 1 };
      this.keep(applied.doc, { edit, inverse: last.inverse }, earlier);
    } else this.keep(applied.doc, { edit, inverse: applied.inverse }, history);
  }

  /** The gesture is over: what comes next is a step of its own. */
  settle(): void {
    this.gesture = null;
  }

  private keep(doc: Doc, step: History["steps"][number], before: History, select?: Iterable<string>): void {
    const history = record(before, step);
    this.journal.append(history.cursor - 1, step);
    this.enter({ doc, history, selection: select ? new Set(select) : this.state.selection });
  }

  undo(): boolean {
    return this.jump(this.state.history.cursor - 1);
  }

  redo(): boolean {
    return this.jump(this.state.history.cursor + 1);
  }

  /** To the state after so many steps; false where there is no such state or it is this one. */
  jump(cursor: number): boolean {
    this.gesture = null;
    const { doc, history } = this.state;
    if (cursor < 0 || cursor > history.steps.length || cursor === history.cursor) return false;
    const moved = moveTo(doc, history, cursor);
    this.journal.moved(cursor);
    this.enter({ ...moved, selection: this.state.selection });
    return true;
  }

  select(ids: Iterable<string>): void {
    this.gesture = null;
    this.enter({ ...this.state, selection: new Set(ids) });
  }

  private enter(next: EditorState): void {
    const gone = next.selection.size > 0 && next.doc.regions !== this.state.doc.regions;
    this.state = gone ? { ...next, selection: present(next) } : next;
    for (const listener of this.listeners) listener();
  }
}

/** A selection never names what is not there. */
function present({ doc, selection }: EditorState): ReadonlySet<string> {
  const left = new Set<string>();
  for (const { id } of doc.regions) if (selection.has(id)) left.add(id);
  return left.size === selection.size ? selection : left;
}
