/** A large file sent in parts: those that arrived already, now or before the upload broke off, are left out. No DOM. */

export const PART_BYTES = 8 << 20;
/** Files over this are sent in parts. */
export const IN_PARTS_FROM = PART_BYTES;
/** So many parts are hashed, then asked about together. */
const ASKED_TOGETHER = 8;

export interface PartSender {
  /** The hash of a part, in hexadecimal. */
  hash(part: Blob): Promise<string>;
  /** Which of the parts the server has. */
  have(hashes: readonly string[]): Promise<boolean[]>;
  send(hash: string, part: Blob, onBytes: (bytes: number) => void): Promise<void>;
  /** Puts the file together; its receipt. */
  assemble(hashes: readonly string[]): Promise<string>;
}

/**
 * Sends a file; its receipt. Begun again after it broke off, with the same file, it sends what had not arrived.
 *
 * `tell` hears how many bytes the server has.
 */
export async function sendInParts(
  file: Blob,
  sender: PartSender,
  tell: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const hashes: string[] = [];
  const group = PART_BYTES * ASKED_TOGETHER;
  const read = async (start: number) => {
    const found: { part: Blob; hash: string }[] = [];
    for (let at = start; at < Math.min(start + group, file.size); at += PART_BYTES) {
      signal.throwIfAborted();
      const part = file.slice(at, at + PART_BYTES);
      found.push({ part, hash: await sender.hash(part) });
    }
    return found;
  };
  const sent = new Set<string>();
  let arrived = 0;
  let next = read(0);
  for (let start = 0; start < file.size; start += group) {
    const parts = await next;
    // While these are sent the next are hashed; what goes wrong with them is heard when their turn comes.
    next = read(start + group);
    next.catch(() => undefined);
    const known = await sender.have(parts.map((each) => each.hash));
    for (const [i, { part, hash }] of parts.entries()) {
      signal.throwIfAborted();
      if (!known[i] && !sent.has(hash))
        await sender.send(hash, part, (bytes) => tell(arrived + Math.min(bytes, part.size)));
      sent.add(hash);
      arrived += part.size;
      hashes.push(hash);
      tell(arrived);
    }
  }
  return sender.assemble(hashes);
}

const MAGIC = new TextEncoder().encode("RCPARC1\n");
const HEAD_BYTES = MAGIC.length + 4 + 32 + 1 + 4 + 4;

/** A parcel that holds one blob as it is. */
export function parcelOf(hash: string, part: Blob): Blob {
  const head = new DataView(new ArrayBuffer(HEAD_BYTES));
  const bytes = new Uint8Array(head.buffer);
  bytes.set(MAGIC);
  head.setUint32(8, 1, true);
  bytes.set(bytesOf(hash), 12);
  head.setUint32(45, part.size, true);
  head.setUint32(49, part.size, true);
  return new Blob([bytes, part]);
}

export const bytesOf = (hash: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: hash.length / 2 }, (_, i) => Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16));
