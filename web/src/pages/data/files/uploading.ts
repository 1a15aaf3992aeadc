/** Sending many files: in batches, again after a lost connection, without sending twice what has arrived. No DOM. */
import { ApiError } from "../../../api/http";
import { IN_PARTS_FROM, type PartSender, sendInParts } from "./parts";

export interface Outgoing {
  /** Where it goes in the repo. */
  readonly path: string;
  readonly bytes: Blob;
}

export interface Progress {
  readonly files: number;
  readonly bytes: number;
  /** When the connection is lost: seconds until the next attempt. */
  readonly waiting: number | null;
}

export interface Sender {
  /** Sends these in one request; their receipts, in order. */
  send(batch: readonly Blob[], onBytes: (bytes: number) => void, signal: AbortSignal): Promise<string[]>;
  pause(seconds: number, signal: AbortSignal): Promise<void>;
  /** How a large file is sent, part by part. */
  parts(signal: AbortSignal): PartSender;
}

const BATCH_BYTES = 4_000_000;
const BATCH_FILES = 200;
const LONGEST_PAUSE_S = 15;
/** A commit names all its files in one request, which has a limit. */
export const MOST_FILES = 40_000;

/** Files in the order given, small ones together, large ones alone. */
export function batchesOf<T extends { readonly bytes: { readonly size: number } }>(
  files: readonly T[],
): T[][] {
  const batches: T[][] = [];
  let filled = 0;
  for (const file of files) {
    const last = batches.at(-1);
    if (!last || last.length >= BATCH_FILES || filled + file.bytes.size > BATCH_BYTES) {
      batches.push([file]);
      filled = file.bytes.size;
    } else {
      last.push(file);
      filled += file.bytes.size;
    }
  }
  return batches;
}

export const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status);

/**
 * Sends every file that has no receipt yet, and notes each receipt as it comes: called again with the same receipts,
 * it goes on where it was. It waits for a lost server as long as it takes; only `signal` and real refusals end it.
 */
export async function sendAll(
  files: readonly Outgoing[],
  receipts: Map<string, string>,
  sender: Sender,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const arrived = files.filter((file) => receipts.has(file.path));
  const done = { files: arrived.length, bytes: arrived.reduce((sum, file) => sum + file.bytes.size, 0) };
  tell({ ...done, waiting: null });
  const waits = (waiting: number) => tell({ ...done, waiting });
  const again = <T>(work: () => Promise<T>) => persist(work, waits, sender, signal);
  const onBytes = (bytes: number) => tell({ files: done.files, bytes: done.bytes + bytes, waiting: null });
  for (const batch of batchesOf(files.filter((file) => !receipts.has(file.path)))) {
    const large = batch.find((file) => file.bytes.size > IN_PARTS_FROM);
    const got = large
      ? [await sendInParts(large.bytes, patient(sender.parts(signal), again), onBytes, signal)]
      : await again(() =>
          sender.send(
            batch.map((file) => file.bytes),
            onBytes,
            signal,
          ),
        );
    for (const [i, file] of batch.entries()) receipts.set(file.path, got[i] ?? "");
    done.files += batch.length;
    done.bytes += batch.reduce((sum, file) => sum + file.bytes.size, 0);
    tell({ ...done, waiting: null });
  }
}

type Again = <T>(work: () => Promise<T>) => Promise<T>;

/** The same sender, each step of which is made again while the server does not answer. */
const patient = (parts: PartSender, again: Again): PartSender => ({
  hash: (part) => parts.hash(part),
  have: (hashes) => again(() => parts.have(hashes)),
  send: (hash, part, onBytes) => again(() => parts.send(hash, part, onBytes)),
  assemble: (hashes) => again(() => parts.assemble(hashes)),
});

/** Does something until it works, with growing pauses; refusals that will not pass are thrown. */
async function persist<T>(
  work: () => Promise<T>,
  waits: (seconds: number) => void,
  sender: Sender,
  signal: AbortSignal,
): Promise<T> {
  for (let seconds = 1; ; seconds = Math.min(LONGEST_PAUSE_S, seconds * 2)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      waits(seconds);
      await sender.pause(seconds, signal);
    }
  }
}
