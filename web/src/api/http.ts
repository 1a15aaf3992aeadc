/** One way to call the server, and one kind of error that says what happened, where, and what to do. */

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    /** HTTP status; 0 when the server was not reached. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly where: string | null,
    readonly hint: string | null,
  ) {
    super(message);
  }
}

export const unreachable = (): ApiError =>
  new ApiError(
    0,
    "unreachable",
    "The server does not answer.",
    null,
    "Check that it is running and that you are online.",
  );

interface ErrorBody {
  error?: { code?: string; message?: string; where?: string | null; hint?: string | null };
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { code, message, where, hint } = body.error ?? {};
  return new ApiError(
    response.status,
    code ?? `http-${response.status}`,
    message ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    where ?? null,
    hint ?? null,
  );
}

let ahead = 0;

/** Now by the server's clock: deadlines are its to set, and this machine's clock may be wrong. */
export const serverNow = (): number => Date.now() + ahead;

function readClock(response: Response): void {
  const date = Date.parse(response.headers.get("date") ?? "");
  // The header counts whole seconds; a smaller difference says nothing.
  if (!Number.isNaN(date)) ahead = Math.abs(date - Date.now()) > 2_000 ? date - Date.now() : 0;
}

export type Query = Record<string, string | number | null | undefined>;

/** `/api/v1` plus percent-encoded segments plus the parameters that have a value. */
export function url(segments: readonly (string | number)[], query: Query = {}): string {
  const path = segments.map((segment) => encodeURIComponent(String(segment))).join("/");
  const pairs = Object.entries(query).filter(
    ([, value]) => value !== null && value !== undefined && value !== "",
  );
  const search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `/api/v1/${path}${search ? `?${search}` : ""}`;
}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  json?: unknown;
  body?: BodyInit;
  signal?: AbortSignal | undefined;
  keepalive?: boolean;
  /** Somebody's work depends on it: a line that hangs is given up, so that it can be tried on another. */
  isAwaited?: boolean;
}

/** Asking again costs little: whatever is awaited can be asked for twice. */
const PATIENCE_MS = 6_000;
/** Characters; of up to three bytes each. */
const OUTLIVES = 20_000;
/** The slowest line that is waited for. */
const BYTES_PER_MS = 20;

export async function call(
  address: string,
  { method = "GET", json, body, signal, keepalive, isAwaited }: Call = {},
): Promise<Response> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers = { "content-type": "application/json" };
  } else if (body !== undefined) {
    init.body = body;
  }
  if (signal) init.signal = signal;
  else if (isAwaited) {
    const size = typeof init.body === "string" ? init.body.length : 0;
    init.signal = AbortSignal.timeout(PATIENCE_MS + size / BYTES_PER_MS);
  }
  // Browsers let little outlive its page; what is larger goes as far as it gets.
  if (keepalive && (typeof init.body !== "string" || init.body.length < OUTLIVES)) init.keepalive = true;
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable();
  }
  readClock(response);
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** The JSON body of a successful answer; null for an empty one. */
export async function callJson<T>(address: string, options: Call = {}): Promise<T> {
  const response = await call(address, options);
  try {
    const text = await response.text();
    if (text === "" && options.isAwaited) throw unreachable();
    return (text === "" ? null : JSON.parse(text)) as T;
  } catch (cause) {
    // Half an answer, or the words of something between us and the server.
    if (options.signal?.aborted) throw cause;
    throw unreachable();
  }
}
