/** Two texts by line, for reading a change: what was added and removed, with a little of what stayed. Pure. */
import { align } from "./sequence";

export interface TextLine {
  readonly kind: "same" | "added" | "removed" | "gap";
  readonly text: string;
  /** Line numbers from 1; null on the side that does not have the line. Of a gap: how many lines it hides. */
  readonly before: number | null;
  readonly after: number | null;
  /** The stretch of the text that differs from the line it replaces, as [start, end). */
  readonly mark: readonly [number, number] | null;
}

export interface TextDiff {
  readonly kind: "text";
  readonly lines: readonly TextLine[];
  readonly added: number;
  readonly removed: number;
}

const CONTEXT = 3;

const linesOf = (text: string): string[] => {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

export function diffText(before: string, after: string): TextDiff {
  const [a, b] = [linesOf(before), linesOf(after)];
  const lines = align(a, b).map(({ a: i, b: j }): TextLine => {
    if (i >= 0 && j >= 0) return { kind: "same", text: a[i] ?? "", before: i + 1, after: j + 1, mark: null };
    return i >= 0
      ? { kind: "removed", text: a[i] ?? "", before: i + 1, after: null, mark: null }
      : { kind: "added", text: b[j] ?? "", before: null, after: j + 1, mark: null };
  });
  const count = (kind: TextLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  return {
    kind: "text",
    lines: shortened(marked(grouped(lines))),
    added: count("added"),
    removed: count("removed"),
  };
}

/** Within a stretch of changes, what was removed comes before what was added. */
function grouped(lines: readonly TextLine[]): TextLine[] {
  const found: TextLine[] = [];
  let added: TextLine[] = [];
  for (const line of lines) {
    if (line.kind === "added") added.push(line);
    else {
      if (line.kind === "same") {
        found.push(...added);
        added = [];
      }
      found.push(line);
    }
  }
  return [...found, ...added];
}

/** Where as many lines were added as removed, each pair shows what differs in it. */
function marked(lines: TextLine[]): TextLine[] {
  let start = 0;
  while (start < lines.length) {
    const removed = run(lines, start, "removed");
    const added = run(lines, start + removed, "added");
    if (removed > 0 && removed === added) {
      for (let i = start; i < start + removed; i++) {
        const [old, young] = [lines[i], lines[i + removed]];
        if (!old || !young) continue;
        const [oldMark, youngMark] = differing(old.text, young.text);
        lines[i] = { ...old, mark: oldMark };
        lines[i + removed] = { ...young, mark: youngMark };
      }
    }
    start += Math.max(1, removed + added);
  }
  return lines;
}

function run(lines: readonly TextLine[], from: number, kind: TextLine["kind"]): number {
  let n = 0;
  while (lines[from + n]?.kind === kind) n++;
  return n;
}

function differing(a: string, b: string): [[number, number] | null, [number, number] | null] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  // Lines with little in common are better read whole.
  if ((start + end) * 3 < Math.max(a.length, b.length)) return [null, null];
  return [
    [start, a.length - end],
    [start, b.length - end],
  ];
}

function shortened(lines: readonly TextLine[]): TextLine[] {
  const near = new Uint8Array(lines.length);
  for (const [i, line] of lines.entries()) {
    if (line.kind !== "same") near.fill(1, Math.max(0, i - CONTEXT), i + CONTEXT + 1);
  }
  const kept: TextLine[] = [];
  let hidden = 0;
  const close = () => {
    if (hidden > 0) kept.push({ kind: "gap", text: "", before: hidden, after: hidden, mark: null });
    hidden = 0;
  };
  for (const [i, line] of lines.entries()) {
    if (near[i]) {
      close();
      kept.push(line);
    } else hidden++;
  }
  close();
  return kept;
}
