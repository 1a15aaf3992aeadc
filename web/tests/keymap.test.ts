import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindings, meaningOf, namesOf } from "../src/label/hotkeys";
import {
  ALL_COMMANDS,
  COMMAND_NAMES,
  commandsOf,
  conflict,
  keymapOf,
  keysOf,
  shownKey,
} from "../src/label/keymap";
import { cells } from "./doc/arbitrary";
import { field } from "./schemas";

const press = (key: string, more: object = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  repeat: false,
  isComposing: false,
  ...more,
});

describe("keymap", () => {
  it("has no key twice", () => {
    const keys = COMMAND_NAMES.flatMap((name) => [...ALL_COMMANDS[name].keys]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("leaves digits to labels, and letters to tools where regions are drawn", () => {
    const many = {
      ...cells,
      fields: cells.fields.map((field) => ({
        ...field,
        options: Array.from({ length: 15 }, (_, i) => ({ value: `v${i}`, label: "", hotkey: "" })),
      })),
    };
    const keys = bindings(many).map((binding) => binding.key);
    expect(keys.length).toBe(10);
    expect(keys.every((key) => /^\d$/.test(key))).toBe(true);
  });

  it("knows what each press means, with a Mac's keys too", () => {
    const map = keymapOf(true, bindings(cells), {});
    const meaning = (key: string, more: object = {}) => meaningOf(press(key, more), bindings(cells), map);
    expect(meaning("b")).toEqual({ kind: "command", name: "box" });
    expect(meaning("P", { shiftKey: true })).toEqual({ kind: "command", name: "hole" });
    expect(meaning("Z", { ctrlKey: true, shiftKey: true })).toEqual({ kind: "command", name: "edit-redo" });
    expect(meaning("z", { metaKey: true })).toEqual({ kind: "command", name: "edit-undo" });
    expect(meaning("1")).toMatchObject({ kind: "option", binding: { value: "RBC" } });
    expect(meaning("+", { shiftKey: true })).toEqual({ kind: "command", name: "zoom-in" });
    expect(keymapOf(false, [], {}).get("b")).toBeUndefined();
  });

  it("never lets two commands, or a command and an option, have one key", () => {
    const key = fc.constantFrom("b", "v", "m", "z", "1", "s", "enter", "up", "ctrl+z", "shift+b", "escape");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...COMMAND_NAMES), key), { maxLength: 12 }), (wishes) => {
        const bound = bindings(cells);
        let custom = {};
        for (const [name, wish] of wishes) {
          if ("fixed" in ALL_COMMANDS[name] || conflict(name, wish, true, bound, custom)) continue;
          custom = { ...custom, [name]: wish };
        }
        const keys = commandsOf(true).flatMap((name) => [...keysOf(name, custom)]);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.some((each) => bound.some((binding) => binding.key === each))).toBe(false);
        const map = keymapOf(true, bound, custom);
        for (const name of commandsOf(true))
          for (const each of keysOf(name, custom)) expect(map.get(each)).toBe(name);
      }),
    );
  });

  it("gives way to the options of a project, and says names as people read them", () => {
    const schema = {
      ...cells,
      fields: [
        ...cells.fields,
        field({ name: "more", kind: "choice", options: [{ value: "x", label: "", hotkey: "b" }] }),
      ],
    };
    const map = keymapOf(true, bindings(schema), {});
    expect(map.get("b")).toBeUndefined();
    expect(meaningOf(press("b"), bindings(schema), map)).toMatchObject({ binding: { value: "x" } });
    expect(["ctrl+shift+z", "pageup", "+", "ctrl++"].map(shownKey)).toEqual([
      "Ctrl Shift Z",
      "PgUp",
      "+",
      "Ctrl +",
    ]);
    expect(namesOf(press("PageUp", { shiftKey: true }))[0]).toBe("shift+pageup");
  });
});
