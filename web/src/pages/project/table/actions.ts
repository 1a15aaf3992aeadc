/** What can be done to many items, as people read it. */
import type { ActionState } from "../../../api/actions";
import { count, plural } from "../../../ui/format";
import type { IconName } from "../../../ui/Icon";

export interface Doing {
  readonly name: string;
  readonly icon: IconName;
  /** In the list of actions. */
  readonly menu: string;
  /** Over the dialog; the number of items follows. */
  readonly title: string;
  /** On its button. */
  readonly button: string;
  /** What it does, and what is worth knowing beforehand. */
  readonly about: string;
  readonly asks: readonly ("priority" | "worker" | "least" | "backend")[];
  readonly danger?: true;
}

export const DOINGS: readonly Doing[] = [
  {
    name: "priority",
    icon: "up",
    menu: "Set priority…",
    title: "Set the priority of",
    button: "Set priority",
    about: "People get tasks of high priority before all others, and those of low priority last.",
    asks: ["priority"],
  },
  {
    name: "assign",
    icon: "people",
    menu: "Assign to somebody…",
    title: "Assign",
    button: "Assign",
    about: "A place of each task is kept for that person, and stands on their next page.",
    asks: ["worker"],
  },
  {
    name: "release",
    icon: "swap",
    menu: "Return to the queue…",
    title: "Return to the queue",
    button: "Return",
    about: "Pages that hold these tasks go back whole; what was answered on them counts, drafts are kept.",
    asks: [],
  },
  {
    name: "ask",
    icon: "plus",
    menu: "Ask one answer more…",
    title: "Ask one answer more of",
    button: "Ask one more",
    about: "One person more than the project's overlap is asked about each.",
    asks: [],
  },
  {
    name: "reopen",
    icon: "undo",
    menu: "Reopen…",
    title: "Reopen",
    button: "Reopen",
    about: "What reviewers decided is taken back; the tasks ask for the answers they lack.",
    asks: [],
  },
  {
    name: "review",
    icon: "search",
    menu: "Send to review…",
    title: "Send to review",
    button: "Send to review",
    about: "They wait under “Sent here” until a reviewer says something of them.",
    asks: [],
  },
  {
    name: "agree",
    icon: "check",
    menu: "Agree with all answers…",
    title: "Agree with the answers of",
    button: "Agree",
    about: "Every answer that counts is accepted, as by a reviewer.",
    asks: [],
  },
  {
    name: "accept-suggestions",
    icon: "robot",
    menu: "Accept suggestions…",
    title: "Accept suggestions for",
    button: "Accept",
    about: "The newest suggestion that is sure enough becomes your answer; the log says whose it was.",
    asks: ["least"],
  },
  {
    name: "predict",
    icon: "play",
    menu: "Ask a model…",
    title: "Ask a model about",
    button: "Ask",
    about: "The backend predicts each item anew; what the same version said before is replaced.",
    asks: ["backend"],
  },
  {
    name: "exclude",
    icon: "close",
    menu: "Exclude…",
    title: "Exclude",
    button: "Exclude",
    about: "Nobody is asked about them, and they are no labels. What was said stays in the log.",
    asks: [],
    danger: true,
  },
  {
    name: "include",
    icon: "check",
    menu: "Include again…",
    title: "Include again",
    button: "Include",
    about: "Excluded items take part again.",
    asks: [],
  },
  {
    name: "remove-answers",
    icon: "trash",
    menu: "Remove somebody's answers…",
    title: "Remove answers from",
    button: "Remove answers",
    about: "They are withdrawn: they stay in the log, count no more, and somebody else is asked.",
    asks: ["worker"],
    danger: true,
  },
];

/** Label formats that a selection can be written in. */
export const FORMATS: readonly string[] = [
  "csv",
  "jsonl",
  "parquet",
  "label-studio",
  "label-studio-min",
  "coco",
  "yolo",
  "yolo-seg",
  "yolo-pose",
  "yolo-obb",
  "voc",
  "cvat",
  "labelme",
  "conll",
  "spacy",
  "brat",
  "imagefolder",
  "masks",
  "recension",
];

/** An action in a few words: `Set priority: high`. */
export function nameOf({ action, args }: Pick<ActionState, "action" | "args">): string {
  if (action === "undo") return `Undo: ${doingNamed(String(args.action)).button}`;
  const said = args.priority ?? args.worker ?? args.backend;
  return doingNamed(action).button + (said === undefined ? "" : `: ${String(said)}`);
}

const doingNamed = (name: string): Pick<Doing, "button"> =>
  DOINGS.find((each) => each.name === name) ?? { button: name };

/** What came of it: `10 of 12 tasks changed`. */
export function outcomeOf(action: ActionState): string {
  const tasks = plural(action.total, "task");
  if (action.state === "running") return `${count(action.done)} of ${tasks}`;
  const ended = action.state === "cancelled" ? ", ended early" : "";
  return `${count(action.changed)} of ${tasks} changed${ended}`;
}

/** Why tasks were left alone, the most frequent reason first. */
export const reasonsOf = (left: Readonly<Record<string, number>>): string[] =>
  Object.entries(left)
    .sort(([, a], [, b]) => b - a)
    .map(([why, n]) => `${count(n)}: ${why}`);
