/** A random walk of edits, cut off at random moments; what is there afterwards is held against the plain model. */
import type { BrowserContext, Page } from "@playwright/test";
import type { Chance } from "./chance";
import { freshPage, Machine, type Server, sleep, until } from "./machine";
import {
  begin,
  blank,
  docOf,
  edited,
  finished,
  type Model,
  moved,
  now,
  remarked,
  reopened,
  type Step,
  takenBack,
} from "./model";

/** What an edit must survive: somebody's edit of longer ago is never lost. */
const KEPT_MS = 100;
const DECISIVE: ReadonlySet<string> = new Set(["submit", "skip", "take back"]);
const PATIENCE_MS = 20_000;
const SHOWN_MS = 10_000;
const ARRIVED_MS = 10_000;

/** One kind of work: how its steps are made by hand, and how a document is read off the screen and off an answer. */
export interface Modality<D> {
  readonly project: string;
  readonly empty: D;
  /** Makes the project on a server that is running. */
  readonly seed: (server: Server) => void;
  readonly ready: (page: Page) => Promise<void>;
  /** Nothing selected, nothing in hand, no cursor in a text: a key means what it means to the workbench. */
  readonly bare: (page: Page) => Promise<void>;
  /** Something that can be done now; null when this draw of the dice fits nothing. */
  readonly step: (page: Page, model: Model<D>, dice: Chance) => Step<D> | null;
  readonly shown: (page: Page) => Promise<unknown>;
  /** What `shown` says of this document. */
  readonly looks: (doc: D) => unknown;
  /** How the fields of a draft or an answer differ from a document; null when they say the same. */
  readonly differs: (fields: Record<string, unknown>, doc: D) => string | null;
}

export interface Tally {
  points: number;
  edits: number;
  /** Edits older than `KEPT_MS` that were gone, or a document that nobody made. */
  lost: string[];
  /** Edits younger than that which were gone: allowed, and counted. */
  young: number;
  doubled: string[];
  /** From opening again to the draft that was killed being on the server, in milliseconds. */
  drafts_ms: number[];
}

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
}

/** Steps that are the same in every kind of work. */
function common<D>(
  page: Page,
  model: Model<D>,
  dice: Chance,
  { empty, bare, looks }: Modality<D>,
  room: number,
): Step<D> | null {
  const calmly = async (key: string): Promise<void> => {
    await bare(page);
    await page.keyboard.press(key);
  };
  const one = (name: string, after: Model<D>, work: () => Promise<void>): Step<D> => ({
    name,
    states: [after],
    do: async (mark) => {
      await work();
      mark();
    },
  });
  const { cursor, docs, comment, unclear } = now(model);
  // An untouched task looks like the one after it: whether it was answered could not be told.
  const touched = JSON.stringify(looks(docOf(model))) !== JSON.stringify(looks(empty));
  switch (dice.below(9)) {
    case 0:
    case 1:
      if (cursor === 0) return null;
      return one("undo", moved(model, -1), () => calmly("Control+z"));
    case 2:
      if (cursor === docs.length - 1) return null;
      return one("redo", moved(model, 1), () => calmly("Control+Shift+Z"));
    case 3:
      return one("unclear", remarked(model, { unclear: !unclear }), () => calmly("Shift+U"));
    case 4: {
      const text = `${comment}${dice.pick(["why", "so", "hm"])}`;
      const states = [...text.slice(comment.length)].map((_, i) =>
        remarked(model, { comment: text.slice(0, comment.length + i + 1) }),
      );
      return {
        name: `comment ${text}`,
        states,
        do: async (mark) => {
          await calmly("Shift+C");
          await page.getByRole("dialog").getByRole("textbox").waitFor();
          await page.keyboard.press("End");
          for (const letter of text.slice(comment.length)) {
            await page.keyboard.press(letter);
            mark();
          }
          await page.keyboard.press("Control+Enter");
        },
      };
    }
    case 5:
    case 6:
      if (room === 0 || !touched) return null;
      return one("submit", finished(model, "answer", empty), () => calmly("Enter"));
    case 7:
      if (room === 0 || !touched || dice.below(2) === 0) return null;
      return one("skip", finished(model, "skip", empty), () => calmly("s"));
    default:
      if (model.done.length === 0 || dice.below(2) === 0) return null;
      return one("take back", takenBack(model), () => calmly("Backspace"));
  }
}

/** Where regions are drawn, Escape closes one thing after the other and never leaves. */
export async function letGo(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.keyboard.press("v");
  for (let i = 0; i < 3; i++) await page.keyboard.press("Escape");
}

/** A text typed letter by letter into a field that is found by `focus`; every letter is kept, the visit is one step. */
export function typing<D>(
  name: string,
  model: Model<D>,
  gesture: string,
  text: string,
  before: string,
  put: (doc: D, text: string) => D,
  focus: () => Promise<void>,
  page: Page,
): Step<D> {
  const states: Model<D>[] = [];
  let last = model;
  for (let i = 1; i <= text.length; i++) {
    last = edited(last, put(docOf(model), before + text.slice(0, i)), gesture);
    states.push(last);
  }
  return {
    name: `${name} ${text}`,
    states: [...states, { ...last, open: [{ ...now(last), gesture: null }, ...last.open.slice(1)] }],
    do: async (mark) => {
      await focus();
      await page.keyboard.press("Control+End");
      for (const letter of text) {
        await page.keyboard.press(letter === " " ? "Space" : letter);
        mark();
      }
      await page.keyboard.press("Escape");
      mark();
    },
  };
}

export class Walk<D> {
  readonly tally: Tally = { points: 0, edits: 0, lost: [], young: 0, doubled: [], drafts_ms: [] };
  private model: Model<D>;
  private readonly machine = new Machine();
  private opened: Opened | null = null;
  private readonly trail: string[] = [];

  constructor(
    private readonly server: Server,
    private readonly kind: Modality<D>,
    private readonly dice: Chance,
    /** So many answers and skips may be given before tasks run out. */
    private readonly tasks: number,
  ) {
    this.model = begin(kind.empty);
  }

  private get page(): Page {
    if (!this.opened) throw new Error("the browser is not running");
    return this.opened.page;
  }

  async open(): Promise<void> {
    this.opened ??= await this.launched();
    await this.page.goto(`${this.server.url}/p/${this.kind.project}/label`);
    await this.kind.ready(this.page);
  }

  private async launched(): Promise<Opened> {
    const context = await this.machine.start(this.server.cookies);
    return { context, page: await freshPage(context) };
  }

  async close(): Promise<void> {
    await this.machine.stop();
  }

  /** `decisive`: rather an answer, a skip, or one of them taken back. */
  private next(decisive = false): Step<D> {
    const { page, model, dice, kind } = this;
    const room = this.tasks - model.done.length - model.open.length;
    for (let tries = 0; decisive && tries < 20; tries++) {
      const step = common(page, model, dice, kind, room);
      if (step && DECISIVE.has(step.name)) return step;
    }
    for (;;) {
      const shared = dice.below(3) === 0;
      const step = shared ? common(page, model, dice, kind, room) : kind.step(page, model, dice);
      if (step) return step;
    }
  }

  private async take(step: Step<D>): Promise<void> {
    await this.kind.ready(this.page);
    await step.do(() => undefined);
    this.model = step.states.at(-1) ?? this.model;
    this.tally.edits += 1;
    this.trail.push(step.name);
  }

  /** A few steps, and then one that is cut off: in its middle, or a moment after it. */
  async point(): Promise<void> {
    const { dice } = this;
    this.tally.points += 1;
    for (let left = dice.between(2, 6); left > 0; left--) await this.take(this.next());
    await this.agree([this.model], "before the kill");
    const step = this.next(dice.below(3) === 0);
    await this.kind.ready(this.page);
    const done_ms: number[] = [];
    const work = step.do(() => done_ms.push(performance.now())).catch(() => undefined);
    if (dice.below(2) === 0) await sleep(dice.between(0, 350));
    else {
      await work;
      await sleep(dice.between(0, 160));
    }
    const whole = dice.below(2) === 0;
    const killed_ms = performance.now();
    if (whole) await this.machine.kill();
    else this.machine.killTabs();
    await work;
    this.tally.edits += 1;
    this.trail.push(
      `${step.name} (${done_ms.length}/${step.states.length} done) KILL ${whole ? "browser" : "tab"}`,
    );
    await this.comeBack(whole);
    const sure = done_ms.filter((at) => killed_ms - at >= KEPT_MS).length;
    const begun = done_ms.filter((at) => at <= killed_ms).length;
    const possible = [this.model, ...step.states].map(reopened);
    const alike = await this.agree(possible, `${begun} parts done, ${sure} for long`);
    if (alike === null) return;
    const found = await this.draft(possible, alike);
    if (found < sure) this.tally.lost.push(`${this.story()}: part ${found} of ${sure} is there`);
    else if (found < begun) this.tally.young += 1;
    await this.walkBack();
  }

  private async comeBack(whole: boolean): Promise<void> {
    if (whole || !this.opened) this.opened = await this.launched();
    else this.opened = { ...this.opened, page: await freshPage(this.opened.context) };
    await this.open();
  }

  /** Which of these the screen may show; the fault is noted when it is none, and the walk goes on with another task. */
  private async agree(possible: readonly Model<D>[], when: string): Promise<number[] | null> {
    const wanted = possible.map((model) => JSON.stringify(this.looks(model)));
    let shown = "";
    let found: number[] = [];
    const look = async (): Promise<boolean> => {
      const aside = await asideOf(this.page);
      shown = JSON.stringify({ doc: await this.kind.shown(this.page), ...aside });
      found = wanted.flatMap((each, i) => (each === shown ? [i] : []));
      return found.length > 0;
    };
    try {
      await until(look, SHOWN_MS, when);
      return found;
    } catch {
      this.tally.lost.push(
        `${this.story()}, ${when}: shows ${shown}, not ${[...new Set(wanted)].join(" or ")}`,
      );
      await this.startOver();
      return null;
    }
  }

  private looks(model: Model<D>): unknown {
    const { unclear, comment } = now(model);
    return { doc: this.kind.looks(docOf(model)), unclear, comments: comment === "" ? 0 : 1 };
  }

  private async startOver(): Promise<void> {
    for (const _ of this.model.open) {
      await this.calmly("s");
      this.model = finished(this.model, "skip", this.kind.empty);
    }
    this.model = { ...this.model, open: [blank(this.kind.empty)] };
  }

  /**
   * What was killed before it was sent is sent after it was opened again, without another edit. Not all of a document can
   * be seen: of states that look alike it is the draft that says which one is there.
   */
  private async draft(possible: readonly Model<D>[], alike: readonly number[]): Promise<number> {
    const started = performance.now();
    const latest = alike.at(-1) ?? 0;
    this.model = possible[latest] as Model<D>;
    let found = latest;
    let why: string | null = null;
    const arrived = async (): Promise<boolean> => {
      const view = await this.server.get<{ open_pages: { tasks: WireTask[] }[] }>(
        `projects/${this.kind.project}/workbench`,
      );
      const tasks = view.open_pages.flatMap((page) => page.tasks);
      const task = tasks.find((each) => each.answer === null && !each.skipped);
      for (const i of [...alike].reverse()) {
        const model = possible[i] as Model<D>;
        why = task ? this.kind.differs(task.draft ?? {}, docOf(model)) : "there is no task";
        if (why !== null) continue;
        found = i;
        this.model = model;
        return true;
      }
      return false;
    };
    try {
      await until(arrived, ARRIVED_MS, "the draft on the server");
      this.tally.drafts_ms.push(Math.round(performance.now() - started));
    } catch {
      this.tally.lost.push(`${this.story()}: the draft on the server is another: ${why}`);
    }
    return found;
  }

  /** Every step can still be taken back, and done again. */
  private async walkBack(): Promise<void> {
    const { docs, cursor } = now(this.model);
    const steps = Math.min(cursor, 3);
    for (let i = 0; i < steps; i++) {
      await this.calmly("Control+z");
      this.model = moved(this.model, -1);
      if ((await this.agree([this.model], `undo ${i + 1} after the kill`)) === null) return;
    }
    const back = Math.min(docs.length - 1, cursor) - (cursor - steps);
    for (let i = 0; i < back; i++) {
      await this.calmly("Control+Shift+Z");
      this.model = moved(this.model, 1);
    }
    await this.agree([this.model], "redo after the kill");
  }

  /** Everything that was answered is in the log once, and says what the model says. */
  async settle(): Promise<void> {
    const { server, kind, tally, model } = this;
    await until(() => this.page.getByText("Saved").isVisible(), PATIENCE_MS, "everything saved");
    const log = await server.log(kind.project);
    const said = log.filter((entry) => entry.verb === "answer" || entry.verb === "skip");
    if (said.length !== model.said)
      tally[said.length > model.said ? "doubled" : "lost"].push(
        `${said.length} answers and skips in the log, ${model.said} were given`,
      );
    const taken = new Set(log.filter((entry) => entry.verb === "withdraw").map((entry) => entry.of));
    const standing = said.filter((entry) => !taken.has(entry.seq));
    const tasks = standing.map((entry) => entry.task);
    if (new Set(tasks).size < tasks.length) tally.doubled.push(`tasks answered twice: ${tasks}`);
    for (const [i, done] of model.done.entries()) {
      const entry = standing[i];
      if (!entry || entry.verb !== done.kind) {
        tally.lost.push(`${done.kind} ${i} stands as ${entry?.verb}`);
        continue;
      }
      if (done.kind === "skip") continue;
      const why = kind.differs(entry.fields ?? {}, done.task.docs[done.task.cursor] as D);
      if (why) tally.lost.push(`answer ${i} in the log: ${why}`);
    }
  }

  private async calmly(key: string): Promise<void> {
    await this.kind.bare(this.page);
    await this.page.keyboard.press(key);
  }

  private story(): string {
    return `point ${this.tally.points} [${this.trail.slice(-14).join(", ")}]`;
  }
}

interface WireTask {
  readonly draft: Record<string, unknown> | null;
  readonly answer: unknown;
  readonly skipped: boolean;
}

async function asideOf(page: Page): Promise<{ unclear: boolean; comments: number }> {
  return page.evaluate(() => {
    const buttons = [...document.querySelectorAll(".bench-actions button")];
    const text = buttons.map((button) => button.textContent ?? "").find((each) => each.startsWith("Comment"));
    const unclear = buttons.find((button) => button.textContent === "Unclear");
    return {
      unclear: unclear?.getAttribute("aria-pressed") === "true",
      comments: Number(/\d+/.exec(text ?? "")?.[0] ?? 0),
    };
  });
}
