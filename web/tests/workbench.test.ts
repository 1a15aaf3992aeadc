import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Crowd, type SourceTask } from "../dev/crowd";
import { unreachable } from "../src/api/http";
import type { Schema } from "../src/api/types";
import type { WorkbenchApi } from "../src/api/workbench";
import { current, screen } from "../src/label/session";
import { openStorage, type Storage } from "../src/label/storage";
import { Workbench } from "../src/label/workbench";
import { headline, survey } from "./schemas";

const work = (n: number): SourceTask[] =>
  Array.from({ length: n }, (_, i) => ({ data: { headline: `headline ${i + 1}` } }));
const benches: Workbench[] = [];
let ids = 0;

function bench(api: WorkbenchApi, storage: Storage, errors: Error[] = []): Workbench {
  const one = new Workbench({
    api,
    storage,
    user: "ann",
    project: "p",
    newId: () => `id-${ids++}`,
    now: () => performance.now(),
    wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    notify: (error) => errors.push(error),
  });
  benches.push(one);
  return one;
}

afterEach(() => {
  for (const one of benches.splice(0)) one.close(false);
});

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; !what(); i++) {
    if (i > 1500) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const shown = (w: Workbench) => current(w.getSnapshot().session)?.task.id ?? null;
const sent = (w: Workbench) => w.getSnapshot().unsent === 0;
const valid = (crowd: Crowd) =>
  crowd.log.filter((e) => e.verb === "answer" && !e.withdrawn).map((e) => e.task);

/** The same server behind a cable that can be pulled, and that may lose an answer after the server acted. */
function cable(crowd: Crowd) {
  const state = { down: false, loseReply: () => false };
  const api = new Proxy(crowd, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        if (state.down) throw unreachable();
        const result = await method.apply(target, args);
        if (state.loseReply()) throw unreachable();
        return result;
      };
    },
  });
  return { api: api as WorkbenchApi, state };
}

describe("workbench", () => {
  it("shows the next task in the same tick as the key, and has the next page in hand", async () => {
    const crowd = new Crowd({ schema: headline, work: work(6), pageSize: 2 });
    const w = bench(crowd, await openStorage(new IDBFactory()));
    await w.open();
    expect(w.getSnapshot().session.pages.length).toBe(2);
    for (const next of [2, 3, 4]) {
      w.choose("category", "clickbait");
      expect(shown(w)).toBe(next);
    }
    await until(() => sent(w) && w.getSnapshot().session.pages.length === 2);
    expect(valid(crowd)).toEqual([1, 2, 3]);
    expect(w.getSnapshot().session.earned).toEqual({ amount: "0.05", currency: "USD" });
  });

  it("undoes on the server too, and the log keeps both", async () => {
    const crowd = new Crowd({ schema: headline, work: work(4), pageSize: 2 });
    const w = bench(crowd, await openStorage(new IDBFactory()));
    await w.open();
    w.choose("category", "clickbait");
    w.undo();
    expect(shown(w)).toBe(1);
    w.choose("category", "notclickbait");
    await until(() => sent(w));
    expect(crowd.log.map((e) => [e.verb, e.task, e.withdrawn])).toEqual([
      ["answer", 1, true],
      ["withdraw", 1, false],
      ["answer", 1, false],
    ]);
  });

  it("undoes after a reload, back into the page before", async () => {
    const crowd = new Crowd({ schema: headline, work: work(4), pageSize: 1 });
    const storage = await openStorage(new IDBFactory());
    const first = bench(crowd, storage);
    await first.open();
    first.choose("category", "clickbait");
    await until(() => sent(first) && shown(first) === 2);
    first.close(false);
    const w = bench(crowd, storage);
    await w.open();
    expect(shown(w)).toBe(2);
    w.undo();
    expect(shown(w)).toBe(1);
    w.choose("category", "notclickbait");
    await until(() => sent(w));
    expect(crowd.tasks[0]?.answer).toEqual({ category: "notclickbait" });
    expect(shown(w)).toBe(2);
  });

  it("waits for training verdicts and shows what was expected", async () => {
    const training = [
      { data: { headline: "t" }, expected: { category: "clickbait" }, hint: "It promises a list." },
    ];
    const crowd = new Crowd({ schema: headline, work: work(2), training });
    const w = bench(crowd, await openStorage(new IDBFactory()));
    await w.open();
    w.choose("category", "notclickbait");
    await until(() => sent(w));
    expect(current(w.getSnapshot().session)?.task.check).toMatchObject({ hint: "It promises a list." });
    w.skip();
    expect(shown(w)).toBe(1);
    w.choose("category", "clickbait");
    await until(() => shown(w) === 2);
    expect(w.getSnapshot().session.membership.state).toBe("working");
  });

  it("marks several fields, refuses a gap, keeps the draft in both places, and sends on Enter", async () => {
    const crowd = new Crowd({ schema: survey, work: work(2) });
    const storage = await openStorage(new IDBFactory());
    const first = bench(crowd, storage);
    await first.open();
    first.choose("topics", "science");
    first.choose("topics", "sport");
    first.submit();
    expect(first.getSnapshot().gaps.map((gap) => gap.field)).toEqual(["tone"]);
    first.close(false); // the tab is killed
    await until(() => crowd.tasks[0]?.draft !== null);
    const w = bench(crowd, storage);
    await w.open();
    expect(current(w.getSnapshot().session)?.task.draft).toEqual({ topics: ["sport", "science"] });
    w.choose("tone", "calm");
    w.submit();
    await until(() => sent(w));
    expect(crowd.tasks[0]?.answer).toEqual({ topics: ["sport", "science"], tone: "calm" });
  });

  it("says once that a page ran out, and goes on with what the server has", async () => {
    const crowd = new Crowd({ schema: headline, work: work(8), pageSize: 3 });
    const errors: Error[] = [];
    const w = bench(crowd, await openStorage(new IDBFactory()), errors);
    await w.open();
    const lost = crowd.pages[0];
    if (lost) lost.expired = true;
    w.choose("category", "clickbait");
    w.choose("category", "clickbait");
    await until(() => sent(w) && shown(w) === 4);
    expect(errors.map((e) => e.message)).toEqual(["This page is closed."]);
  });

  it("sends what a killed tab had no time to send, without another edit, and says when it has arrived", async () => {
    const crowd = new Crowd({ schema: survey, work: work(2) });
    const { api, state } = cable(crowd);
    const storage = await openStorage(new IDBFactory());
    const first = bench(api, storage);
    await first.open();
    state.down = true;
    first.choose("topics", "science");
    first.hidden(true);
    await until(() => first.getSnapshot().drafts === "waiting");
    state.down = false;
    const w = bench(api, storage); // the first is never told to close
    await w.open();
    await until(() => w.getSnapshot().drafts === "saved");
    expect(crowd.tasks[0]?.draft).toEqual({ topics: ["science"] });
  });

  it("shows what was edited on another machine later, and can still take back its own steps otherwise", async () => {
    const crowd = new Crowd({ schema: survey, work: work(2) });
    const storage = await openStorage(new IDBFactory());
    const first = bench(crowd, storage);
    await first.open();
    first.choose("tone", "calm");
    first.close(false);
    await until(() => crowd.tasks[0]?.draft !== null);
    const w = bench(crowd, storage);
    await w.open();
    expect(w.getSnapshot().editor?.canUndo).toBe(true);
    w.close(false);
    await until(() => w.getSnapshot().drafts === "saved");
    await crowd.draft(1, 1, { tone: "loud" }, Date.now() + 60_000);
    const third = bench(crowd, storage);
    await third.open();
    expect(third.getSnapshot().editor?.doc.values).toEqual({ tone: "loud" });
    third.choose("topics", "sport");
    third.hidden(true);
    await until(() => third.getSnapshot().drafts === "saved");
    expect(crowd.tasks[0]?.draft).toEqual({ tone: "loud", topics: ["sport"] });
  });

  it("says again what was said beside an answer that is taken back, after a reload too", async () => {
    const crowd = new Crowd({ schema: survey, work: work(3) });
    const storage = await openStorage(new IDBFactory());
    const first = bench(crowd, storage);
    await first.open();
    const aside = { unclear: true, comments: { "": "which one?" } };
    first.choose("topics", "science");
    first.choose("tone", "calm");
    first.remark(aside);
    first.submit();
    expect(first.getSnapshot().aside.unclear).toBe(false);
    await until(() => sent(first));
    const w = bench(crowd, storage);
    await w.open();
    w.undo();
    expect(w.getSnapshot().aside).toEqual(aside);
    await until(() => sent(w));
    const third = bench(crowd, storage);
    await third.open();
    expect(third.getSnapshot().aside).toEqual(aside);
    third.skip();
    third.undo();
    expect(third.getSnapshot().aside).toEqual(aside);
  });

  it("keeps an answer that came too late for when its task comes again, with all that was said", async () => {
    const crowd = new Crowd({ schema: survey, work: work(4), pageSize: 2 });
    const w = bench(crowd, await openStorage(new IDBFactory()));
    await w.open();
    const aside = { unclear: true, comments: {} };
    w.choose("topics", "science");
    w.choose("tone", "calm");
    w.remark(aside);
    const [page] = crowd.pages;
    await crowd.release(page?.id ?? 0); // its time has run out: its tasks are free again
    w.submit();
    await until(() => sent(w));
    const again = () => {
      const place = current(w.getSnapshot().session);
      return place?.task.id === 1 ? place : null;
    };
    for (let i = 0; again() === null; i++) {
      if (i > 20) throw new Error("the task never came again");
      const before = shown(w);
      w.skip();
      await until(() => sent(w) && shown(w) !== before);
    }
    expect(again()?.page.id).not.toBe(page?.id);
    expect(w.getSnapshot().editor?.doc.values).toEqual({ topics: ["science"], tone: "calm" });
    expect(w.getSnapshot().aside).toEqual(aside);
    expect(w.getSnapshot().editor?.canUndo).toBe(true);
    w.submit();
    await until(() => sent(w));
    expect(valid(crowd)).toEqual([1]);
  });

  it("writes and sends nothing while it only looks on, whatever it holds", async () => {
    const crowd = new Crowd({ schema: survey, work: work(2) });
    const storage = await openStorage(new IDBFactory());
    const first = bench(crowd, storage);
    await first.open();
    first.choose("tone", "calm");
    const watcher = bench(crowd, storage);
    await watcher.open(true);
    expect(watcher.getSnapshot().editor?.doc.values).toEqual({ tone: "calm" });
    first.choose("topics", "science");
    first.hidden(true);
    await until(() => first.getSnapshot().drafts === "saved");
    const { draft, draftMs } = crowd.tasks[0] ?? {};
    watcher.hidden(true);
    watcher.close(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(crowd.tasks[0]).toMatchObject({ draft, draftMs });
    expect(await storage.drafts.get("ann/1")).toMatchObject({ fields: draft, at: draftMs });
  });

  it("opens by itself when the server answers again", async () => {
    const crowd = new Crowd({ schema: headline, work: work(2) });
    const { api, state } = cable(crowd);
    state.down = true;
    const w = bench(api, await openStorage(new IDBFactory()));
    await w.open();
    expect(w.getSnapshot().failure).not.toBeNull();
    state.down = false;
    w.online();
    await until(() => shown(w) === 1);
    expect(w.getSnapshot().failure).toBeNull();
  });

  it("is exact under lost replies, pulled cables and reloaded tabs", async () => {
    const step = fc.constantFrom("answer", "undo", "skip", "pull", "plug", "reload");
    const schema: Schema = headline;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 25 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        async (steps, losses) => {
          const crowd = new Crowd({ schema, work: work(12), pageSize: 2 });
          const { api, state } = cable(crowd);
          const storage = await openStorage(new IDBFactory());
          let w = bench(api, storage);
          await w.open();
          state.loseReply = () => losses.pop() ?? false;
          for (const what of steps) {
            if (what === "answer") w.choose("category", "clickbait");
            else if (what === "undo") w.undo();
            else if (what === "skip") w.skip();
            else if (what !== "reload") state.down = what === "pull";
            else if (!state.down) {
              const before = screen(w.getSnapshot().session);
              w.close(false);
              losses.length = 0;
              w = bench(api, storage);
              await w.open();
              const after = screen(w.getSnapshot().session);
              if (before.kind === "task" && after.kind === "task")
                expect(after.place.task.id).toBe(before.place.task.id);
            }
          }
          state.down = false;
          state.loseReply = () => false;
          w.online();
          await until(() => sent(w));
          const seen = new Map<number, boolean>();
          for (const entry of crowd.log)
            if (entry.verb !== "withdraw" && !entry.withdrawn) seen.set(entry.task, entry.verb === "answer");
          const local = w
            .getSnapshot()
            .session.pages.flatMap((p) => p.tasks)
            .filter((t) => t.answer !== null || t.skipped);
          for (const t of local) expect(seen.get(t.id)).toBe(!t.skipped);
          expect(new Set(crowd.log.map((e) => e.id)).size).toBe(crowd.log.length);
          expect(valid(crowd).length).toBe(new Set(valid(crowd)).size);
          w.close(false);
        },
      ),
      { numRuns: 200 },
    );
  }, 60_000);
});
