/** What a person sees while labelling, as one immutable value and the events that change it. No time, no network. */

import type {
  AnswerReceipt,
  Fields,
  Membership,
  Money,
  PageKind,
  PageTask,
  Schema,
  WorkbenchView,
  WorkPage,
} from "../api/types";
import type { Media } from "../canvas/picture";
import type { Aside } from "./aside";

export interface TaskState {
  readonly id: number;
  readonly position: number;
  readonly data: PageTask["data"];
  /** Where the server serves the files that the data names, by data field. */
  readonly media: TaskMedia;
  /** Where what is asked depends on the data; null: it is the project's. */
  readonly schema: Schema | null;
  readonly predictions: readonly Prediction[];
  /** A reviewer gave the answer back, and why; it is the draft then. */
  readonly returned: Returned | null;
  /** The answer as given here or known to the server; null while open. */
  readonly answer: Fields | null;
  readonly skipped: boolean;
  readonly draft: Fields;
  /** When that draft was edited, where its client said so. */
  readonly draftMs: number | null;
  /** Training: waiting for the verdict, or what was wrong with the last try. */
  readonly check: "none" | "waiting" | Verdict;
}

/** What the server knows of a file; of several images in one field, a list, with null for what is no image. */
export type TaskMedia = Readonly<Record<string, Media | (Media | null)[]>>;

export interface Returned {
  readonly by: string;
  readonly comment: string;
  readonly at: string;
}

/** What a model proposes for a task. */
export interface Prediction {
  readonly model: string;
  readonly version?: string;
  readonly score?: number | null;
  readonly fields: Fields;
}

export interface Verdict {
  readonly given: Fields;
  readonly expected: Fields | null;
  readonly hint: string | null;
}

export interface PageState {
  readonly id: number;
  readonly kind: PageKind;
  readonly due: string | null;
  readonly reward: WorkPage["reward"];
  readonly tasks: readonly TaskState[];
}

/** One step back: enough to show the task again, even after its page has gone or the tab was reloaded. */
export interface UndoEntry {
  readonly answerId: string;
  readonly skipped: boolean;
  readonly page: Omit<PageState, "tasks">;
  readonly task: Pick<TaskState, "id" | "position" | "data"> &
    Partial<Pick<TaskState, "media" | "predictions" | "schema" | "returned">>;
  readonly fields: Fields;
  /** What was said beside it. */
  readonly aside?: Aside;
}

export interface Session {
  readonly title: string;
  /** The server makes four points of an image an outline. */
  readonly findsOutlines: boolean;
  /** Of the project: `open`, `paused` or `closed`. */
  readonly state: string;
  readonly guideline: string;
  readonly membership: Membership;
  readonly pages: readonly PageState[];
  readonly undo: readonly UndoEntry[];
  /** Why there is no next page; null while there may be one. */
  readonly noMore: string | null;
  readonly answered: number;
  readonly pagesDone: number;
  readonly earned: Money | null;
  readonly lastCorrect: number | null;
}

export interface Place {
  readonly page: PageState;
  readonly task: TaskState;
}

export const UNDO_DEPTH = 50;

const isOpen = (task: TaskState): boolean => task.answer === null && !task.skipped;

/** The task on the screen: the first open one, in the order in which pages were handed out. */
export function current(session: Session): Place | null {
  for (const page of session.pages) {
    const task = page.tasks.find(isOpen);
    if (task) return { page, task };
  }
  return null;
}

/** The task after the current one, so that it can be made ready. */
export function upcoming(session: Session): Place | null {
  const open = session.pages.flatMap((page) => page.tasks.filter(isOpen).map((task) => ({ page, task })));
  return open[1] ?? null;
}

/** Pages with something left to do: at most the current and the prefetched one. */
export const openPages = (session: Session): number =>
  session.pages.filter((page) => page.tasks.some(isOpen)).length;

// --- from the wire

/** Whoever knows of no media or proposals leaves them out. */
type WireTask = Omit<PageTask, "media" | "predictions" | "schema" | "returned" | "draft_ms"> & {
  draft_ms?: number | null;
  media?: TaskMedia;
  predictions?: Prediction[];
  schema?: Schema | null;
  returned?: Returned | null;
};

export function pageState(page: WorkPage): PageState {
  const tasks = page.tasks.map((task): TaskState => {
    const { id, position, data, draft, draft_ms, answer, skipped, media, predictions, schema, returned } =
      task as unknown as WireTask;
    return {
      id,
      position,
      data,
      media: media ?? {},
      predictions: predictions ?? [],
      schema: schema ?? null,
      returned: returned ?? null,
      answer: skipped ? null : answer,
      skipped,
      draft: draft ?? {},
      draftMs: draft_ms ?? null,
      check: "none",
    };
  });
  tasks.sort((a, b) => a.position - b.position);
  return { id: page.id, kind: page.kind, due: page.due, reward: page.reward, tasks };
}

/** The one thing the workbench shows: a task, or the reason why there is none. */
export type Screen =
  | { readonly kind: "task"; readonly place: Place }
  | { readonly kind: "loading" }
  | { readonly kind: "over"; readonly reason: string };

export function screen(session: Session): Screen {
  const { state } = session.membership;
  if (state === "banned" || state === "failed") return { kind: "over", reason: state };
  const place = current(session);
  if (place) return { kind: "task", place };
  if (session.noMore === null) return { kind: "loading" };
  return { kind: "over", reason: session.state === "open" ? session.noMore : "closed" };
}

// --- events

export type Event =
  | { readonly type: "opened"; readonly view: WorkbenchView; readonly undo: readonly UndoEntry[] }
  | { readonly type: "page"; readonly page: WorkPage; readonly membership: Membership }
  | { readonly type: "no-page"; readonly reason: string; readonly membership: Membership }
  | {
      readonly type: "answer";
      readonly answerId: string;
      readonly page: number;
      readonly task: number;
      readonly fields: Fields;
      readonly aside?: Aside;
    }
  | {
      readonly type: "skip";
      readonly answerId: string;
      readonly page: number;
      readonly task: number;
      readonly aside?: Aside;
    }
  | { readonly type: "undo"; readonly entry: UndoEntry }
  | { readonly type: "draft"; readonly page: number; readonly task: number; readonly fields: Fields }
  | {
      readonly type: "receipt";
      /** No other command about this page is on its way: what the receipt says of the page is the last word. */
      readonly final: boolean;
      readonly page: number;
      readonly task: number;
      readonly fields: Fields;
      readonly receipt: AnswerReceipt;
    }
  | { readonly type: "view"; readonly view: WorkbenchView };

export function empty(): Session {
  return {
    title: "",
    findsOutlines: false,
    state: "open",
    guideline: "",
    membership: { state: "new", reason: "" },
    pages: [],
    undo: [],
    noMore: null,
    answered: 0,
    pagesDone: 0,
    earned: null,
    lastCorrect: null,
  };
}

function editTask(
  session: Session,
  page: number,
  task: number,
  edit: (task: TaskState) => TaskState,
): Session {
  const pages = session.pages.map((p) =>
    p.id === page ? { ...p, tasks: p.tasks.map((t) => (t.id === task ? edit(t) : t)) } : p,
  );
  return { ...session, pages };
}

function find(session: Session, page: number, task: number): Place | null {
  const p = session.pages.find((each) => each.id === page);
  const t = p?.tasks.find((each) => each.id === task);
  return p && t ? { page: p, task: t } : null;
}

function remember(session: Session, entry: UndoEntry): Session {
  return { ...session, undo: [...session.undo, entry].slice(-UNDO_DEPTH) };
}

function entryOf(
  { page, task }: Place,
  { answerId, aside }: { readonly answerId: string; readonly aside?: Aside },
  fields: Fields,
  skipped: boolean,
): UndoEntry {
  const { tasks: _, ...head } = page;
  const { id, position, data, media, predictions, schema, returned } = task;
  const shown = { id, position, data, media, predictions, schema, returned };
  return { answerId, skipped, page: head, task: shown, fields, ...(aside && { aside }) };
}

/** Answers are counted in real work only, as the server does. */
function counted(session: Session, page: Pick<PageState, "kind">, by: 1 | -1): Session {
  return page.kind === "work" ? { ...session, answered: Math.max(0, session.answered + by) } : session;
}

function answer(session: Session, event: Extract<Event, { type: "answer" }>): Session {
  const place = find(session, event.page, event.task);
  if (!place || !isOpen(place.task)) return session;
  if (place.page.kind === "training") {
    return editTask(session, event.page, event.task, (t) => ({
      ...t,
      draft: event.fields,
      check: "waiting",
    }));
  }
  const done = editTask(session, event.page, event.task, (t) => ({ ...t, answer: event.fields }));
  return remember(counted(done, place.page, 1), entryOf(place, event, event.fields, false));
}

function skip(session: Session, event: Extract<Event, { type: "skip" }>): Session {
  const place = find(session, event.page, event.task);
  if (!place || !isOpen(place.task)) return session;
  const done = editTask(session, event.page, event.task, (t) => ({ ...t, skipped: true }));
  return remember(done, entryOf(place, event, place.task.draft, true));
}

function reopen(session: Session, entry: UndoEntry): Session {
  const open = (task: UndoEntry["task"]): TaskState => ({
    media: {},
    predictions: [],
    schema: null,
    returned: null,
    ...task,
    answer: null,
    skipped: false,
    draft: entry.fields,
    draftMs: null,
    check: "none",
  });
  if (find(session, entry.page.id, entry.task.id)) {
    return editTask(session, entry.page.id, entry.task.id, (t) => open(t));
  }
  const page = session.pages.find((p) => p.id === entry.page.id) ?? { ...entry.page, tasks: [] };
  const tasks = [...page.tasks, open(entry.task)].sort((a, b) => a.position - b.position);
  return { ...session, pages: [{ ...page, tasks }, ...session.pages.filter((p) => p.id !== page.id)] };
}

function undo(session: Session, entry: UndoEntry): Session {
  const back = reopen(session, entry);
  return {
    ...back,
    undo: session.undo.filter((each) => each.answerId !== entry.answerId),
    answered: entry.skipped ? back.answered : counted(back, entry.page, -1).answered,
    noMore: null,
  };
}

function receipt(session: Session, event: Extract<Event, { type: "receipt" }>): Session {
  const { page, task, fields, receipt: r } = event;
  let next: Session = { ...session, membership: r.membership, earned: r.earned };
  const kind = session.pages.find((p) => p.id === page)?.kind;
  if (kind === "training") {
    next = editTask(next, page, task, (t) =>
      r.correct === false
        ? { ...t, check: { given: fields, expected: r.expected, hint: r.hint } }
        : { ...t, answer: fields, check: "none" },
    );
    if (r.correct !== false) next = { ...next, lastCorrect: task };
  }
  if (!r.page_done || !event.final) return next;
  // A finished page leaves, unless something in it was reopened meanwhile.
  const pages = next.pages.filter((p) => p.id !== page || p.tasks.some(isOpen));
  return { ...next, pages, noMore: null };
}

/** Server figures and clocks on top of what the person has in hand; pages keep their local answers. */
function refreshed(session: Session, view: WorkbenchView): Session {
  const due = new Map(view.open_pages.map((page) => [page.id, page.due]));
  const pages = session.pages.map((page) => ({
    ...page,
    due: due.has(page.id) ? (due.get(page.id) ?? null) : page.due,
  }));
  return {
    ...session,
    pages,
    title: view.title,
    findsOutlines: view.finds_outlines ?? false,
    state: view.state,
    guideline: view.guideline,
    membership: view.membership,
    pagesDone: view.progress.pages,
    earned: view.progress.earned,
  };
}

function opened(view: WorkbenchView, undoStack: readonly UndoEntry[]): Session {
  const base = { ...empty(), pages: view.open_pages.map(pageState), undo: undoStack };
  return { ...refreshed(base, view), answered: view.progress.answered };
}

export function reduce(session: Session, event: Event): Session {
  switch (event.type) {
    case "opened":
      return opened(event.view, event.undo);
    case "view":
      return refreshed(session, event.view);
    case "page": {
      const known = session.pages.some((page) => page.id === event.page.id);
      const pages = known ? session.pages : [...session.pages, pageState(event.page)];
      return { ...session, pages, membership: event.membership, noMore: null };
    }
    case "no-page":
      return { ...session, membership: event.membership, noMore: event.reason };
    case "answer":
      return answer(session, event);
    case "skip":
      return skip(session, event);
    case "undo":
      return undo(session, event.entry);
    case "draft":
      return editTask(session, event.page, event.task, (t) => ({ ...t, draft: event.fields }));
    case "receipt":
      return receipt(session, event);
  }
}
