/** Every command that has a key: its default, what a person made of it, and what an option took away. Pure. */
import type { Binding, Keymap } from "./hotkeys";

/** `image`: only where regions of images are drawn. */
export type CommandGroup = "workbench" | "tools" | "regions" | "view";

interface Entry {
  readonly title: string;
  readonly keys: readonly string[];
  readonly group: CommandGroup;
  /** Belongs to the way the screen works; cannot be given to something else. */
  readonly fixed?: true;
}

const entry = (group: CommandGroup, title: string, ...keys: string[]): Entry => ({ group, title, keys });
const fixed = (group: CommandGroup, title: string, ...keys: string[]): Entry => ({
  ...entry(group, title, ...keys),
  fixed: true,
});

export const ALL_COMMANDS = {
  submit: fixed("workbench", "Submit the answer", "enter"),
  skip: entry("workbench", "Skip", "s"),
  "skip-because": entry("workbench", "Skip, and say why", "shift+s"),
  unclear: entry("workbench", "Mark the task as unclear", "shift+u"),
  comment: entry("workbench", "Comment on the task or the selected region", "shift+c"),
  undo: fixed("workbench", "Take back the last point, region or answer", "backspace"),
  "edit-undo": entry("workbench", "Undo", "ctrl+z"),
  "edit-redo": entry("workbench", "Redo", "ctrl+shift+z", "ctrl+y"),
  guideline: entry("workbench", "Show or hide the guideline", "g"),
  help: entry("workbench", "List of keys", "?"),
  close: fixed("workbench", "Give up what was begun, close what is open", "escape"),
  select: entry("tools", "Select and move", "v"),
  box: entry("tools", "Box", "b"),
  "rotated-box": entry("tools", "Rotated box", "o"),
  ellipse: entry("tools", "Ellipse", "e"),
  polygon: entry("tools", "Polygon", "p"),
  hole: entry("tools", "Hole in a polygon", "shift+p"),
  polyline: entry("tools", "Line", "l"),
  keypoint: entry("tools", "Point", "k"),
  skeleton: entry("tools", "Skeleton", "j"),
  brush: entry("tools", "Brush", "w"),
  eraser: entry("tools", "Eraser", "x"),
  extreme: entry("tools", "Four outermost points", "t"),
  relate: entry("tools", "Relate two regions", "c"),
  repeat: entry("tools", "Draw the last kind again", "n"),
  smaller: entry("tools", "Smaller brush", "["),
  larger: entry("tools", "Larger brush", "]"),
  snap: entry("tools", "Snapping on or off", "y"),
  labels: entry("regions", "Find a label by name", "/"),
  next: entry("regions", "Next region", "."),
  previous: entry("regions", "Region before", ","),
  "select-all": entry("regions", "Select all", "ctrl+a"),
  delete: entry("regions", "Delete", "delete"),
  copy: entry("regions", "Copy", "ctrl+c"),
  paste: entry("regions", "Paste", "ctrl+v"),
  "paste-previous": entry("regions", "Paste all from the item before", "r", "ctrl+shift+v"),
  duplicate: entry("regions", "Duplicate", "ctrl+d"),
  hide: entry("regions", "Hide or show", "h"),
  lock: entry("regions", "Lock or unlock", "shift+l"),
  front: entry("regions", "To the front", "shift+pageup"),
  forward: entry("regions", "One step forward", "pageup"),
  backward: entry("regions", "One step back", "pagedown"),
  back: entry("regions", "To the back", "shift+pagedown"),
  accept: entry("regions", "Accept all proposals", "shift+a"),
  "next-handle": entry("regions", "Next corner or point of the region", "q"),
  "previous-handle": entry("regions", "Corner or point before", "shift+q"),
  occlude: entry("regions", "Joint covered or visible", "u"),
  "turn-right": entry("regions", "Turn clockwise", "alt+."),
  "turn-left": entry("regions", "Turn the other way", "alt+,"),
  fit: entry("view", "Fit the image", "f"),
  "zoom-selection": entry("view", "Zoom to the selection", "shift+f"),
  "zoom-in": entry("view", "Zoom in", "+", "="),
  "zoom-out": entry("view", "Zoom out", "-"),
  "next-image": entry("view", "Next image of the task", "alt+pagedown"),
  "previous-image": entry("view", "Image before", "alt+pageup"),
} as const satisfies Record<string, Entry>;

export type CommandName = keyof typeof ALL_COMMANDS;

/** Keys that a person gave to commands. */
export type CustomKeys = Readonly<Partial<Record<CommandName, string>>>;

export const commandEntry = (name: CommandName): Entry => ALL_COMMANDS[name];
export const COMMAND_NAMES = Object.keys(ALL_COMMANDS) as CommandName[];

/** Commands that a workbench has: those of regions only where regions are drawn. */
export const commandsOf = (draws: boolean): CommandName[] =>
  COMMAND_NAMES.filter((name) => draws || ALL_COMMANDS[name].group === "workbench");

export const keysOf = (name: CommandName, custom: CustomKeys): readonly string[] => {
  const own = custom[name];
  return own === undefined ? ALL_COMMANDS[name].keys : [own];
};

/** Keys to commands. The keys of options win: a command whose key an option has is still reached by its button. */
export function keymapOf(draws: boolean, bound: readonly Binding[], custom: CustomKeys): Keymap {
  const taken = new Set(bound.map((binding) => binding.key));
  const map = new Map<string, CommandName>();
  const names = commandsOf(draws);
  // What a person chose comes before what somebody else made the default.
  const order = [...names.filter((name) => name in custom), ...names.filter((name) => !(name in custom))];
  for (const name of order)
    for (const key of keysOf(name, custom))
      if (key !== "" && !taken.has(key) && !map.has(key)) map.set(key, name);
  return map;
}

/** Why a key cannot be given to a command; null when it can. */
export function conflict(
  name: CommandName,
  key: string,
  draws: boolean,
  bound: readonly Binding[],
  custom: CustomKeys,
): string | null {
  if (["tab", "shift+tab", "enter", "escape", "backspace", "ctrl+k", "meta+k", "space"].includes(key))
    return `${key} is needed by the screen itself.`;
  if (/^(alt\+|ctrl\+|meta\+|shift\+)*(up|down|left|right)$/.test(key)) return "Arrows move things.";
  const option = bound.find((binding) => binding.key === key);
  if (option) return `${key} chooses “${option.value}”.`;
  const other = commandsOf(draws).find((each) => each !== name && keysOf(each, custom).includes(key));
  return other ? `${key} means “${ALL_COMMANDS[other].title}”.` : null;
}

const SHOWN: Record<string, string> = {
  escape: "Esc",
  pageup: "PgUp",
  pagedown: "PgDn",
  backspace: "Backspace",
  delete: "Del",
  enter: "Enter",
  space: "Space",
};

/** A key as people read it. */
export const shownKey = (key: string): string =>
  key
    .split(/\+(?=.)/)
    .map(
      (part) =>
        SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part[0]?.toUpperCase() + part.slice(1)),
    )
    .join(" ");
