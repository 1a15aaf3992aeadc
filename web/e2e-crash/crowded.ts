/** Images with hundreds of regions: so many are not written out as a whole with every step. */
import type { Page } from "@playwright/test";
import type { Chance } from "./chance";
import { handOf, imagesReady, seedImages } from "./images";
import { docOf, edited, type Model, type Step } from "./model";
import { letGo, type Modality, typing } from "./walk";

interface Crowded {
  readonly count: number;
  readonly quality: string | null;
  readonly remark: string;
}

const MANY = 200;
const QUALITIES = { Good: "7", Poor: "8" } as const;

export function crowded(tasks: number): Modality<Crowded> {
  const name = "crash-crowded";
  return {
    project: name,
    empty: { count: 0, quality: null, remark: "" },
    seed: (server) => seedImages(server, name, tasks),
    ready: imagesReady,
    bare: letGo,
    step,
    shown,
    looks: (doc) => doc,
    differs: (fields, doc) => {
      const said = {
        count: ((fields.cells as unknown[] | undefined) ?? []).length,
        quality: fields.quality ?? null,
        remark: fields.remark ?? "",
      };
      const [a, b] = [JSON.stringify(said), JSON.stringify(doc)];
      return a === b ? null : `${a} instead of ${b}`;
    },
  };
}

function step(page: Page, model: Model<Crowded>, dice: Chance): Step<Crowded> | null {
  const doc = docOf(model);
  const one = (name: string, after: Crowded, work: () => Promise<void>): Step<Crowded> => ({
    name,
    states: [edited(model, after)],
    do: async (mark) => {
      await letGo(page);
      await work();
      mark();
    },
  });
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  if (doc.count === 0)
    return one("box", { ...doc, count: 1 }, async () => {
      await press("1");
      await handOf(page).drag([
        [40, 40],
        [90, 90],
      ]);
    });
  if (doc.count <= MANY)
    return one(`double ${doc.count}`, { ...doc, count: doc.count * 2 }, () =>
      press("Control+a", "Control+d"),
    );
  switch (dice.below(4)) {
    case 0:
      return one("one more", { ...doc, count: doc.count + 1 }, () => press(".", "Control+d"));
    case 1:
      return one("one less", { ...doc, count: doc.count - 1 }, () => press(",", "Delete"));
    case 2: {
      const quality = dice.pick(Object.keys(QUALITIES) as (keyof typeof QUALITIES)[]);
      const after = { ...doc, quality: doc.quality === quality ? null : quality };
      return one(quality, after, () => press(QUALITIES[quality]));
    }
    default: {
      const focus = async (): Promise<void> => {
        await letGo(page);
        await page.getByRole("textbox", { name: "remark" }).click();
      };
      const put = (d: Crowded, remark: string): Crowded => ({ ...d, remark });
      return typing("remark", model, "value remark", dice.pick(["odd", "b"]), doc.remark, put, focus, page);
    }
  }
}

async function shown(page: Page): Promise<unknown> {
  await letGo(page);
  return page.evaluate(() => {
    const pressed = [...document.querySelectorAll(".asked [aria-pressed=true]")].map(
      (e) => e.textContent ?? "",
    );
    return {
      count: Number(document.querySelector(".side-regions .side-head .figure")?.textContent ?? "-1"),
      quality: ["Good", "Poor"].find((name) => pressed.some((text) => text.includes(name))) ?? null,
      remark: document.querySelector<HTMLTextAreaElement>("textarea[aria-label=remark]")?.value ?? "?",
    };
  });
}
