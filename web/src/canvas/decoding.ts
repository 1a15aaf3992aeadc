/** Pictures decoded in a thread of their own, the same one for all of them. */
import type { Wanted } from "./bitmaps";
import type { Made } from "./picture.worker";

interface Waiting {
  readonly done: (levels: readonly ImageBitmap[] | null) => void;
}

let worker: Worker | null = null;
let asked = 0;
const waiting = new Map<number, Waiting>();

function thread(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./picture.worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data: { id, levels } }: MessageEvent<Made>) => settle(id, levels);
  // Without the thread pictures are still shown, as elements.
  worker.onerror = () => {
    for (const id of [...waiting.keys()]) settle(id, null);
  };
  return worker;
}

function settle(id: number, levels: readonly ImageBitmap[] | null): void {
  const known = waiting.get(id);
  waiting.delete(id);
  if (known) known.done(levels);
  else for (const level of levels ?? []) level.close();
}

/** The picture and its halves, largest first; null when it cannot be decoded there. */
export function decode(wanted: Wanted, signal?: AbortSignal): Promise<readonly ImageBitmap[] | null> {
  return new Promise((done, fail) => {
    if (signal?.aborted) return fail(signal.reason);
    const id = asked++;
    waiting.set(id, { done });
    thread().postMessage({ id, wanted });
    signal?.addEventListener("abort", () => {
      // Should it come nevertheless, nobody keeps it.
      waiting.delete(id);
      worker?.postMessage({ id, wanted: null });
      fail(signal.reason);
    });
  });
}
