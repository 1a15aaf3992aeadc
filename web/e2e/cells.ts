/** Projects on real images: photographs of blood cells, to be boxed, outlined and painted. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { drawingOn } from "./drawing";
import { RECENSION } from "./global-setup";
import { server } from "./places";

const IMAGES = join(import.meta.dirname, "..", "..", "tests", "samples", "bccd", "images");

const boxes = `<RectangleLabels name="cells" toName="picture" required="true">
      <Label value="RBC"/><Label value="WBC"/><Label value="Platelets"/>
    </RectangleLabels>`;
const everything = `${boxes}
    <EllipseLabels name="rounds" toName="picture"><Label value="Round"/></EllipseLabels>
    <PolygonLabels name="outlines" toName="picture"><Label value="Clump"/></PolygonLabels>
    <KeyPointLabels name="marks" toName="picture"><Label value="Nucleus"/></KeyPointLabels>
    <BrushLabels name="areas" toName="picture"><Label value="Stain"/></BrushLabels>
    <Choices name="quality" toName="picture"><Choice value="Good"/><Choice value="Poor"/></Choices>`;
const asked = `${boxes}
    <Choices name="stage" toName="picture" perRegion="true" required="true">
      <Choice value="Young"/><Choice value="Old"/>
    </Choices>
    <TextArea name="remark" toName="picture"/>`;
const CONFIGS: Record<string, string> = {
  boxes,
  everything,
  keyboard: boxes,
  killed: boxes,
  tabs: boxes,
  pasted: boxes,
  asked,
  seen: everything,
  outlined: everything,
  many: `<RectangleLabels name="cells" toName="picture">
      ${Array.from({ length: 24 }, (_, i) => `<Label value="Kind ${String.fromCharCode(65 + i)}"/>`).join("")}
    </RectangleLabels>`,
};

const project = (name: string, config: string): string => `project: cells-${name}
title: Cells, ${name}
input: {repo: cells, glob: "/*.jpg"}
label_config: |
  <View>
    <Image name="picture" value="$image"/>
    ${config}
  </View>
guideline: |
  # Which cell is it?
  Red cells are pale in the middle.
page: {real: 3, control: 0, time_limit_s: 600}
output: {repo: cells-${name}-labels}
`;

/** Six photographs in a repo and a project for each journey. */
export async function makeCellProjects(request: APIRequestContext): Promise<void> {
  const { home, url } = server();
  // A test that failed is followed by a new worker, which finds everything made.
  if ((await request.get(`${url}/api/v1/repos/cells`)).ok()) return;
  const run = (args: string[], cwd: string) =>
    execFileSync(RECENSION, [...args, "--home", home], { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const folder = mkdtempSync(join(tmpdir(), "recension-cells-"));
  const names = Array.from({ length: 6 }, (_, n) =>
    join(IMAGES, `BloodImage_${String(n).padStart(5, "0")}.jpg`),
  );
  run(["repo", "create", "cells"], folder);
  run(["put", "cells@main", ...names, "-m", "Six photographs"], folder);
  for (const [name, config] of Object.entries(CONFIGS)) {
    writeFileSync(join(folder, `${name}.yaml`), project(name, config));
    run(["project", "create", `${name}.yaml`], folder);
  }
}

/** The workbench of a project, its image on the screen. */
export async function openCells(page: Page, name: string) {
  await page.goto(`${server().url}/p/cells-${name}/label`);
  await painted(page);
  return {
    ...drawingOn(page),
    regions: page.getByRole("listbox", { name: "Regions" }).getByRole("option"),
  };
}

export async function painted(page: Page, times = 1): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => performance.getEntriesByName("recension:task-painted").length))
    .toBeGreaterThanOrEqual(times);
}

export interface Marked {
  readonly shape: { readonly type: string } & Record<string, never>;
  readonly labels: string[];
  readonly attributes?: Record<string, string>;
}

/** The fields of the answers that stand, in the order in which they were given. */
export async function given(page: Page, name: string): Promise<Record<string, Marked[]>[]> {
  const response = await page.request.get(`${server().url}/api/v1/projects/cells-${name}/answers`);
  const { answers } = (await response.json()) as {
    answers: { verb: string; fields: Record<string, Marked[]>; withdrawn?: boolean }[];
  };
  return answers.filter((answer) => answer.verb === "answer").map((answer) => answer.fields);
}
