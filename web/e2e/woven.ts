/** A repo with something of everything to compare: branches that part, tags, a folder of many names, pictures. */
import { deflateSync } from "node:zlib";
import type { APIRequestContext, PlaywrightWorkerArgs } from "@playwright/test";
import { STATE, server } from "./places";

export const MANY = 3_000;

interface File {
  readonly path: string;
  readonly bytes: Buffer;
}

const text = (path: string, content: string): File => ({ path, bytes: Buffer.from(content) });

/** An uncompressed-looking, valid PNG: a gradient, and a square that can be moved. */
function picture(path: string, square: number): File {
  const [width, height] = [240, 160];
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= square && x < square + 60 && y >= 50 && y < 110;
      const at = y * (width * 3 + 1) + 1 + x * 3;
      rows.set(inside ? [240, 170, 60] : [30 + x / 3, 60 + y / 2, 120], at);
    }
  }
  const chunk = (kind: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = chunk("IDAT", deflateSync(rows));
  return { path, bytes: Buffer.concat([magic, chunk("IHDR", header), data, chunk("IEND", Buffer.alloc(0))]) };
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

const notes = Array.from({ length: 40 }, (_, i) => `Line ${i + 1} of the notes`);
const table = Array.from({ length: 12 }, (_, i) => `${i + 1},name ${i + 1},${i * i}`);
const document = (size: number) => ({ settings: { size, colour: "blue" }, steps: [1, 2, 3] });

const FIRST: File[] = [
  text("/notes.md", `${notes.join("\n")}\n`),
  text("/table.csv", `id,name,score\n${table.join("\n")}\n`),
  text("/deep/document.json", JSON.stringify(document(1))),
  text("/old/name.txt", "what was moved keeps its content\n"),
  text("/leaving.txt", "bye\n"),
  picture("/picture.png", 20),
];

const SECOND: File[] = [
  text("/notes.md", `${notes.map((line, i) => (i === 20 ? `${line}, changed` : line)).join("\n")}\n`),
  text(
    "/table.csv",
    `id,name,score\n${[...table.filter((_, i) => i !== 3).map((row, i) => (i === 5 ? `${row}0` : row)), "13,new,1"].join("\n")}\n`,
  ),
  text("/deep/document.json", JSON.stringify({ ...document(2), added: true })),
  picture("/picture.png", 140),
];

const MANY_FILES: File[] = Array.from({ length: MANY }, (_, i) =>
  text(`/many/${String.fromCharCode(97 + (i % 26))}-${String(i).padStart(5, "0")}.txt`, `${i}`),
);

type Change = { op: string; path: string; to?: string };

async function commit(
  api: APIRequestContext,
  branch: string,
  message: string,
  files: readonly File[],
  others: readonly Change[] = [],
): Promise<void> {
  const root = `${server().url}/api/v1/repos/woven`;
  const headers = { origin: server().url, "content-type": "application/octet-stream" };
  const changes: unknown[] = [...others];
  for (let i = 0; i < files.length; i += 500) {
    const part = files.slice(i, i + 500);
    const sizes = part.length > 1 ? `?sizes=${part.map((file) => file.bytes.length)}` : "";
    const sent = await api.post(`${root}/blobs/upload${sizes}`, {
      headers,
      data: Buffer.concat(part.map((file) => file.bytes)),
    });
    const { receipts } = (await sent.json()) as { receipts: string[] };
    for (const [at, file] of part.entries())
      changes.push({ op: "put", path: file.path, receipt: receipts[at] });
  }
  await post(api, "/repos/woven/commits", { branch, message, changes });
}

async function post(api: APIRequestContext, path: string, data: unknown): Promise<void> {
  const answer = await api.post(`${server().url}/api/v1${path}`, { headers: { origin: server().url }, data });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
}

/** Makes the repo `woven`, once per server. */
export async function weave(playwright: PlaywrightWorkerArgs["playwright"]): Promise<void> {
  const api = await playwright.request.newContext({ storageState: STATE });
  try {
    if ((await api.get(`${server().url}/api/v1/repos/woven`)).ok()) return;
    await post(api, "/repos", { name: "woven" });
    await commit(api, "main", "First files", [...FIRST, ...MANY_FILES]);
    await post(api, "/repos/woven/tags", { name: "v1", at: "main" });
    for (const branch of ["colour", "size"])
      await post(api, "/repos/woven/branches", { name: branch, at: "main" });
    await commit(api, "colour", "A colour was tried", [text("/colour.txt", "red")]);
    await commit(api, "size", "A size was tried", [text("/size.txt", "10")]);
    await commit(api, "colour", "Another colour", [text("/colour.txt", "green")]);
    await commit(api, "main", "Changed files", SECOND, [
      { op: "move", path: "/old/name.txt", to: "/new/name.txt" },
      { op: "delete", path: "/leaving.txt" },
    ]);
    await commit(api, "size", "A larger size", [text("/size.txt", "20")]);
    await commit(api, "main", "Merged by hand", [text("/colour.txt", "green")]);
  } finally {
    await api.dispose();
  }
}
