/** The projects that speed is measured on, made through the server's own commands and calls. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as work from "../work.mjs";
import { book, CELLS, copyOf, headlines, NAMES, regions, spans } from "./material.mjs";
import { RECENSION } from "./server.mjs";

const marks = (kind, values, name = "marks") =>
  `<${kind} name="${name}" toName="shown">${values.map((v) => `<Label value="${v}"/>`).join("")}</${kind}>`;
const choices = (name, values, more = "") =>
  `<Choices name="${name}" toName="shown" required="true"${more}>${values.map((v) => `<Choice value="${v}"/>`).join("")}</Choices>`;
const image = (...parts) => `<Image name="shown" value="$image"/>${parts.join("")}`;
const text = (...parts) => `<Text name="shown" value="$text"/>${parts.join("")}`;

const KINDS = [..."ABCDEFGHIJKLMNOPQRSTUVWX"].map((letter) => `Kind ${letter}`);
const SHAPES = image(marks("RectangleLabels", CELLS), marks("PolygonLabels", CELLS, "outlines"));

/** Boxes in one field and outlines in another, in one drawing order. */
function proposed(count, n) {
  const all = regions(count, { polygons: true, seed: n + 7 }).map((region, z) => ({ ...region, z }));
  const of = (type) => all.filter(({ shape }) => shape.type === type);
  return { marks: of("box"), outlines: of("polygon") };
}

function workBoxes() {
  const boxes = work.boxes().map(({ label, ...at }, i) => ({
    id: `b${i}`,
    shape: { type: "box", ...at },
    labels: [label],
  }));
  return { marks: boxes };
}

function workSpans(whole) {
  const found = work.spans(whole).map(({ start, end, label }, i) => ({
    id: `s${i}`,
    shape: { type: "span", start, end, field: "" },
    labels: [label],
  }));
  return { marks: found };
}

/** Projects of photographs: what is proposed on the n-th, and how many tasks a page has. */
const onPhotographs = [
  { name: "many-1000", config: SHAPES, tasks: 16, propose: (n) => proposed(1_000, n) },
  { name: "many-5000", config: SHAPES, tasks: 10, propose: (n) => proposed(5_000, n) },
  { name: "many-20000", config: SHAPES, tasks: 3, page: 1, propose: (n) => proposed(20_000, n) },
  {
    name: "boxes-1000",
    config: image(marks("RectangleLabels", work.BOX_LABELS)),
    tasks: 4,
    propose: workBoxes,
  },
  { name: "plain", config: image(marks("RectangleLabels", CELLS)), tasks: 8 },
  { name: "kinds", config: image(marks("RectangleLabels", KINDS)), tasks: 2 },
];

function texts() {
  const long = Array.from({ length: 6 }, (_, n) => book(50_000, n + 3));
  const whole = work.longText();
  return [
    {
      name: "book",
      config: text(marks("Labels", NAMES)),
      rows: long,
      propose: (row) => ({ marks: spans(row, 2_000) }),
    },
    {
      name: "letter",
      config: text(marks("Labels", work.SPAN_LABELS)),
      rows: [whole, `${whole} (again)`],
      propose: workSpans,
    },
    { name: "one", config: text(choices("kind", ["Calm", "Loud"])), rows: headlines(40), page: 5 },
    {
      name: "several",
      config: text(choices("topics", ["Sport", "Politics", "Animals"], ' choice="multiple"')),
      rows: headlines(20),
      page: 5,
    },
  ];
}

const yaml = ({ name, config, page = 2 }, input) => `project: ${name}
title: ${name}
input: ${input}
label_config: |
  <View>${config}</View>
page: {real: ${page}, control: 0, time_limit_s: 3600}
output: {repo: ${name}-labels}
`;
const table = (rows) => `text\n${rows.map((row) => `"${row.replaceAll('"', '""')}"`).join("\n")}\n`;
const CSV = "rows: {format: csv, key: null}, columns: {text: text}";

/**
 * Fills a home with the projects of these names: returns when every task stands there with what is proposed.
 * `call(method, path, body)` speaks to the server.
 */
export async function fill(home, jpeg, call, wanted) {
  const folder = mkdtempSync(join(home, "material-"));
  const run = (...args) =>
    execFileSync(RECENSION, [...args, "--home", home], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  const write = (name, content) => {
    writeFileSync(join(folder, name), content);
    return name;
  };
  const make = (each, files, input) => {
    run("repo", "create", each.name);
    run("put", `${each.name}@main`, ...files);
    run("project", "create", write(`${each.name}.yaml`, yaml(each, `{repo: ${each.name}, ${input}}`)));
  };
  const predict = (name, about, fields) =>
    call("POST", `/projects/${name}/predictions`, {
      predictions: [{ ...about, fields, model: "drawn", version: "1", score: 0.9 }],
    });
  for (const each of onPhotographs.filter(({ name }) => wanted.has(name))) {
    const names = Array.from({ length: each.tasks }, (_, n) =>
      write(`${each.name}-${n}.jpg`, copyOf(jpeg, n)),
    );
    make(each, names, 'glob: "/*.jpg"');
    if (each.propose)
      for (const [n, name] of names.entries())
        await predict(each.name, { item: `/${name}` }, each.propose(n));
  }
  for (const each of texts().filter(({ name }) => wanted.has(name))) {
    make(each, [write(`${each.name}.csv`, table(each.rows))], `glob: "/*.csv", ${CSV}`);
    if (each.propose)
      for (const row of each.rows) await predict(each.name, { data: { text: row } }, each.propose(row));
  }
  if (!wanted.has("cells")) return;
  const cells = readdirSync(work.CELLS).sort().slice(0, 16);
  for (const name of cells) write(name, readFileSync(join(work.CELLS, name)));
  make({ name: "cells", config: image(marks("RectangleLabels", work.BOX_LABELS)) }, cells, 'glob: "/*.jpg"');
}
