/** Drafts on their way: whatever the line does, the server ends with the last edit, and an older one never replaces it. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, unreachable } from "../src/api/http";
import type { Fields } from "../src/api/types";
import { DraftKeeper } from "../src/label/drafts";
import { draftKey, forgetfulStorage } from "../src/label/storage";

const TASK = 7;
const PAGE = 3;

/** A server that keeps the draft that was edited last, behind a line that fails, loses replies and delivers late. */
class Desk {
  draft: Fields = {};
  at = 0;
  down = false;
  losesReply = false;
  /** Requests that are held up somewhere; they arrive when they are let go. */
  readonly late: (() => void)[] = [];
  holds = false;
  refuses: ApiError | null = null;
  requests = 0;
  readonly said: string[] = [];

  readonly put = async (_page: number, _task: number, fields: Fields, at: number): Promise<void> => {
    this.requests += 1;
    if (this.down) throw unreachable();
    if (this.refuses) throw this.refuses;
    if (this.holds) {
      this.late.push(() => this.take(fields, at));
      throw unreachable();
    }
    this.take(fields, at);
    if (this.losesReply) throw unreachable();
  };

  private take(fields: Fields, at: number): void {
    if (at < this.at) return;
    this.draft = fields;
    this.at = at;
  }
}

function keeper(desk: Desk, drafts = forgetfulStorage().drafts, mayGo = () => true): DraftKeeper {
  return new DraftKeeper("ann", {
    store: drafts,
    put: desk.put,
    mayGo,
    changed: () => undefined,
    refused: (error) => desk.said.push(error.message),
    now: Date.now,
  });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("drafts", () => {
  it("reach the server within two seconds of the last edit, however long somebody goes on", async () => {
    const desk = new Desk();
    const drafts = keeper(desk);
    for (let i = 0; i < 40; i++) {
      await drafts.save(PAGE, TASK, { note: `${i}` });
      await pass(100);
      if (i > 20) expect(Number(desk.draft.note)).toBeGreaterThan(i - 20);
    }
    expect(drafts.state).toBe("saving");
    await pass(2_000);
    expect(desk.draft).toEqual({ note: "39" });
    expect(drafts.state).toBe("saved");
  });

  it("end on the server as they were edited last, whatever line and tab do", async () => {
    const what = fc.constantFrom("edit", "edit", "down", "up", "hold", "lose", "let go", "kill", "wait");
    await fc.assert(
      fc.asyncProperty(fc.array(what, { maxLength: 30 }), async (steps) => {
        const desk = new Desk();
        const { drafts: store } = forgetfulStorage();
        let drafts = keeper(desk, store);
        let last: Fields = {};
        for (const [i, step] of steps.entries()) {
          if (step === "edit") {
            last = { note: `${i}` };
            await drafts.save(PAGE, TASK, last);
          } else if (step === "hold") desk.holds = true;
          else if (step === "lose") desk.losesReply = true;
          else if (step === "let go") desk.late.shift()?.();
          else if (step === "wait") await pass(3_000);
          else if (step === "kill") {
            // The old one says nothing more; the new one knows what was kept.
            vi.clearAllTimers();
            drafts = keeper(desk, store);
            const kept = await drafts.load(TASK, desk.at);
            if (kept) drafts.resume(kept, PAGE);
          } else desk.down = step === "down";
        }
        desk.down = false;
        desk.holds = false;
        desk.losesReply = false;
        drafts.kick();
        await pass(20_000);
        for (const arrives of desk.late) arrives();
        expect(desk.draft).toEqual(last);
        expect(drafts.state).toBe("saved");
      }),
      { numRuns: 200 },
    );
  });

  it("go again when the line is back, and say meanwhile that they are kept here", async () => {
    const desk = new Desk();
    const drafts = keeper(desk);
    desk.down = true;
    await drafts.save(PAGE, TASK, { note: "a" });
    await pass(60_000);
    expect(drafts.state).toBe("waiting");
    expect(desk.requests).toBeGreaterThan(5);
    desk.down = false;
    drafts.kick();
    await pass(0);
    expect(desk.draft).toEqual({ note: "a" });
    expect(drafts.state).toBe("saved");
  });

  it("wait until the server has heard what was said about the task before", async () => {
    const desk = new Desk();
    let free = false;
    const drafts = keeper(desk, undefined, () => free);
    await drafts.save(PAGE, TASK, { note: "a" });
    await pass(5_000);
    expect(desk.requests).toBe(0);
    free = true;
    drafts.kick();
    await pass(0);
    expect(desk.draft).toEqual({ note: "a" });
  });

  it("of a task that has an answer are forgotten; of others they stay, and what is refused is said", async () => {
    for (const [status, stays] of [
      [409, false],
      [404, true],
      [413, true],
    ] as const) {
      const desk = new Desk();
      const { drafts: store } = forgetfulStorage();
      const drafts = keeper(desk, store);
      desk.refuses = new ApiError(status, "no", "No.", null, null);
      await drafts.save(PAGE, TASK, { note: "a" });
      await pass(5_000);
      expect([drafts.state, desk.requests]).toEqual(["saved", 1]);
      expect(desk.said).toEqual(status === 413 ? ["No."] : []);
      expect((await store.get(draftKey("ann", TASK))) !== undefined).toBe(stays);
    }
  });

  it("of another machine win when they were edited later, and are followed by what is edited here", async () => {
    const desk = new Desk();
    const drafts = keeper(desk);
    await drafts.save(PAGE, TASK, { note: "here" });
    await pass(5_000);
    const theirs = desk.at + 60_000;
    expect(await drafts.load(TASK, theirs)).toBeNull();
    await desk.put(PAGE, TASK, { note: "theirs" }, theirs);
    await drafts.save(PAGE, TASK, { note: "here again" });
    await pass(5_000);
    expect(desk.draft).toEqual({ note: "here again" });
  });
});
