/** A real server on a home of its own, filled through its own commands and calls, and gone afterwards. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { book, CELLS, copyOf, headlines, NAMES, regions, spans } from "./material.mjs";

export const RECENSION =
  process.env.RECENSION ?? join(import.meta.dirname, "..", "..", "..", ".venv", "bin", "recension");

/** Starts a server; resolves to its address, the link that signs in, and a way to stop it and forget all of it. */
export async function startServer() {
  const home = mkdtempSync(join(tmpdir(), "recension-speed-"));
  const child = spawn(RECENSION, ["up", "--home", home, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const started = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      try {
        resolve(JSON.parse(said));
      } catch {
        // The object is printed over several lines: it is whole when it parses.
      }
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
  return { home, url: started.url, signIn: started.sign_in, stop };
}

const labels = (kind, values) =>
  `<${kind} name="marks" toName="shown">${values.map((v) => `<Label value="${v}"/>`).join("")}</${kind}>`;
const options = (values) => values.map((v) => `<Choice value="${v}"/>`).join("");

const IMAGE = `<Image name="shown" value="$image"/>
    ${labels("RectangleLabels", CELLS)}
    ${labels("PolygonLabels", CELLS).replace('"marks"', '"outlines"')}`;
const BOXES = `<Image name="shown" value="$image"/>${labels("RectangleLabels", CELLS)}`;
const KINDS = `<Image name="shown" value="$image"/>
    ${labels(
      "RectangleLabels",
      [..."ABCDEFGHIJKLMNOPQRSTUVWX"].map((letter) => `Kind ${letter}`),
    )}`;
const TEXT = `<Text name="shown" value="$text"/>${labels("Labels", NAMES)}`;
const ONE = `<Text name="shown" value="$text"/>
    <Choices name="kind" toName="shown" required="true">${options(["Calm", "Loud"])}</Choices>`;
const SEVERAL = `<Text name="shown" value="$text"/>
    <Choices name="topics" toName="shown" choice="multiple" required="true">${options(["Sport", "Politics", "Animals"])}</Choices>`;

/** Projects of images, by name: regions proposed on each photograph, and tasks. */
const IMAGES = [
  { name: "many-1000", config: IMAGE, count: 1000, tasks: 16, polygons: true },
  { name: "many-5000", config: IMAGE, count: 5000, tasks: 12, polygons: true },
  { name: "many-20000", config: IMAGE, count: 20_000, tasks: 3, polygons: true, page: 1 },
  { name: "boxes-1000", config: BOXES, count: 1000, tasks: 4, polygons: false },
  { name: "plain", config: BOXES, count: 0, tasks: 8, polygons: false },
  { name: "kinds", config: KINDS, count: 0, tasks: 2, polygons: false },
];
const TEXTS = [
  { name: "book", config: TEXT, characters: 50_000, count: 2000, tasks: 6 },
  { name: "letter", config: TEXT, characters: 25_000, count: 500, tasks: 6 },
];
const JUDGED = [
  { name: "one", config: ONE, tasks: 60 },
  { name: "several", config: SEVERAL, tasks: 30 },
];

const project = ({ name, config, page = 2 }, input) => `project: ${name}
title: ${name}
input: ${input}
label_config: |
  <View>
    ${config}
  </View>
page: {real: ${page}, control: 0, time_limit_s: 3600}
output: {repo: ${name}-labels}
`;

/** Fills a home: returns when every task stands there with its proposals. `call(method, path, body)` speaks to the server. */
export async function fill(home, jpeg, call) {
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
  for (const each of IMAGES) {
    const names = Array.from({ length: each.tasks }, (_, n) =>
      write(`${each.name}-${n}.jpg`, copyOf(jpeg, n)),
    );
    run("repo", "create", each.name);
    run("put", `${each.name}@main`, ...names);
    run(
      "project",
      "create",
      write(`${each.name}.yaml`, project(each, `{repo: ${each.name}, glob: "/*.jpg"}`)),
    );
    if (each.count === 0) continue;
    for (const [n, name] of names.entries()) {
      const fields = proposedRegions(each, n);
      await call("POST", `/projects/${each.name}/predictions`, {
        predictions: [{ item: `/${name}`, fields, model: "drawn", version: "1", score: 0.9 }],
      });
    }
  }
  const csv = "{format: csv, key: null}, columns: {text: text}";
  for (const each of TEXTS) {
    const texts = Array.from({ length: each.tasks }, (_, n) => book(each.characters, n + 3));
    run("repo", "create", each.name);
    run("put", `${each.name}@main`, write(`${each.name}.csv`, table(texts)));
    const input = `{repo: ${each.name}, glob: "/*.csv", rows: ${csv}}`;
    run("project", "create", write(`${each.name}.yaml`, project(each, input)));
    for (const text of texts)
      await call("POST", `/projects/${each.name}/predictions`, {
        predictions: [
          { data: { text }, fields: { marks: spans(text, each.count) }, model: "drawn", version: "1" },
        ],
      });
  }
  for (const each of JUDGED) {
    run("repo", "create", each.name);
    run("put", `${each.name}@main`, write(`${each.name}.csv`, table(headlines(each.tasks))));
    const input = `{repo: ${each.name}, glob: "/*.csv", rows: ${csv}}`;
    run("project", "create", write(`${each.name}.yaml`, project({ ...each, page: 5 }, input)));
  }
}

/** One field for boxes and one for outlines, in one drawing order. */
function proposedRegions({ count, polygons }, n) {
  const all = regions(count, { polygons, seed: n + 7 }).map((region, z) => ({
    ...region,
    ...(polygons && { z }),
  }));
  const of = (type) => all.filter(({ shape }) => shape.type === type);
  return polygons ? { marks: of("box"), outlines: of("polygon") } : { marks: all };
}

const table = (rows) => `text\n${rows.map((row) => `"${row.replaceAll('"', '""')}"`).join("\n")}\n`;
