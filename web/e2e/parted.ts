/** Repos whose branches changed the same files, each in its own way. */
import type { APIRequestContext, PlaywrightWorkerArgs } from "@playwright/test";
import { STATE, server } from "./places";

const at = (path: string): string => server().url + path;

async function post(api: APIRequestContext, path: string, data: unknown): Promise<void> {
  const answer = await api.post(at(`/api/v1${path}`), { headers: { origin: server().url }, data });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
}

async function put(api: APIRequestContext, place: string, path: string, body: string): Promise<void> {
  const [repo, branch] = place.split("@");
  const answer = await api.post(at(`/api/v1/repos/${repo}/upload?branch=${branch}&path=${path}`), {
    data: body,
    headers: { origin: server().url, "content-type": "application/octet-stream" },
  });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
}

/** Makes such a repo, once per server. */
export async function parted(playwright: PlaywrightWorkerArgs["playwright"], name: string): Promise<void> {
  const api = await playwright.request.newContext({ storageState: STATE });
  try {
    if ((await api.get(at(`/api/v1/repos/${name}`))).ok()) return;
    await post(api, "/repos", { name });
    await put(api, `${name}@main`, "/notes.md", "one\ntwo\nthree\n");
    await put(api, `${name}@main`, "/plan.txt", "the plan\n");
    await post(api, `/repos/${name}/branches`, { name: "draft", at: "main" });
    await put(api, `${name}@draft`, "/notes.md", "one\nzwei\nthree\n");
    await put(api, `${name}@draft`, "/plan.txt", "another plan\n");
    await put(api, `${name}@draft`, "/added.txt", "only in draft\n");
    await put(api, `${name}@main`, "/notes.md", "one\ndeux\nthree\n");
    await put(api, `${name}@main`, "/plan.txt", "the same plan, kept\n");
  } finally {
    await api.dispose();
  }
}
