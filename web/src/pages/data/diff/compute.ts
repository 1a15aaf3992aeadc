/** A difference, computed here when that takes no time, in a worker otherwise. */
import { type DiffRequest, diffFiles, type FileDiff } from "./diff";

const QUICK = 200_000;

export function compute(request: DiffRequest, signal: AbortSignal): Promise<FileDiff> {
  if (request.before.length + request.after.length <= QUICK) return Promise.resolve(diffFiles(request));
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const done = new Promise<FileDiff>((resolve, reject) => {
    worker.onmessage = (message: MessageEvent<FileDiff>) => resolve(message.data);
    worker.onerror = (event) => reject(new Error(event.message || "The comparison failed."));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    worker.postMessage(request);
  });
  return done.finally(() => worker.terminate());
}
