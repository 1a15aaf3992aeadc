/** Undo and redo without end: the edits that were made, their inverses, and where in them the document stands. */
import { apply, type Edit } from "./edits";
import type { Doc } from "./model";

export interface Step {
  readonly edit: Edit;
  readonly inverse: Edit;
}

export interface History {
  readonly steps: readonly Step[];
  /** So many steps are in effect; those after it were taken back. */
  readonly cursor: number;
}

export const NO_HISTORY: History = { steps: [], cursor: 0 };

export interface Moved {
  readonly doc: Doc;
  readonly history: History;
}

export function record(history: History, step: Step): History {
  const steps = [...history.steps.slice(0, history.cursor), step];
  return { steps, cursor: steps.length };
}

/** The document after the first `cursor` steps, from wherever it stands now. */
export function moveTo(doc: Doc, history: History, cursor: number): Moved {
  const target = Math.max(0, Math.min(history.steps.length, cursor));
  let now = doc;
  for (let i = history.cursor; i > target; i--) now = apply(now, (history.steps[i - 1] as Step).inverse).doc;
  for (let i = history.cursor; i < target; i++) now = apply(now, (history.steps[i] as Step).edit).doc;
  return { doc: now, history: { ...history, cursor: target } };
}

/** What a history that was kept somewhere leads to. */
export function replay(base: Doc, history: History): Doc {
  return moveTo(base, { steps: history.steps, cursor: 0 }, history.cursor).doc;
}
