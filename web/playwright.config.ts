import { defineConfig } from "@playwright/test";
import { STATE } from "./e2e/places";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Browser tests against a real server on a home of its own, in the system's Chromium. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  workers: 2, // files beside one another: each has projects of its own
  // A machine that also builds and serves may be slow once; what fails twice is broken. A pass at the second try is listed as flaky.
  retries: process.env.CI ? 2 : 0,
  timeout: process.env.CI ? 120_000 : 60_000,
  expect: { timeout: process.env.CI ? 20_000 : 10_000 },
  reporter: [["list"]],
  use: {
    storageState: STATE,
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET },
  },
});
