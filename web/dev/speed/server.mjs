/** A real server on a home of its own, which is gone afterwards. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const RECENSION =
  process.env.RECENSION ?? join(import.meta.dirname, "..", "..", "..", ".venv", "bin", "recension");

/** Starts a server; resolves to its address, the link that signs in, and a way to stop it and forget all of it. */
export async function startServer() {
  const home = mkdtempSync(join(tmpdir(), "recension-speed-"));
  const child = spawn(RECENSION, ["up", "--home", home, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const started = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk) => {
      said += chunk;
      try {
        resolve(JSON.parse(said));
      } catch {
        // The object is printed over several lines: it is whole when it parses.
      }
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
  return { home, url: started.url, signIn: started.sign_in, stop };
}
