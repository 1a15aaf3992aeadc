/** The work on which two workbenches are compared: one photograph with many boxes, one long text with many spans. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SAMPLES = join(import.meta.dirname, "..", "..", "tests", "samples");
const NAMES = join(SAMPLES, "ner", "emerging.dev.conll");
const LENGTH = 25_000;
const ACROSS = 40;

/** Photographs of blood cells, 640 x 480 pixels. */
export const CELLS = join(SAMPLES, "bccd", "images");
/** Of a photograph such as phones make, in pixels. */
export const SIZE = { width: 4000, height: 3000 };
export const BOX_LABELS = ["Car", "Tree", "Sign"];
export const SPAN_LABELS = ["PER", "LOC", "ORG"];

/** Draws a photograph of that size, the same every time, and writes it to `path` as JPEG. */
export async function photograph(browser, path) {
  const page = await browser.newPage();
  const data = await page.evaluate(async ({ width, height }) => {
    let state = 7;
    const chance = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    for (let i = 0; i < 6000; i++) {
      context.fillStyle = `hsl(${(i * 37) % 360} 40% ${30 + (i % 40)}% / .5)`;
      context.beginPath();
      context.arc(chance() * width, chance() * height, 5 + chance() * 80, 0, 7);
      context.fill();
    }
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, SIZE);
  await page.close();
  writeFileSync(path, Buffer.from(data));
}

/** Boxes side by side over the whole photograph, in its pixels; none covers another. */
export function boxes(count = 1000) {
  const down = Math.ceil(count / ACROSS);
  const [wide, high] = [SIZE.width / ACROSS, SIZE.height / down];
  return Array.from({ length: count }, (_, i) => ({
    x: (i % ACROSS) * wide + 10,
    y: Math.floor(i / ACROSS) * high + 10,
    width: wide - 20,
    height: high - 20,
    label: BOX_LABELS[i % BOX_LABELS.length],
  }));
}

/** Sentences of the sample in ASCII, a line each, up to 25,000 characters. */
export function longText() {
  const sentences = readFileSync(NAMES, "utf8")
    .split(/\n\s*\n/)
    .map((block) => block.split("\n").map((line) => line.split("\t")[0].trim()))
    .map((words) => words.filter((word) => word).join(" "))
    .filter((sentence) => /^[ -~]+$/.test(sentence));
  let text = "";
  for (const sentence of sentences) {
    if (text.length + sentence.length >= LENGTH) break;
    text += `${sentence}\n`;
  }
  return text.trimEnd();
}

/** Spans on whole words, evenly over the text; none touches another. */
export function spans(text, count = 500) {
  const words = [...text.matchAll(/\S+/g)];
  return Array.from({ length: count }, (_, i) => {
    const word = words[Math.floor((i * words.length) / count)];
    const label = SPAN_LABELS[i % SPAN_LABELS.length];
    return { start: word.index, end: word.index + word[0].length, label };
  });
}
