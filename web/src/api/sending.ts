/** Sending bytes with their progress, which `fetch` does not tell. */
import { ApiError, unreachable } from "./http";

interface Refusal {
  error?: { code?: string; message?: string; where?: string | null; hint?: string | null };
}

export function sendBytes<T>(
  address: string,
  body: Blob,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.open("POST", address);
    request.responseType = "json";
    request.upload.onprogress = (event) => onBytes(event.loaded);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(signal.reason instanceof Error ? signal.reason : new Error("cancelled"));
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.onload = () => {
      if (request.status < 300) return resolve(request.response as T);
      const { code, message, where, hint } = (request.response as Refusal | null)?.error ?? {};
      reject(
        new ApiError(
          request.status,
          code ?? `http-${request.status}`,
          message ?? `The server answered ${request.status}`,
          where ?? null,
          hint ?? null,
        ),
      );
    };
    // An empty type keeps the browser from saying one that is only a guess.
    request.send(new Blob([body], { type: "application/octet-stream" }));
  });
}
