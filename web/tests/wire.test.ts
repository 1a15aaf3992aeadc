import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generate } from "../scripts/wire.mjs";

it("knows the server's shapes as its description has them now", () => {
  const kept = readFileSync(new URL("../src/generated/wire.ts", import.meta.url), "utf8");
  expect(kept, "the API has changed: run `npm run wire`, then `npm run typecheck`").toBe(generate());
});
