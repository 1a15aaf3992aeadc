import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../src/api/http";
import { findPrefix, justBefore } from "../src/pages/data/files/jump";
import { batchesOf, type Progress, type Sender, sendAll } from "../src/pages/data/files/uploading";

const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("jumping to a prefix", () => {
  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 5 })
    .filter((n) => [...n].every((c) => c !== "/" && c > "\u001f"));

  it("starts right before the first name that has it", () => {
    fc.assert(
      fc.property(fc.constantFrom("/", "/a", "/a/b"), name, fc.array(name), (folder, prefix, names) => {
        const before = justBefore(folder, prefix);
        const base = folder === "/" ? "" : folder;
        if (before === null) throw new Error("a prefix was given");
        expect(bytewise(before, `${base}/${prefix}`)).toBeLessThan(0);
        for (const other of names) {
          const path = `${base}/${other}`;
          if (bytewise(other, prefix) >= 0) expect(bytewise(path, before)).toBeGreaterThan(0);
          else if (!prefix.startsWith(other) && !other.includes("\u{10ffff}"))
            expect(bytewise(path, before)).toBeLessThan(0);
        }
      }),
    );
  });

  it("finds what is loaded, else says to look elsewhere", () => {
    const names = ["", "alpha", "Beta", "beta", "gamma"];
    expect(findPrefix(names, "be", false)).toBe(3);
    expect(findPrefix(names, "BE", false)).toBe(2);
    expect(findPrefix(names, "z", false)).toBe("elsewhere");
    expect(findPrefix(names, "c", true)).toBe(4);
    expect(findPrefix(names, "z", true)).toBe(4);
    expect(justBefore("/a", "")).toBeNull();
  });
});

const file = (path: string, size: number) => ({ path, bytes: new Blob([new Uint8Array(size)]) });
const running = () => new AbortController().signal;

/** A server that loses requests as it is told, and remembers what it got. */
const none = () => {
  throw new Error("no file here is large");
};

function flaky(losses: readonly boolean[]): Sender & { got: number[]; paused: number[] } {
  let turn = 0;
  const got: number[] = [];
  const paused: number[] = [];
  return {
    got,
    paused,
    send: async (batch) => {
      if (losses[turn++]) throw new ApiError(0, "unreachable", "gone", null, null);
      got.push(...batch.map((each) => each.size));
      return batch.map((each) => `receipt-${each.size}`);
    },
    parts: none,
    pause: async (seconds) => {
      paused.push(seconds);
    },
  };
}

describe("uploads", () => {
  it("are batched in order, none too large unless a file is", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 6_000_000 }), { maxLength: 50 });
    fc.assert(
      fc.property(sizes, (all) => {
        const files = all.map((size) => ({ bytes: { size } }));
        const batches = batchesOf(files);
        expect(batches.flat()).toEqual(files);
        for (const batch of batches) {
          const total = batch.reduce((sum, each) => sum + each.bytes.size, 0);
          expect(batch.length === 1 || total <= 4_000_000).toBe(true);
        }
      }),
    );
    expect(
      batchesOf(Array.from({ length: 450 }, () => ({ bytes: { size: 0 } }))).map((b) => b.length),
    ).toEqual([200, 200, 50]);
  });

  it("lose nothing and send nothing twice, however often the connection is lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (losses) => {
        const files = [1, 2, 3, 4].map((n) => file(`/${n}`, n * 1_500_000));
        const sender = flaky(losses);
        const receipts = new Map<string, string>();
        const told: Progress[] = [];
        await sendAll(files, receipts, sender, (progress) => told.push(progress), running());
        expect(sender.got).toEqual(files.map((each) => each.bytes.size));
        expect([...receipts.keys()]).toEqual(["/1", "/2", "/3", "/4"]);
        expect(told.at(-1)).toEqual({ files: 4, bytes: 15_000_000, waiting: null });
        expect(Math.max(0, ...sender.paused)).toBeLessThanOrEqual(15);
      }),
      { numRuns: 30 },
    );
  });

  it("go on where they were, and end at a real refusal", async () => {
    const files = [file("/a", 3_000_000), file("/b", 3_000_000)];
    const receipts = new Map([["/a", "kept"]]);
    const sender = flaky([]);
    await sendAll(files, receipts, sender, () => undefined, running());
    expect(sender.got).toEqual([3_000_000]);
    expect(receipts.get("/a")).toBe("kept");
    const refusing: Sender = {
      parts: none,
      send: () => Promise.reject(new ApiError(403, "forbidden", "no", null, null)),
      pause: () => Promise.reject(new Error("nothing to wait for")),
    };
    await expect(sendAll(files, new Map(), refusing, () => undefined, running())).rejects.toThrow("no");
  });

  it("end when they are cancelled", async () => {
    const control = new AbortController();
    const sender = flaky([true, true, true]);
    const lost = sendAll(
      [file("/a", 1)],
      new Map(),
      { ...sender, pause: async () => control.abort(new Error("cancelled")) },
      () => undefined,
      control.signal,
    );
    await expect(lost).rejects.toThrow("cancelled");
  });
});
