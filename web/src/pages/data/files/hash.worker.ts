/** Hashes parts of files off the page's thread. */
import { blake3, hex } from "./blake3";

self.onmessage = async ({ data: part }: MessageEvent<Blob>) => {
  try {
    self.postMessage({ hash: hex(blake3(new Uint8Array(await part.arrayBuffer()))) });
  } catch (error) {
    // The file was changed or taken away while it was read.
    self.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
};
