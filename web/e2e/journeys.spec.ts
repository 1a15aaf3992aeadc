/**
 * Every tool on its whole way: labelled by mouse and by keys, sent, reloaded, changed, undone, reviewed, exported, taken
 * in again. One tool of each family walks in every run; all of them with JOURNEYS=all (`make test-journeys`).
 */
import { test } from "@playwright/test";
import { IMAGES } from "./journeys/images";
import { JUDGEMENTS } from "./journeys/judgements";
import { makeWorld } from "./journeys/projects";
import { TEXTS } from "./journeys/texts";
import { walk } from "./journeys/walk";

const TOOLS = [...IMAGES, ...TEXTS, ...JUDGEMENTS];

// Each has projects of its own.
test.describe.configure({ mode: "parallel" });
test.beforeAll(makeWorld);

for (const [n, tool] of TOOLS.entries()) {
  if (!tool.short && process.env.JOURNEYS !== "all") continue;
  test(`${tool.family}: ${tool.name}`, async ({ page, request }) => walk(page, request, tool, n % 2 === 1));
}
