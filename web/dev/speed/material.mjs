/** What is labelled when speed is measured beside `work.mjs`: the same regions, texts and headlines in every run. Pure. */
import { SIZE } from "../work.mjs";

export const CELLS = ["RBC", "WBC", "Platelets"];
export const NAMES = ["person", "location", "group", "corporation", "product", "creative-work"];

/** Numbers in [0, 1), always the same ones for a seed. */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** To a tenth of a pixel, as people's own shapes come. */
const tenth = (value) => Math.round(value * 10) / 10;

function box(x, y, size, random) {
  const height = size * (0.5 + random() / 2);
  return { type: "box", x: tenth(x), y: tenth(y), width: tenth(size), height: tenth(height) };
}

function polygon(x, y, size, random) {
  const corners = 8 + Math.floor(random() * 9);
  const outline = Array.from({ length: corners }, (_, k) => {
    const angle = (k / corners) * 2 * Math.PI;
    const reach = size * (0.35 + 0.15 * random());
    return [tenth(x + size / 2 + Math.cos(angle) * reach), tenth(y + size / 2 + Math.sin(angle) * reach)];
  });
  return { type: "polygon", outline, holes: [] };
}

/** So many regions on the photograph: boxes, or by turns boxes and polygons of 8 to 16 corners. */
export function regions(count, { polygons, seed = 7 }) {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, i) => {
    const size = 20 + random() * 100;
    const x = random() * (SIZE.width - size);
    const y = random() * (SIZE.height - size);
    const shape = polygons && i % 2 === 1 ? polygon(x, y, size, random) : box(x, y, size, random);
    return { id: `r${i}`, shape, labels: [CELLS[i % CELLS.length]] };
  });
}

const WORDS =
  "the market of Lisbon opened early and Ana Costa bought figs from a grower who had come down by the night train with Rui and two crates of almonds".split(
    " ",
  );

/** So many characters in lines of about a hundred. */
export function book(characters, seed = 3) {
  const random = randomOf(seed);
  const lines = [];
  for (let length = 0; length < characters; ) {
    let line = `${lines.length + 1}`;
    while (line.length < 80 + random() * 40) line += ` ${WORDS[Math.floor(random() * WORDS.length)]}`;
    lines.push(line);
    length += line.length + 1;
  }
  return lines.join("\n").slice(0, characters);
}

/** So many spans all through a text, some of them over each other. */
export function spans(text, count) {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * (text.length - 40)) / count);
    const shape = { type: "span", start, end: start + 6 + ((i * 7) % 30), field: "" };
    return { id: `s${i}`, shape, labels: [NAMES[i % NAMES.length]] };
  });
}

export const headlines = (count) =>
  Array.from({ length: count }, (_, i) => `Headline ${i + 1}: ${WORDS.slice(i % 9, (i % 9) + 8).join(" ")}`);

/** The same picture in other bytes: what stands behind the end of a JPEG is not shown. */
export const copyOf = (jpeg, n) => Buffer.concat([jpeg, Buffer.from(`copy ${n}`)]);
