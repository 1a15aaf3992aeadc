/** A plain model of what somebody does on the workbench: no code of the product is in it. */

export interface Task<D> {
  /** What the document was after each step; the first is what it began with. */
  readonly docs: readonly D[];
  readonly cursor: number;
  /** What the last step belongs to, while the next one may join it. */
  readonly gesture: string | null;
  readonly unclear: boolean;
  readonly comment: string;
}

export interface Done<D> {
  readonly kind: "answer" | "skip";
  readonly task: Task<D>;
}

export interface Model<D> {
  /** The first is on the screen, the others were begun and left when an answer was taken back. */
  readonly open: readonly Task<D>[];
  readonly done: readonly Done<D>[];
  /** Answers and skips that were sent, those taken back included. */
  readonly said: number;
}

export function blank<D>(doc: D): Task<D> {
  return { docs: [doc], cursor: 0, gesture: null, unclear: false, comment: "" };
}

export const begin = <D>(doc: D): Model<D> => ({ open: [blank(doc)], done: [], said: 0 });

export function now<D>({ open }: Model<D>): Task<D> {
  if (!open[0]) throw new Error("no task is open");
  return open[0];
}

export const docOf = <D>(model: Model<D>): D => {
  const { docs, cursor } = now(model);
  return docs[cursor] as D;
};

const withTask = <D>(model: Model<D>, part: Partial<Task<D>>): Model<D> => ({
  ...model,
  open: [{ ...now(model), ...part }, ...model.open.slice(1)],
});

/** One step; steps of one gesture that follow each other are one. */
export function edited<D>(model: Model<D>, doc: D, gesture: string | null = null): Model<D> {
  const { docs, cursor, gesture: before } = now(model);
  const joins = gesture !== null && gesture === before && cursor > 0;
  const kept = docs.slice(0, joins ? cursor : cursor + 1);
  return withTask(model, { docs: [...kept, doc], cursor: kept.length, gesture });
}

export const settled = <D>(model: Model<D>): Model<D> => withTask(model, { gesture: null });

/** A tab that is opened again has forgotten that a gesture goes on. */
export const reopened = <D>(model: Model<D>): Model<D> => ({
  ...model,
  open: model.open.map((task) => ({ ...task, gesture: null })),
  done: model.done.map((done) => ({ ...done, task: { ...done.task, gesture: null } })),
});

export const moved = <D>(model: Model<D>, by: 1 | -1): Model<D> =>
  withTask(model, { cursor: now(model).cursor + by, gesture: null });

export const remarked = <D>(model: Model<D>, part: { unclear?: boolean; comment?: string }): Model<D> =>
  withTask(model, part);

export function finished<D>(model: Model<D>, kind: "answer" | "skip", empty: D): Model<D> {
  const [task, ...rest] = model.open;
  if (!task) throw new Error("no task is open");
  return {
    open: rest.length > 0 ? rest : [blank(empty)],
    done: [...model.done, { kind, task: { ...task, gesture: null } }],
    said: model.said + 1,
  };
}

export function takenBack<D>(model: Model<D>): Model<D> {
  const last = model.done.at(-1);
  if (!last) throw new Error("nothing was answered");
  return {
    ...model,
    open: [last.task, ...model.open.map((t) => ({ ...t, gesture: null }))],
    done: model.done.slice(0, -1),
  };
}

export interface Step<D> {
  readonly name: string;
  /** What the model is after each part of the step; a step that is one edit has one. */
  readonly states: readonly Model<D>[];
  /** `mark` is called when a part is done. */
  readonly do: (mark: () => void) => Promise<void>;
}
