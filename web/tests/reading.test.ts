import { describe, expect, it } from "vitest";
import type { TaskAnswer } from "../src/api/types";
import { EMPTY, gapsOf } from "../src/doc";
import { toggle } from "../src/label/answers";
import { Stopwatch } from "../src/label/stopwatch";
import { folderOf, joined, stepsOf } from "../src/pages/data/paths";
import { documentPath, tallies } from "../src/pages/project/answers";
import { search } from "../src/shell/palette";
import { tokenIn } from "../src/shell/SignIn";
import { ago, bytes, countdown, money } from "../src/ui/format";
import { headline, survey } from "./schemas";

describe("answers of a task", () => {
  const answer = (value: string, more: Partial<TaskAnswer> = {}): TaskAnswer => ({
    worker: "w",
    fields: { category: value },
    at: null,
    time_spent_s: null,
    withdrawn: false,
    excluded: false,
    simulated: false,
    ...more,
  });

  it("counts only answers that stand", () => {
    const all = [
      answer("clickbait"),
      answer("clickbait", { withdrawn: true }),
      answer("notclickbait", { excluded: true }),
      answer("clickbait"),
    ];
    expect(tallies(all, headline).map((t) => [t.label, t.votes])).toEqual([["Clickbait", 2]]);
  });

  it("finds the document of an item", () => {
    expect(documentPath("/a/b.png")).toBe("/items/a/b.png.json");
    expect(documentPath("/p.csv#k%20l")).toBe("/items/p.csv/k%20l.json");
    expect(documentPath("/p.json#k")).toBe("/items/p.json=/k.json");
    expect(documentPath("/p.csv#..")).toBeNull();
  });
});

describe("half-given answers", () => {
  const [topics, tone] = survey.fields;
  it("toggles sets in the order of the schema, and clears by pressing again", () => {
    if (!topics || !tone) throw new Error("the survey has two choice fields");
    const both = toggle(topics, toggle(topics, {}, "science"), "sport");
    expect(both).toEqual({ topics: ["sport", "science"] });
    expect(toggle(topics, toggle(topics, both, "sport"), "science")).toEqual({});
    expect(toggle(tone, toggle(tone, {}, "calm"), "calm")).toEqual({});
    expect(gapsOf({ ...EMPTY, values: both }, survey).map((gap) => gap.field)).toEqual(["tone"]);
  });
});

describe("stopwatch", () => {
  it("counts what was seen: neither hidden time nor the time of other tasks", () => {
    let now = 0;
    const watch = new Stopwatch(() => now);
    const pass = (ms: number) => {
      now += ms;
    };
    watch.show("a");
    pass(100);
    watch.hide(true);
    pass(1000);
    watch.hide(false);
    pass(10);
    watch.show("b");
    pass(5);
    watch.show("a");
    pass(1);
    expect([watch.elapsed("a"), watch.elapsed("b")]).toEqual([111, 5]);
  });
});

describe("reading aids", () => {
  it("cuts and joins paths", () => {
    expect(stepsOf("/a/b")).toEqual([
      { name: "a", path: "/a" },
      { name: "b", path: "/a/b" },
    ]);
    expect([folderOf("/a/b"), folderOf("/a"), joined("/", "x"), joined("/a", "x")]).toEqual([
      "/a",
      "/",
      "/x",
      "/a/x",
    ]);
  });

  it("keeps money exact", () => {
    expect(money({ amount: "2.4000", currency: "USD" })).toBe("$2.40");
    expect(money({ amount: "0.0125", currency: "EUR" })).toBe("€0.0125");
    expect(money({ amount: "12345678901234567890.10", currency: "CHF" })).toBe("12345678901234567890.10 CHF");
  });

  it("reads sizes, ages and clocks", () => {
    expect([bytes(999), bytes(1000), bytes(1_500_000)]).toEqual(["999 B", "1.0 kB", "1.5 MB"]);
    expect(ago("2026-01-01T00:00:00Z", Date.parse("2026-01-01T02:10:00Z"))).toBe("2 h ago");
    expect([countdown(61_000), countdown(-5)]).toEqual(["1:01", "0:00"]);
  });

  it("takes the token out of a pasted link", () => {
    expect(tokenIn(" http://127.0.0.1:8800/login?token=a%2Bb ")).toBe("a+b");
    expect(tokenIn("abc")).toBe("abc");
  });

  it("puts the best destination first and spares the noise", () => {
    const items = ["spool", "pool", "a long pipe of labels"].map((title) => ({
      title,
      kind: "repo",
      icon: "data" as const,
      run: () => undefined,
    }));
    expect(search("pool", items).map((item) => item.title)).toEqual(["pool", "spool"]);
    expect(search("alpl", items).map((item) => item.title)).toEqual(["a long pipe of labels"]);
  });
});
