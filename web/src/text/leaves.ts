/**
 * What is shown, as leaves: elements that each hold one stretch of the plain text. Built node by node from a list of
 * harmless elements without attributes, so that nothing in a task's data is ever run, loaded or styled.
 */
import type { Json, ObjectTag } from "../api/types";
import { asText, isBreak, type Piece, shownPieces, turnsOf } from "./plainText";
import { browserNamed } from "./references";

/** One stretch of the plain text and the element that holds it; `start` in UTF-16 units. */
export interface Leaf {
  readonly element: HTMLElement;
  readonly start: number;
  readonly text: string;
}

export interface Rendered {
  readonly text: string;
  readonly leaves: readonly Leaf[];
}

/** Renders an object's text into `host`. */
export function render(host: HTMLElement, object: ObjectTag, value: Json | undefined): Rendered {
  host.replaceChildren();
  if (object.kind === "html") return renderHtml(host, asText(value));
  if (object.kind === "dialogue") return renderTurns(host, object, value);
  return renderText(host, asText(value));
}

function renderText(host: HTMLElement, text: string): Rendered {
  const leaves: Leaf[] = [];
  const whole = document.createDocumentFragment();
  let start = 0;
  for (const line of text.split("\n")) {
    // The line's own end belongs to it, so that leaves cover the text without gaps.
    const end = Math.min(text.length, start + line.length + 1);
    leaves.push({ element: append(whole, "p", "text-line"), start, text: text.slice(start, end) });
    start = end;
  }
  host.append(whole);
  return { text, leaves };
}

function renderTurns(host: HTMLElement, object: ObjectTag, value: Json | undefined): Rendered {
  const turns = turnsOf(object, value);
  const leaves: Leaf[] = [];
  const speakers = [...new Set(turns.map(({ speaker }) => speaker))];
  let start = 0;
  turns.forEach(({ speaker, text }, i) => {
    const row = append(host, "div", "turn");
    row.dataset.side = String(speakers.indexOf(speaker) % 2);
    append(row, "div", "turn-speaker").textContent = speaker;
    const held = i + 1 < turns.length ? `${text}\n` : text;
    leaves.push({ element: append(row, "p", "text-line"), start, text: held });
    start += held.length;
  });
  return { text: turns.map(({ text }) => text).join("\n"), leaves };
}

const ELEMENTS = new Set(
  (
    "p div span b strong i em u s del ins sub sup small h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre code kbd samp " +
    "table caption thead tbody tfoot tr td th section article header footer main aside nav figure figcaption hr address"
  ).split(" "),
);
/** What an opening tag closes before it, up to the nearest of the tags after the bar. */
const CLOSES: Readonly<Record<string, readonly [string, string]>> = {
  li: ["li", "ul ol"],
  dt: ["dt dd", "dl"],
  dd: ["dt dd", "dl"],
  tr: ["tr td th", "table"],
  td: ["td th", "tr table"],
  th: ["td th", "tr table"],
  p: ["p", "div li td th blockquote section article"],
};
const MOST_DEEP = 60;

function renderHtml(host: HTMLElement, html: string): Rendered {
  const leaves: Leaf[] = [];
  const open: HTMLElement[] = [host];
  let text = "";
  for (const piece of shownPieces(html, browserNamed)) {
    const top = open.at(-1) as HTMLElement;
    const held = isBreak(piece) ? "\n" : piece.text;
    if (held) {
      leaves.push({ element: append(top, "span", "text-run"), start: text.length, text: held });
      text += held;
    } else if (piece.isEnd) close(open, piece.tag);
    else if (ELEMENTS.has(piece.tag)) enter(open, piece);
  }
  return { text, leaves };
}

function enter(open: HTMLElement[], { tag }: Piece): void {
  const closes = CLOSES[tag];
  if (closes) {
    const [shut, until] = closes.map((names) => names.split(" ")) as [string[], string[]];
    for (let at = open.length - 1; at > 0 && !until.includes(nameOf(open[at])); at--)
      if (shut.includes(nameOf(open[at]))) open.length = at;
  }
  const made = append(open.at(-1) as HTMLElement, tag, "");
  if (tag !== "hr" && open.length < MOST_DEEP) open.push(made);
}

function close(open: HTMLElement[], tag: string): void {
  for (let at = open.length - 1; at > 0; at--)
    if (nameOf(open[at]) === tag) {
      open.length = at;
      return;
    }
}

const nameOf = (element: HTMLElement | undefined): string => element?.localName ?? "";

function append(parent: ParentNode, tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  parent.append(element);
  return element;
}
