/** The table of targets: as lines on a terminal, and as a page of the documentation. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
};
export const median = (values) => quantile(values, 0.5);
const ms = (value) => (value < 100 ? value.toFixed(1) : value.toFixed(0));

/** n, p50, p95 and maximum of some values. */
export const spread = (values) =>
  `n ${values.length} · p50 ${ms(median(values))} · p95 ${ms(quantile(values, 0.95))} · max ${ms(Math.max(...values))} ms`;

/** Rows of the table: `met` is null where a figure is told without a target of its own. */
export class Table {
  rows = [];
  listeners = [];

  add(no, what, target, figure, met) {
    const row = { no, what, target, figure, met };
    this.rows.push(row);
    for (const listener of this.listeners) listener(row);
  }

  /** A row of times of which some quantiles have limits. */
  times(no, what, values, limits, note = "") {
    const of = { p50: median(values), p95: quantile(values, 0.95), max: Math.max(...values) };
    const names = Object.keys(limits);
    const target = names.map((name) => `${name} ≤ ${limits[name]} ms`).join(", ");
    const met = names.length > 0 ? names.every((name) => of[name] <= limits[name] + 0.2) : null;
    this.add(no, what, target, spread(values) + (note && ` · ${note}`), met);
  }
}

const verdict = (met) => (met === null ? "–" : met ? "met" : "missed");

export const line = ({ no, what, target, figure, met }) =>
  `${String(no).padStart(2)}  ${what.padEnd(58)} ${verdict(met).padEnd(7)} ${figure}${target ? `   (${target})` : ""}`;

/** The machine in words. */
export function machine() {
  const [first] = cpus();
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const load = loadavg()[0].toFixed(1);
  return { cores: cpus().length, model: first?.model.trim() ?? "unknown", memory, system, load };
}

const WORKS = {
  submit_next_ms: "a box drawn and submitted → the next photograph of 640 × 480",
  open_boxes_1000_ms: "open a photograph of 4000 × 3000 with 1,000 boxes",
  open_text_500_ms: "open 25,000 characters with 500 spans",
};

/** Ours beside theirs, one work a row: name, our median, and for each rival its median and how many times ours that is. */
export function besides(ours, rivals) {
  return Object.entries(WORKS).map(([work, what]) => {
    const own = median(ours[work]);
    const others = Object.entries(rivals).map(([name, { version, works }]) => {
      const values = works[work] ?? [];
      const theirs = median(values);
      const text = values.length > 0 ? `${ms(theirs)} ms, ${(theirs / own).toFixed(1)} ×` : "–";
      return {
        name: `${name.replaceAll("_", " ")} ${version}`,
        text,
        spread: values.length > 0 ? spread(values) : "",
      };
    });
    return { what, own: spread(ours[work]), others };
  });
}

const cell = (text) => String(text).replaceAll("|", "\\|");
const row = (...cells) => `| ${cells.map(cell).join(" | ")} |`;

/** The page of the documentation. */
export function page(table, compared, where) {
  const rows = table.rows.filter(({ no }) => Number.isInteger(no)).sort((a, b) => a.no - b.no);
  const missed = new Set(rows.filter(({ met }) => met === false).map(({ no }) => no));
  const judged = new Set(rows.map(({ no }) => no));
  const busy = Math.max(where.before, where.load) > 2 * where.cores;
  return `# Speed of the workbench

${INTRODUCTION}
The machine: ${where.cores} cores (${where.model}) without a graphics card, ${where.memory}, ${where.system}, Chromium
${where.browser} headless, window 1440 × 900. Load average when it began ${where.before}, at the end ${where.load}.${busy ? BUSY : ""}

## Targets

${judged.size - missed.size} of ${judged.size} targets met${missed.size > 0 ? `; missed: ${[...missed].join(", ")}` : ""}.

${row("no.", "what", "target", "figure", "")}
| ---: | --- | --- | --- | --- |
${rows.map(({ no, what, target, figure, met }) => row(no, what, target || "–", figure, verdict(met))).join("\n")}

${compared.length > 0 ? beside(compared) : ""}${EXPLANATION}`;
}

function beside(compared) {
  const names = compared[0].others.map(({ name }) => name);
  const cells = ({ what, own, others }) =>
    row(what, own, ...others.map(({ text, spread: all }) => `${text} (${all})`));
  return `## Beside others

Three works as a person has them, each program with its own server on the same machine.

${row("work", "Recension", ...names)}
| --- | --- |${" --- |".repeat(names.length)}
${compared.map(cells).join("\n")}

`;
}

const INTRODUCTION = `Measured by \`make bench-workbench\`: a real server on a home of its own, filled with photographs of 4000 × 3000 pixels,
long texts and headlines, worked on in a browser by keys and mouse. Times are those of the browser's own clock. Frame
times are distances between animation frames: at 60 frames a second none is below 16.7 ms. “Painted” is the moment after
the frame in which picture and regions are drawn.
`;

const BUSY = `
Other programs wanted the machine at the same time: waits and frames are longer than the workbench makes them, by as much
as it had to wait for its turn. The processor time of a frame is its own.`;

const EXPLANATION = `## What the figures are made of

- **Next task.** Its document is made and its picture decoded while somebody works on the one before: Enter costs a frame
  for the panels beside the image and the drawing of the regions. The answer is written to disk and sent after that frame.
- **Many regions.** In a gesture what is drawn is moved as a whole, with a margin around the window, and drawn anew when the
  hand rests: zooming and moving cost the same with a thousand regions as with twenty thousand. What is in hand lies on a
  layer of its own, and putting it down redraws only the part that changed.
- **Pictures.** They are fetched, decoded and halved for small scales in a thread of their own.
- **Long texts.** Only lines that are in sight are laid out, and only those that a change touches are built anew.
- **Opening.** From the address, half of the time is the program starting in the browser; what is measured from a press is
  what people wait for between tasks.
`;
