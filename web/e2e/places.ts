/** Where the tests keep what they share: the server's address and the session of its administrator. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "test-results");
export const STATE = join(FOLDER, "state.json");
export const SERVER = join(FOLDER, "server.json");
export const SHARED = FOLDER;

export interface Server {
  readonly url: string;
  readonly home: string;
}

export const server = (): Server => JSON.parse(readFileSync(SERVER, "utf8")) as Server;
