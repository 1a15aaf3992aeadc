/** Which key gives which answer. Pure: a schema in, a table of bindings out. */
import type { Field, Schema } from "../api/types";
import type { CommandName } from "./keymap";

/** Keys of the workbench itself; the server refuses a config whose options ask for one of them. */
export const COMMANDS = {
  backspace: "undo",
  s: "skip",
  g: "guideline",
  "?": "help",
  enter: "submit",
  escape: "close",
} as const;
const BASIC: Keymap = new Map(Object.entries(COMMANDS));

/** What each key does that is no option: see `keymapOf`. */
export type Keymap = ReadonlyMap<string, CommandName>;

export interface Binding {
  readonly key: string;
  readonly field: string;
  readonly value: string;
}

const DIGITS = [..."1234567890"];
const SPARE_KEYS = [...DIGITS, ..."qwertyuiopadfhjklzxcvbnm"];

/** Where regions are drawn, letters belong to tools; labels beyond the digits are found by typing their name. */
const spareKeys = (schema: Schema): string[] =>
  schema.fields.some((field) => field.kind === "regions") ? DIGITS : SPARE_KEYS;

const SIDES = [
  ["left", "The left one"],
  ["equal", "Both are equal"],
  ["right", "The right one"],
] as const;

/** The options of a field; a rating offers its stars as options, a pair its sides. */
export function optionsOf(field: Field): { value: string; label: string; hotkey: string }[] {
  if (field.kind === "rating") {
    return Array.from({ length: field.maximum ?? 5 }, (_, i) => ({
      value: `${i + 1}`,
      label: `${i + 1}`,
      hotkey: "",
    }));
  }
  if (field.kind === "pairwise") {
    const sides = SIDES.filter(([side]) => side !== "equal" || field.equal);
    return sides.map(([value, label]) => ({ value, label, hotkey: "" }));
  }
  return field.options.map((option) => ({ ...option, label: option.label || option.value }));
}

/** One key per option: the schema's own where given and free, then digits, then letters; options beyond have none. */
export function bindings(schema: Schema): Binding[] {
  const options = schema.fields.flatMap((field) =>
    optionsOf(field).map(({ value, hotkey }) => ({ field: field.name, value, wish: hotkey.toLowerCase() })),
  );
  const taken = new Set<string>(Object.keys(COMMANDS));
  const granted = options.map(({ wish }) => {
    if (wish === "" || taken.has(wish)) return null;
    taken.add(wish);
    return wish;
  });
  const spare = spareKeys(schema).filter((key) => !taken.has(key));
  return options.flatMap(({ field, value }, i) => {
    const key = granted[i] ?? spare.shift();
    return key === undefined ? [] : [{ key, field, value }];
  });
}

/** One keystroke answers and moves on: exactly one question, with exactly one choice. */
export function isSingleKeystroke(schema: Schema): boolean {
  const [only, ...others] = schema.fields;
  return only !== undefined && others.length === 0 && ["choice", "rating", "pairwise"].includes(only.kind);
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly repeat: boolean;
  readonly isComposing: boolean;
}

const NAMES: Record<string, string> = {
  " ": "space",
  arrowup: "up",
  arrowdown: "down",
  arrowleft: "left",
  arrowright: "right",
};

/**
 * The names a press may go by, most exact first, in lower case: `shift+a` may also be meant by `a`, and `?` is typed
 * with shift. None for held keys and unfinished input of a script.
 */
export function namesOf(press: KeyPress): string[] {
  if (press.repeat || press.isComposing) return [];
  const lower = press.key.toLowerCase();
  const key = NAMES[lower] ?? lower;
  const chord = [press.ctrlKey && "ctrl", press.metaKey && "meta", press.altKey && "alt"]
    .filter(Boolean)
    .join("+");
  const name = chord ? `${chord}+${key}` : key;
  return press.shiftKey ? [`${chord ? `${chord}+` : ""}shift+${key}`, name] : [name];
}

export type KeyMeaning =
  | { readonly kind: "option"; readonly binding: Binding }
  | { readonly kind: "command"; readonly name: CommandName };

/** What a press means here; null when it is not ours. */
export function meaningOf(
  press: KeyPress,
  bound: readonly Binding[],
  keymap: Keymap = BASIC,
): KeyMeaning | null {
  for (const name of namesOf(press)) {
    const binding = bound.find((each) => each.key === name);
    if (binding) return { kind: "option", binding };
    // A Mac says Cmd where others say Ctrl.
    const command = keymap.get(name) ?? keymap.get(name.replace("meta+", "ctrl+"));
    if (command) return { kind: "command", name: command };
  }
  return null;
}

const TYPING =
  "input:not([type=radio]):not([type=checkbox]):not([type=button]), textarea, select, [contenteditable]:not([contenteditable=false])";

/** True where a key press belongs to a text being written. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPING) !== null;
}
