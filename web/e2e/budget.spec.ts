/** What the first visit costs. */
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { server } from "./places";

const FIRST_LOAD_KB = 200;

for (const path of ["/", "/p/crowd", "/p/bench/label", "/pipelines"]) {
  test(`the first load of ${path} stays within its budget, from this server alone`, async ({ page }) => {
    const sizes = new Map<string, number>();
    const elsewhere: string[] = [];
    page.on("response", async (response) => {
      const address = response.url();
      if (!address.startsWith(server().url)) elsewhere.push(address);
      if (/\.(js|css)$/.test(address)) sizes.set(address, gzipSync(await response.body()).length / 1000);
    });
    await page.goto(server().url + path);
    await page.getByRole("main").waitFor();
    await page.waitForTimeout(500);
    const total = [...sizes.values()].reduce((a, b) => a + b, 0);
    test.info().annotations.push({ type: "kB gzipped", description: `${path}: ${total.toFixed(0)}` });
    expect(total).toBeLessThan(FIRST_LOAD_KB);
    expect(elsewhere).toEqual([]);
  });
}
