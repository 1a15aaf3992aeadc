/** Targets that hold for whole pages: no serious barrier, nothing too small to press, little to fetch. */
import { gzipSync } from "node:zlib";
import { AxeBuilder } from "@axe-core/playwright";
import { openPage, pause } from "./browser.mjs";

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Every kind of page that this home has something for; `ready` shows that it is there. */
const PAGES = [
  ["/", "Labelling"],
  ["/projects", "letter"],
  ["/p/one", "Throughput"],
  ["/p/one?tab=tasks", "Headline"],
  ["/p/one/label", "Headline"],
  ["/p/several/label", "Animals"],
  ["/p/kinds/label", "Kind A"],
  ["/p/boxes-1000/label", "Car 1"],
  ["/p/letter/label", "PER 1"],
  ["/p/one/review", "review"],
  ["/data", "book-labels"],
  ["/data/book", "book.csv"],
  ["/pipelines", "ipeline"],
];

const ready = async (page, url, [path, text]) => {
  await page.goto(url + path);
  await page.getByText(text).first().waitFor({ timeout: 10_000 });
  await pause(250);
};

/** Target 13: serious and critical violations, by page and theme. */
export async function barriers(browser, session, url) {
  const found = [];
  for (const colorScheme of ["dark", "light"]) {
    const page = await openPage(browser, session, { colorScheme, reducedMotion: "reduce" });
    for (const each of PAGES) {
      await ready(page, url, each);
      const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
      for (const { id, impact } of violations)
        if (impact === "serious" || impact === "critical") found.push(`${each[0]} ${colorScheme}: ${id}`);
    }
    await page.context().close();
  }
  return { pages: PAGES.length, found };
}

const SMALLEST_PX = 24;

/**
 * Runs in the page: what can be pressed, is smaller than a fingertip, and lies so near to something else that the finger
 * would hit that (WCAG 2.5.8). Links within a text are as high as their line.
 */
function tooSmall(least) {
  const pressed = "button, a[href], input, select, textarea, summary, [role=option], [role=tab]";
  const all = [...document.querySelectorAll(pressed)].flatMap((element) => {
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const style = getComputedStyle(element);
    const seen = box.width > 1 && box.height > 1 && style.visibility === "visible";
    const inText = element.localName === "a" && style.display === "inline" && element.closest("p, li, td");
    return seen && !inText ? [{ element, box }] : [];
  });
  const isSmall = ({ width, height }) => Math.min(width, height) < least - 0.01;
  const centre = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const near = ([x, y], box) => {
    const [dx, dy] = [Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)];
    const apart = isSmall(box) ? Math.hypot(centre(box)[0] - x, centre(box)[1] - y) : Infinity;
    return Math.hypot(dx, dy) < least / 2 || apart < least;
  };
  const crowded = all.filter(
    ({ element, box }) =>
      isSmall(box) &&
      all.some(
        (other) =>
          other.element !== element && !other.element.contains(element) && near(centre(box), other.box),
      ),
  );
  return crowded.map(({ element, box }) => {
    const name = (element.ariaLabel ?? element.textContent).trim().slice(0, 30);
    return `${element.localName} “${name}” ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`;
  });
}

/** Target 15, its first half. */
export async function smallTargets(browser, session, url) {
  const page = await openPage(browser, session);
  const found = [];
  for (const each of PAGES) {
    await ready(page, url, each);
    for (const what of await page.evaluate(tooSmall, SMALLEST_PX)) found.push(`${each[0]}: ${what}`);
  }
  await page.context().close();
  return [...new Set(found)];
}

/** Target 16: scripts and styles of a first visit, in kB gzipped, and what was fetched from elsewhere. */
export async function firstLoad(browser, session, url) {
  const sizes = {};
  const elsewhere = [];
  for (const path of ["/", "/p/one/label", "/p/boxes-1000/label", "/p/letter/label"]) {
    const page = await openPage(browser, session);
    const bodies = new Map();
    page.on("response", async (response) => {
      const address = response.url();
      if (!address.startsWith(url) && !address.startsWith("blob:")) elsewhere.push(address);
      if (/\.(js|css)$/.test(address)) bodies.set(address, gzipSync(await response.body()).length / 1000);
    });
    await page.goto(url + path);
    await page.getByRole("main").waitFor();
    await pause(1_500);
    sizes[path] = [...bodies.values()].reduce((a, b) => a + b, 0);
    await page.context().close();
  }
  return { sizes, elsewhere };
}
