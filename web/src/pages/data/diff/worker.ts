/** Differences of large files, off the page's thread. */
import { type DiffRequest, diffFiles } from "./diff";

self.onmessage = (message: MessageEvent<DiffRequest>) => self.postMessage(diffFiles(message.data));
