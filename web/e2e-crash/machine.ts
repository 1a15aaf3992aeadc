/** A server and a browser that can be killed like processes are: at once, without a word, and started again where they were. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page, request } from "@playwright/test";

const RECENSION = process.env.RECENSION ?? join(import.meta.dirname, "..", "..", ".venv", "bin", "recension");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--window-size=1280,900",
];

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what: () => unknown, patience_ms: number, name: string): Promise<void> {
  const end = Date.now() + patience_ms;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`waited ${patience_ms} ms in vain: ${name}`);
    await sleep(25);
  }
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once("exit", () => resolve()));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error()),
      );
    });
  });
}

type Cookie = Parameters<BrowserContext["addCookies"]>[0][number];

export interface LogEntry {
  readonly seq: number;
  readonly verb: string;
  readonly task: number;
  readonly of: number | null;
  readonly withdrawn: boolean;
  readonly fields: Record<string, unknown> | null;
  readonly flags?: string[];
  readonly comments?: { text: string }[];
}

/** One home and one port; the process that serves them may die and come back. */
export class Server {
  readonly home = mkdtempSync(join(tmpdir(), "recension-crash-"));
  cookies: Cookie[] = [];
  private port = 0;
  private child: ChildProcess | null = null;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get portNumber(): number {
    return this.port;
  }

  async start(): Promise<void> {
    this.port ||= await freePort();
    const child = spawn(RECENSION, ["up", "--home", this.home, "--port", String(this.port), "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child = child;
    const started = await new Promise<{ sign_in: string }>((resolve, reject) => {
      let said = "";
      child.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        try {
          resolve(JSON.parse(said) as { sign_in: string });
        } catch {
          return;
        }
      });
      child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
    });
    if (this.cookies.length > 0) return;
    const context = await request.newContext();
    await context.get(started.sign_in);
    this.cookies = (await context.storageState()).cookies;
    await context.dispose();
  }

  /** As the kernel kills what has used up the memory. */
  async kill(): Promise<void> {
    if (!this.child) return;
    this.child.kill("SIGKILL");
    await ended(this.child);
    this.child = null;
  }

  async stop(): Promise<void> {
    if (this.child) {
      this.child.kill("SIGTERM");
      await ended(this.child);
    }
    rmSync(this.home, { recursive: true, force: true });
  }

  run(args: readonly string[], cwd: string): void {
    execFileSync(RECENSION, [...args, "--home", this.home], { cwd, stdio: ["ignore", "ignore", "inherit"] });
  }

  async get<T>(path: string): Promise<T> {
    const cookie = this.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const response = await fetch(`${this.url}/api/v1/${path}`, { headers: { cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as T;
  }

  /** The whole log of a project. */
  async log(project: string): Promise<LogEntry[]> {
    const all: LogEntry[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const page: { answers: LogEntry[]; next: number | null } = await this.get(
        `projects/${project}/answers?limit=200&after=${after}`,
      );
      all.push(...page.answers);
      after = page.next;
    }
    return all;
  }
}

/** A browser with a profile that outlives it. */
export class Machine {
  readonly profile = mkdtempSync(join(tmpdir(), "recension-profile-"));
  private child: ChildProcess | null = null;
  private browser: Browser | null = null;

  async start(cookies: readonly Cookie[]): Promise<BrowserContext> {
    const told = join(this.profile, "DevToolsActivePort");
    rmSync(told, { force: true });
    mkdirSync(this.profile, { recursive: true });
    const child = spawn(
      CHROMIUM,
      [...QUIET, "--remote-debugging-port=0", `--user-data-dir=${this.profile}`, "about:blank"],
      { stdio: "ignore", detached: true },
    );
    this.child = child;
    await until(() => existsSync(told) && readFileSync(told, "utf8").includes("\n"), 30_000, "a browser");
    const [port] = readFileSync(told, "utf8").split("\n");
    this.browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const context = this.browser.contexts()[0];
    if (!context) throw new Error("the browser has no context");
    await context.addCookies([...cookies]);
    return context;
  }

  /** The whole browser at once. */
  async kill(): Promise<void> {
    if (!this.child?.pid) return;
    process.kill(-this.child.pid, "SIGKILL");
    await ended(this.child);
    this.child = null;
    await this.browser?.close().catch(() => undefined);
    this.browser = null;
  }

  /** The processes that show pages; the browser itself goes on, as after a crash of a tab. */
  killTabs(): void {
    for (const pid of this.child?.pid ? below(this.child.pid) : []) {
      try {
        if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer"))
          process.kill(pid, "SIGKILL");
      } catch {
        // It went by itself.
      }
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function below(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It went by itself.
    }
  }
  const found: number[] = [];
  for (const todo = [root]; todo.length > 0; ) {
    const more = children.get(todo.pop() ?? 0) ?? [];
    found.push(...more);
    todo.push(...more);
  }
  return found;
}

/** The page of a browser that was just started has nothing on it; older ones are closed. */
export async function freshPage(context: BrowserContext): Promise<Page> {
  const page = await newPage(context);
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const other of context.pages()) if (other !== page) await other.close().catch(() => undefined);
  return page;
}

/** A process that was kept ready for the next tab may have been killed with the others. */
async function newPage(context: BrowserContext): Promise<Page> {
  for (let tries = 0; ; tries++) {
    try {
      return await context.newPage();
    } catch (error) {
      if (tries === 5) throw error;
      await sleep(100);
    }
  }
}
