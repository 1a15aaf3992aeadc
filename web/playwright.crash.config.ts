import { defineConfig } from "@playwright/test";

// The same for every process of a run; `CRASH_SEED=n` has a run again.
process.env.CRASH_SEED ??= `${Math.floor(Math.random() * 1_000_000)}`;

/** What is killed here has servers and browsers of its own; see e2e-crash/machine.ts. */
export default defineConfig({
  testDir: "e2e-crash",
  outputDir: "test-results/crash",
  workers: 1,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
});
