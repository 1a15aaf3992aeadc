import { defineConfig } from "@playwright/test";

/** What is killed here has servers and browsers of its own; see e2e-crash/machine.ts. */
export default defineConfig({
  testDir: "e2e-crash",
  outputDir: "test-results/crash",
  workers: 1,
  reporter: [["list"]],
});
