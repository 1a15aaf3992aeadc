import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields, Membership, WorkbenchView, WorkPage } from "../src/api/types";
import {
  current,
  type Event,
  empty,
  openPages,
  reduce,
  type Session,
  screen,
  upcoming,
} from "../src/label/session";
import { headline } from "./schemas";

const working: Membership = { state: "working", reason: "" };

function page(id: number, tasks: number[], kind: WorkPage["kind"] = "work"): WorkPage {
  return {
    id,
    kind,
    due: null,
    clock_started: false,
    reward: { amount: "0.05", currency: "USD" },
    tasks: tasks.map((task, position) => ({
      id: task,
      position,
      data: { headline: `h${task}` },
      draft: null,
      answer: null,
      skipped: false,
      schema: null,
      media: {},
      predictions: [],
    })) as unknown as WorkPage["tasks"],
  };
}

function view(pages: WorkPage[], more: Partial<WorkbenchView> = {}): WorkbenchView {
  const progress = { answered: 0, pages: 0, earned: { amount: "0", currency: "USD" } };
  return {
    title: "t",
    state: "open",
    guideline: "",
    schema: headline,
    membership: working,
    progress,
    open_pages: pages,
    ...more,
  };
}

const opened = (...pages: WorkPage[]): Session =>
  reduce(empty(), { type: "opened", view: view(pages), undo: [] });
const shown = (session: Session): number | null => current(session)?.task.id ?? null;

function answer(session: Session, value = "clickbait"): Session {
  const place = current(session);
  if (!place) return session;
  const { page: p, task } = place;
  return reduce(session, {
    type: "answer",
    answerId: `a${p.id}-${task.id}-${session.undo.length}`,
    page: p.id,
    task: task.id,
    fields: { category: value },
  });
}

function undo(session: Session): Session {
  const entry = session.undo.at(-1);
  return entry ? reduce(session, { type: "undo", entry }) : session;
}

function receipt(
  session: Session,
  pageId: number,
  task: number,
  fields: Fields,
  more: object,
  final = true,
): Session {
  const r = {
    seq: 1,
    page_done: false,
    correct: null,
    expected: null,
    hint: null,
    membership: working,
    earned: { amount: "0", currency: "USD" },
    ...more,
  };
  return reduce(session, { type: "receipt", final, page: pageId, task, fields, receipt: r });
}

describe("session", () => {
  it("goes from task to task and over the page boundary by itself", () => {
    let s = opened(page(1, [1, 2]), page(2, [3]));
    expect([shown(s), upcoming(s)?.task.id]).toEqual([1, 2]);
    s = answer(answer(s));
    expect(shown(s)).toBe(3);
    expect(openPages(s)).toBe(1);
    expect(screen(answer(s)).kind).toBe("loading");
  });

  it("shows the last answer again on undo, and then goes on where it was", () => {
    let s = opened(page(1, [1, 2]), page(2, [3]));
    s = undo(answer(answer(s), "notclickbait"));
    expect(current(s)?.task).toMatchObject({ id: 2, draft: { category: "notclickbait" } });
    s = undo(s);
    expect(shown(s)).toBe(1);
    expect(shown(answer(s))).toBe(2);
  });

  it("reaches back into a page that is finished and gone", () => {
    let s = answer(opened(page(1, [1]), page(2, [2, 3])));
    s = receipt(s, 1, 1, {}, { page_done: true });
    expect(s.pages.map((p) => p.id)).toEqual([2]);
    s = undo(s);
    expect(current(s)).toMatchObject({ page: { id: 1 }, task: { id: 1, draft: { category: "clickbait" } } });
    expect(shown(answer(s))).toBe(2);
  });

  it("keeps a page whose answer was undone before its receipt came", () => {
    const s = receipt(undo(answer(opened(page(1, [1])))), 1, 1, {}, { page_done: true });
    expect(shown(s)).toBe(1);
  });

  it("keeps a finished page while more is on its way about it", () => {
    const s = receipt(answer(opened(page(1, [1]))), 1, 1, {}, { page_done: true }, false);
    expect(s.pages.map((p) => p.id)).toEqual([1]);
  });

  it("waits for the verdict in training, and insists on the right answer", () => {
    let s = answer(opened(page(1, [1, 2], "training")));
    expect(current(s)?.task).toMatchObject({ id: 1, check: "waiting" });
    s = receipt(
      s,
      1,
      1,
      { category: "clickbait" },
      { correct: false, expected: { category: "notclickbait" }, hint: "Look again." },
    );
    expect(current(s)?.task).toMatchObject({
      id: 1,
      check: { hint: "Look again.", expected: { category: "notclickbait" } },
    });
    s = receipt(answer(s, "notclickbait"), 1, 1, { category: "notclickbait" }, { correct: true });
    expect(shown(s)).toBe(2);
    expect(s.undo).toEqual([]);
  });

  it("ends at once for the banned, whatever is left in hand", () => {
    const s = receipt(
      opened(page(1, [1, 2])),
      1,
      1,
      {},
      { membership: { state: "banned", reason: "too fast" } },
    );
    expect(screen(s)).toEqual({ kind: "over", reason: "banned" });
  });

  it("says that a paused project is not open, when its tasks are not handed out", () => {
    const s = reduce(empty(), { type: "opened", view: view([], { state: "paused" }), undo: [] });
    expect(screen(reduce(s, { type: "no-page", reason: "wait", membership: working }))).toEqual({
      kind: "over",
      reason: "closed",
    });
  });

  it("takes up the server's answers, drafts and skips", () => {
    const p = page(1, [1, 2, 3]);
    Object.assign(p.tasks[0] as object, { answer: { category: "clickbait" } });
    Object.assign(p.tasks[1] as object, { skipped: true });
    Object.assign(p.tasks[2] as object, { draft: { note: "half" } });
    expect(current(opened(p))?.task).toMatchObject({ id: 3, draft: { note: "half" } });
  });

  it("undoing everything gives back the beginning, whatever was done", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("answer", "skip", "undo"), { maxLength: 30 }), (steps) => {
        const start = opened(page(1, [1, 2, 3]), page(2, [4, 5]));
        let s = start;
        let n = 0;
        for (const step of steps) {
          const place = current(s);
          const event: Event | null =
            step === "skip" && place
              ? { type: "skip", answerId: `s${n++}`, page: place.page.id, task: place.task.id }
              : null;
          s = step === "undo" ? undo(s) : step === "answer" ? answer(s) : event ? reduce(s, event) : s;
        }
        while (s.undo.length > 0) s = undo(s);
        expect(s.answered).toBe(0);
        expect(s.pages.map((p) => p.tasks.map((t) => [t.id, t.answer, t.skipped]))).toEqual(
          start.pages.map((p) => p.tasks.map((t) => [t.id, null, false])),
        );
      }),
    );
  });
});
