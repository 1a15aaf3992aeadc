/** Starts a real server on a new home, fills it by its own commands, and signs in. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "@playwright/test";
import { SERVER, SHARED, STATE } from "./places";
import * as seed from "./seed";

export const RECENSION =
  process.env.RECENSION ?? join(import.meta.dirname, "..", "..", ".venv", "bin", "recension");

interface Started {
  url: string;
  sign_in: string;
}

function start(home: string): Promise<{ child: ChildProcess; started: Started }> {
  const child = spawn(RECENSION, ["up", "--home", home, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      // The object may be printed over several lines; it is whole when it parses.
      try {
        resolve({ child, started: JSON.parse(said) as Started });
      } catch {
        return;
      }
    });
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}

export default async function globalSetup(): Promise<() => Promise<void>> {
  mkdirSync(SHARED, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), "recension-e2e-"));
  const { child, started } = await start(home);
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const files = mkdtempSync(join(home, "seed-"));
    for (const [name, text] of Object.entries(seed.FILES)) writeFileSync(join(files, name), text);
    for (const command of seed.COMMANDS) {
      execFileSync(RECENSION, [...command, "--home", home], {
        cwd: files,
        stdio: ["ignore", "ignore", "inherit"],
      });
    }
    const context = await request.newContext();
    await context.get(started.sign_in);
    await context.storageState({ path: STATE });
    await context.dispose();
    writeFileSync(SERVER, JSON.stringify({ url: started.url, home }));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
