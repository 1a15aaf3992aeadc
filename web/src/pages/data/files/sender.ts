/** Sending files to the server: many small ones in one request, a large one in parts. */
import { callJson } from "../../../api/http";
import { blobsUrl, bulkUrl } from "../../../api/resources";
import { sendBytes } from "../../../api/sending";
import { bytesOf, type PartSender, parcelOf } from "./parts";
import type { Sender } from "./uploading";

export const senderTo = (repo: string): Sender => ({
  send: async (batch, onBytes, signal) => {
    const address = blobsUrl(
      repo,
      batch.map((each) => each.size),
    );
    const { receipts } = await sendBytes<{ receipts: string[] }>(
      address,
      new Blob([...batch]),
      onBytes,
      signal,
    );
    return receipts;
  },
  pause: (seconds, signal) =>
    new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        window.removeEventListener("online", end);
        signal.aborted ? reject(signal.reason) : resolve();
      };
      const timer = setTimeout(end, seconds * 1000);
      window.addEventListener("online", end, { once: true });
      signal.addEventListener("abort", end, { once: true });
    }),
  parts: (signal) => partsTo(repo, signal),
});

function partsTo(repo: string, signal: AbortSignal): PartSender {
  const hash = hasherOf(signal);
  return {
    hash,
    have: async (hashes) => {
      const ids = new Blob(hashes.map(bytesOf));
      const { have } = await sendBytes<{ have: string }>(
        bulkUrl(repo, "have", "upload"),
        ids,
        () => undefined,
        signal,
      );
      return [...have].map((each) => each === "1");
    },
    send: async (id, part, onBytes) => {
      await sendBytes(bulkUrl(repo, "parcel", "upload"), parcelOf(id, part), onBytes, signal);
    },
    assemble: async (chunks) => {
      // Parts are cut by length here; the server cuts anew, where the content says.
      const json = { files: [{ chunks, recut: true }] };
      const made = await callJson<{ files: { receipt: string }[] }>(bulkUrl(repo, "large"), {
        method: "POST",
        json,
        signal,
      });
      return made.files[0]?.receipt ?? "";
    },
  };
}

const hashers = new WeakMap<AbortSignal, (part: Blob) => Promise<string>>();

/** The one hasher of an upload, which ends with its signal. */
function hasherOf(signal: AbortSignal): (part: Blob) => Promise<string> {
  const made = hashers.get(signal) ?? hasher(signal);
  hashers.set(signal, made);
  return made;
}

/** Hashes parts in a worker of its own, one after another. */
function hasher(signal: AbortSignal): (part: Blob) => Promise<string> {
  let worker: Worker | null = null;
  signal.addEventListener("abort", () => worker?.terminate(), { once: true });
  return (part) =>
    new Promise((resolve, reject) => {
      worker ??= new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = ({ data }: MessageEvent<{ hash?: string; fault?: string }>) =>
        data.hash ? resolve(data.hash) : reject(new Error(data.fault ?? "The file could not be read."));
      worker.onerror = (event) => reject(new Error(event.message || "The file could not be read."));
      worker.postMessage(part);
    });
}
