/** Quick work: one headline, two choices and a note; a page holds five. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import type { LogEntry, Server } from "./machine";

export const PAGE = 5;
const TONES = ["Calm", "Loud"] as const;

export interface Given {
  readonly headline: string;
  readonly tone: string;
}

const project = (name: string, limit_s: number): string => `project: ${name}
input: {repo: ${name}, glob: "/*.csv", rows: {format: csv, key: id}}
label_config: |
  <View>
    <Text name="headline" value="$headline"/>
    <Choices name="tone" toName="headline" required="true">
      ${TONES.map((each) => `<Choice value="${each}"/>`).join("")}
    </Choices>
    <TextArea name="note" toName="headline"/>
  </View>
page: {real: ${PAGE}, control: 0, time_limit_s: ${limit_s}}
output: {repo: ${name}-labels}
`;

export function seedHeadlines(server: Server, name: string, count: number, limit_s = 3600): void {
  const folder = mkdtempSync(join(tmpdir(), "recension-crash-seed-"));
  const rows = Array.from({ length: count }, (_, i) => `${i},Headline number ${String(i).padStart(4, "0")}`);
  writeFileSync(join(folder, "rows.csv"), `id,headline\n${rows.join("\n")}\n`);
  writeFileSync(join(folder, "project.yaml"), project(name, limit_s));
  server.run(["repo", "create", name], folder);
  server.run(["put", `${name}@main`, "rows.csv"], folder);
  server.run(["project", "create", "project.yaml"], folder);
}

/** Somebody at the keyboard of such a project. */
export function reader(page: Page) {
  const shown = page.locator(".shown");
  const headline = async (): Promise<string> =>
    /Headline number \d+/.exec((await shown.textContent({ timeout: 1_000 }).catch(() => "")) ?? "")?.[0] ??
    "";
  return {
    headline,
    note: page.getByRole("textbox", { name: "note" }),
    state: page.locator(".saved"),
    ready: async (): Promise<string> => {
      await expect(shown).toContainText("Headline number", { timeout: 30_000 });
      return headline();
    },
    /** One answer, by keys; what was answered, or null when there was no task. */
    answer: async (tone: 0 | 1): Promise<Given | null> => {
      const before = await headline();
      if (before === "") return null;
      await page.keyboard.press(`${tone + 1}`);
      await page.keyboard.press("Enter");
      await expect.poll(headline).not.toBe(before);
      return { headline: before, tone: TONES[tone] };
    },
  };
}

/** How the log differs from what was given: nothing twice, nothing missing, nothing else. */
export async function faults(server: Server, name: string, given: readonly Given[]): Promise<string[]> {
  const log: LogEntry[] = await server.log(name);
  const tones = log.filter(({ verb }) => verb === "answer").map(({ fields }) => String(fields?.tone));
  const found: string[] = [];
  const tasks = log.filter(({ verb }) => verb === "answer").map(({ task }) => task);
  if (new Set(tasks).size < tasks.length) found.push(`doubled: ${tasks}`);
  if (tasks.length !== given.length) found.push(`${tasks.length} answers in the log, ${given.length} given`);
  const wanted = given.map(({ tone }) => tone);
  if (tones.join() !== wanted.join()) found.push(`${tones} instead of ${wanted}`);
  return found;
}
