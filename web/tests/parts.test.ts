import fc from "fast-check";
import { expect, test } from "vitest";
import { blake3, hex } from "../src/pages/data/files/blake3";
import { PART_BYTES, type PartSender, parcelOf, sendInParts } from "../src/pages/data/files/parts";

const hashOf = async (part: Blob): Promise<string> => hex(blake3(new Uint8Array(await part.arrayBuffer())));

/** A blob that says it is large, of which every part is one byte: what is sent is decided by parts, not by bytes. */
class Large {
  constructor(readonly bytes: readonly number[]) {}
  get size(): number {
    return this.bytes.length * PART_BYTES;
  }
  slice(start: number): Blob {
    return new Blob([Uint8Array.of(this.bytes[start / PART_BYTES] ?? 0)]);
  }
}

class Server implements PartSender {
  readonly stored = new Set<string>();
  readonly sent: string[] = [];
  cutAfter = Number.POSITIVE_INFINITY;
  readonly hash = hashOf;
  async have(hashes: readonly string[]): Promise<boolean[]> {
    return hashes.map((hash) => this.stored.has(hash));
  }
  async send(hash: string): Promise<void> {
    if (this.sent.length >= this.cutAfter) throw new Error("cut");
    this.sent.push(hash);
    this.stored.add(hash);
  }
  async assemble(hashes: readonly string[]): Promise<string> {
    if (hashes.some((hash) => !this.stored.has(hash))) throw new Error("a part is missing");
    return hashes.join(" ");
  }
}

const run = (file: Large, server: Server, tell: (bytes: number) => void = () => undefined) =>
  sendInParts(file as unknown as Blob, server, tell, new AbortController().signal);

test("whatever is cut off, what arrived is not sent again, and the file is whole in the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 30 }),
      fc.array(fc.nat(12), { maxLength: 4 }),
      async (bytes, cuts) => {
        const [server, file] = [new Server(), new Large(bytes)];
        for (const cut of cuts) {
          server.cutAfter = server.sent.length + cut;
          await run(file, server).catch(() => undefined);
        }
        server.cutAfter = Number.POSITIVE_INFINITY;
        const wanted = await Promise.all(bytes.map((byte) => hashOf(new Blob([Uint8Array.of(byte)]))));
        expect(await run(file, server)).toBe(wanted.join(" "));
        expect(new Set(server.sent).size).toBe(server.sent.length);
      },
    ),
    { numRuns: 60 },
  );
});

test("a file that is taken away while it is read ends the upload with what went wrong", async () => {
  const server = new Server();
  server.cutAfter = 3;
  await expect(run(new Large([1, 2, 3, 4, 5]), server)).rejects.toThrow("cut");
});

test("a parcel says what is in it, and holds it as it is", async () => {
  const part = new Blob(["some bytes"]);
  const hash = await hashOf(part);
  const bytes = new Uint8Array(await parcelOf(hash, part).arrayBuffer());
  expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe("RCPARC1\n");
  expect([...bytes.subarray(8, 12)]).toEqual([1, 0, 0, 0]);
  expect(hex(bytes.subarray(12, 44))).toBe(hash);
  expect([...bytes.subarray(44, 53)]).toEqual([0, 10, 0, 0, 0, 10, 0, 0, 0]);
  expect(new TextDecoder().decode(bytes.subarray(53))).toBe("some bytes");
});
