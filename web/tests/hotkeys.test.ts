import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindings, COMMANDS, isSingleKeystroke, type KeyPress, meaningOf } from "../src/label/hotkeys";
import { field, headline, options, survey } from "./schemas";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  repeat: false,
  isComposing: false,
  ...more,
});

describe("bindings", () => {
  it("takes the schema's keys and numbers the rest", () => {
    expect(bindings(headline).map((b) => b.key)).toEqual(["1", "2"]);
    expect(bindings(survey).map((b) => `${b.key}${b.value}`)).toEqual([
      "1sport",
      "2politics",
      "3science",
      "4calm",
      "5loud",
    ]);
  });

  it("goes on with letters after the digits, never with a key of the workbench", () => {
    const many = {
      ...headline,
      fields: [field({ name: "x", kind: "choice", options: options(..."abcdefghijklmnop") })],
    };
    const keys = bindings(many).map((b) => b.key);
    expect(keys.slice(9, 12)).toEqual(["0", "q", "w"]);
    expect(keys.filter((key) => key in COMMANDS)).toEqual([]);
  });

  it("gives every key to one option at most, whatever the schema wishes", () => {
    const wish = fc.constantFrom("", "1", "2", "A", "a", "s", "Backspace", "ctrl+a", "space");
    fc.assert(
      fc.property(fc.array(fc.array(wish, { maxLength: 30 }), { maxLength: 4 }), (wishes) => {
        const fields = wishes.map((hotkeys, f) =>
          field({
            name: `f${f}`,
            kind: "choice",
            options: hotkeys.map((hotkey, i) => ({ value: `v${i}`, label: "", hotkey })),
          }),
        );
        const keys = bindings({ ...headline, fields }).map((b) => b.key);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.some((key) => key in COMMANDS)).toBe(false);
      }),
    );
  });

  it("offers the stars of a rating", () => {
    const stars = field({ name: "stars", kind: "rating", maximum: 3 });
    expect(bindings({ ...headline, fields: [stars] }).map((b) => b.value)).toEqual(["1", "2", "3"]);
    expect(isSingleKeystroke({ ...headline, fields: [stars] })).toBe(true);
  });
});

describe("meaningOf", () => {
  const bound = [
    ...bindings(headline),
    { key: "ctrl+b", field: "x", value: "bold" },
    { key: "z", field: "x", value: "last" },
  ];

  it("compares in lower case, with and without shift", () => {
    expect(meaningOf(press("Z", { shiftKey: true }), bound)).toMatchObject({ binding: { value: "last" } });
    expect(meaningOf(press("S"), bound)).toEqual({ kind: "command", name: "skip" });
    expect(meaningOf(press("?", { shiftKey: true }), bound)).toEqual({ kind: "command", name: "help" });
  });

  it("leaves chords to the browser unless the schema names them", () => {
    expect(meaningOf(press("1", { ctrlKey: true }), bound)).toBeNull();
    expect(meaningOf(press("s", { metaKey: true }), bound)).toBeNull();
    expect(meaningOf(press("b", { ctrlKey: true }), bound)).toMatchObject({ binding: { value: "bold" } });
  });

  it("answers once for a key held down, and never within an input method", () => {
    expect(meaningOf(press("1", { repeat: true }), bound)).toBeNull();
    expect(meaningOf(press("1", { isComposing: true }), bound)).toBeNull();
  });
});
