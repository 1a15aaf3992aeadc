/** Fetches, decodes and halves pictures, so that the page's own thread never does: on that, each halving would stop all hands. */
import { bitmapsOf, type Wanted } from "./bitmaps";

/** `wanted` null: it is wanted no more. */
export interface Asked {
  readonly id: number;
  readonly wanted: Wanted | null;
}

export interface Made {
  readonly id: number;
  /** Largest first; null: it is no picture that can be decoded here. */
  readonly levels: readonly ImageBitmap[] | null;
}

const running = new Map<number, AbortController>();

async function make(id: number, wanted: Wanted): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const levels = await bitmapsOf(wanted, stop.signal);
    const made: Made = { id, levels };
    self.postMessage(made, { transfer: levels });
  } catch {
    const made: Made = { id, levels: null };
    self.postMessage(made);
  } finally {
    running.delete(id);
  }
}

self.onmessage = ({ data: { id, wanted } }: MessageEvent<Asked>) => {
  if (wanted) void make(id, wanted);
  else running.get(id)?.abort();
};
