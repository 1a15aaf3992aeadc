/**
 * How Label Studio bears the work of `work.mjs`: `node dev/rival.mjs URL EMAIL PASSWORD TOKEN VERSION OUT TIMES`, called by
 * `python -m benchmarks.label_studio`, which starts one. Writes what `npm run measure -- --rival OUT` prints beside ours.
 *
 * Opening counts from the start of the navigation to the end of the first frame in which the picture or text and all its
 * marks are drawn; the click that selects one follows, and is not counted. From submit to the next task counts from the
 * key to the end of the first frame in which the next picture is drawn and the task can be submitted; the box that is
 * drawn into it follows. Browser caches are warm: every page was open once before.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { BOX_LABELS, boxes, CELLS, longText, photograph, SIZE, SPAN_LABELS, spans } from "./work.mjs";

const [url, email, password, token, version, out, times] = process.argv.slice(2);
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
];
const PATIENCE = { timeout: 120_000 };
const TIMES = Number(times);

const labels = (values) => values.map((value) => `<Label value="${value}"/>`).join("");
const BOXES = `<View><Image name="image" value="$image"/><RectangleLabels name="label" toName="image">${labels(BOX_LABELS)}</RectangleLabels></View>`;
const SPANS = `<View><Labels name="label" toName="text">${labels(SPAN_LABELS)}</Labels><Text name="text" value="$text"/></View>`;

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const headers = {
    authorization: `Token ${token}`,
    ...(isForm ? {} : { "content-type": "application/json" }),
  };
  const answer = await fetch(`${url}/api${path}`, {
    method,
    headers,
    body: isForm ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function project(title, label_config) {
  const made = { title, label_config, show_collab_predictions: true, model_version: "m" };
  return (await call("POST", "/projects/", made)).id;
}

async function upload(into, name, path) {
  const form = new FormData();
  form.append("file", new Blob([readFileSync(path)], { type: "image/jpeg" }), name);
  await call("POST", `/projects/${into}/import`, form);
}

/** The one task of a project gets its marks as a prediction, which the labelling page opens as an editable annotation. */
async function predict(into, result) {
  const [task] = (await call("GET", `/tasks?project=${into}&fields=task_only`)).tasks;
  await call("POST", "/predictions", { task: task.id, result, score: 0.5, model_version: "m" });
  await call("PATCH", `/projects/${into}/`, { model_version: "m" });
}

async function manyBoxes(browser) {
  const id = await project("boxes", BOXES);
  const picture = join(tmpdir(), `photograph-${process.pid}.jpg`);
  await photograph(browser, picture);
  await upload(id, "photograph.jpg", picture);
  rmSync(picture);
  const about = { from_name: "label", to_name: "image", type: "rectanglelabels", image_rotation: 0 };
  const size = { original_width: SIZE.width, original_height: SIZE.height };
  const [x, y] = [100 / SIZE.width, 100 / SIZE.height];
  const result = boxes().map((box, i) => ({
    id: `b${i}`,
    ...about,
    ...size,
    value: {
      ...{ x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y, rotation: 0 },
      rectanglelabels: [box.label],
    },
  }));
  await predict(id, result);
  return id;
}

async function manySpans() {
  const id = await project("spans", SPANS);
  const text = longText();
  await call("POST", `/projects/${id}/import`, [{ data: { text } }]);
  const result = spans(text).map(({ start, end, label }, i) => ({
    id: `s${i}`,
    ...{ from_name: "label", to_name: "text", type: "labels" },
    value: { start, end, text: text.slice(start, end), labels: [label] },
  }));
  await predict(id, result);
  return id;
}

async function cells() {
  const id = await project("cells", BOXES);
  for (const name of readdirSync(CELLS)
    .sort()
    .slice(0, TIMES + 3))
    await upload(id, name, join(CELLS, name));
  return id;
}

/** Runs in the page before everything else: `rival.done` is the end of the first frame in which the page is as asked. */
function watch() {
  const rival = { done: 0, since: 0, last: null, regions: 0 };
  Object.assign(window, { rival });
  const drawn = new MessageChannel();
  drawn.port1.onmessage = () => {
    rival.done ||= performance.now();
  };
  const isReady = () => {
    const store = window.Htx?.annotationStore;
    const task = window.Htx?.task?.id;
    const chosen = store?.selected;
    if (!task || task === rival.last || chosen?.type !== "annotation" || !chosen.editable || !chosen.names)
      return false;
    if ((chosen.regions?.length ?? 0) < rival.regions) return false;
    const shown = [...chosen.names.values()].find((each) => each.type === "image" || each.type === "text");
    const submit = [...document.querySelectorAll("button")].find((each) => each.innerText === "Submit");
    if (!shown || !submit || submit.disabled) return false;
    if (shown.type === "text") return document.querySelectorAll(".htx-highlight").length >= rival.regions;
    if (!shown.imageIsLoaded || !shown.stageRef || !(shown.stageWidth > 100)) return false;
    return rival.regions === 0 || shown.stageRef.find("Rect").length >= rival.regions;
  };
  const tick = () => {
    if (rival.done === 0 && isReady()) drawn.port2.postMessage(0);
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const pressed = (event) => {
    if (event.key === "Enter") rival.since = event.timeStamp;
  };
  window.addEventListener("keydown", pressed, { capture: true });
}

const done = async (page) => {
  await page.waitForFunction(() => window.rival.done > 0, null, PATIENCE);
  return page.evaluate(() => window.rival.done - window.rival.since);
};

/** Where the picture lies in the page. */
const picture = (page) =>
  page.evaluate(() => {
    const shown = [...window.Htx.annotationStore.selected.names.values()].find(
      (each) => each.type === "image",
    );
    const { x, y } = shown.stageRef.container().getBoundingClientRect();
    return { x, y, width: shown.stageWidth, height: shown.stageHeight };
  });

async function open(context, id, regions, click) {
  const waits = [];
  for (let i = 0; i <= TIMES; i++) {
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.addInitScript((count) => {
      window.rival.regions = count;
    }, regions);
    await page.goto(`${url}/projects/${id}/data?labeling=1`, { waitUntil: "commit", ...PATIENCE });
    waits.push(await done(page));
    await click(page);
    await page.waitForFunction(
      () => window.Htx.annotationStore.selected.selectedRegions.length === 1,
      null,
      PATIENCE,
    );
    await page.close();
  }
  return waits.slice(1);
}

async function onBox(page) {
  const { x, y, width, height } = await picture(page);
  const [box] = boxes().slice(-500);
  const middle = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.click(x + (middle[0] / SIZE.width) * width, y + (middle[1] / SIZE.height) * height);
}

async function onSpan(page) {
  await page.locator(".htx-highlight").first().click();
}

async function draw(page) {
  const { x, y, width, height } = await picture(page);
  await page.keyboard.press("1");
  await page.mouse.move(x + width * 0.3, y + height * 0.3);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.5, y + height * 0.5, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => window.Htx.annotationStore.selected.regions.length === 1, null, PATIENCE);
}

async function submits(context, id) {
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(`${url}/projects/${id}/data?labeling=1`, PATIENCE);
  await done(page);
  await draw(page);
  const waits = [];
  for (let i = 0; i <= TIMES; i++) {
    await page.waitForTimeout(2_000);
    await page.evaluate(() => Object.assign(window.rival, { last: window.Htx.task.id, done: 0 }));
    await page.keyboard.press("Control+Enter");
    waits.push(await done(page));
    await draw(page);
  }
  await page.close();
  return waits.slice(1);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ARGS,
});
try {
  const ids = [await cells(), await manyBoxes(browser), await manySpans()];
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${url}/user/login/`, PATIENCE);
  await page.fill("input[name=email]", email);
  await page.fill("input[name=password]", password);
  await page.click("[type=submit]");
  await page.waitForURL((at) => !at.pathname.includes("login"), PATIENCE);
  await page.close();
  const works = {};
  const note = (name, waits) => {
    works[name] = waits.map(Math.round);
    process.stdout.write(`${name.padEnd(20)} ${works[name].join(" ")}\n`);
  };
  const before = loadavg()[0];
  note("submit_next_ms", await submits(context, ids[0]));
  note("open_boxes_1000_ms", await open(context, ids[1], 1000, onBox));
  note("open_text_500_ms", await open(context, ids[2], 500, onSpan));
  process.stdout.write(`load ${before.toFixed(1)} at the beginning, ${loadavg()[0].toFixed(1)} at the end\n`);
  writeFileSync(out, `${JSON.stringify({ label_studio: { version, works } }, null, 1)}\n`);
} finally {
  await browser.close();
}
