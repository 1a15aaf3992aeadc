/** The pages in somebody's hands: the next one fetched ahead, all of them aligned with what the server knows. */
import { serverNow } from "../api/http";
import type { WorkPage } from "../api/types";
import type { WorkbenchApi } from "../api/workbench";
import { isPassing } from "./sending";
import { current, type Event, openPages, type PageState, pageState, type Session, screen } from "./session";

const TICK_MS = 1_000;
const ASK_AGAIN_MS = 5_000;
const GRACE_MS = 1_500;

export interface SupplyPorts {
  readonly api: WorkbenchApi;
  readonly project: string;
  readonly now: () => number;
  readonly notify: (error: Error) => void;
  readonly session: () => Session;
  readonly dispatch: (...events: Event[]) => void;
  /** Commands are on their way to the server. */
  readonly isSending: () => boolean;
  /** What this machine knows of pages that come. */
  readonly recalled: (pages: readonly PageState[]) => Promise<Event[]>;
  /** A page is coming. */
  readonly ahead: (page: WorkPage) => void;
}

export class Supply {
  private filling = false;
  private fillFailed = false;
  private syncing = false;
  private askedAt = 0;
  /** Commands that the server has decided on: tells whether a view is older than what is known. */
  private decisions = 0;
  private ticking: ReturnType<typeof setInterval> | null = null;
  private readonly lostPages = new Set<number>();

  constructor(private readonly ports: SupplyPorts) {}

  start(): void {
    this.ticking ??= setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    if (this.ticking) clearInterval(this.ticking);
    this.ticking = null;
  }

  decided(): void {
    this.decisions += 1;
  }

  /** The server refuses what is said of this page; saying it once is enough. */
  lose(page: number, error: Error): void {
    if (!this.lostPages.has(page)) this.ports.notify(error);
    this.lostPages.add(page);
  }

  /** Aligns clocks and figures with the server, and the tasks too when nothing is on its way. */
  async sync(): Promise<void> {
    if (this.syncing || !this.ticking) return;
    this.syncing = true;
    let again = false;
    try {
      again = await this.align();
    } catch (error) {
      this.failed(error as Error);
    } finally {
      this.syncing = false;
    }
    if (again) await this.sync();
    else await this.fill();
  }

  /** Whether to ask again, because something was decided meanwhile. */
  private async align(): Promise<boolean> {
    const { api, project, session, dispatch, isSending, recalled } = this.ports;
    const asked = this.decisions;
    const view = await api.view(project);
    const lost = this.lostPages.size > 0 || current(session()) === null;
    const kept = lost ? await recalled(view.open_pages.map(pageState)) : [];
    // What the server decided, or somebody did, while it was being asked may not be in its answer yet.
    if (lost && !isSending() && this.decisions === asked) {
      this.lostPages.clear();
      dispatch({ type: "opened", view, undo: session().undo }, ...kept);
      return false;
    }
    dispatch({ type: "view", view });
    return lost && !isSending();
  }

  /** Keeps the page after the current one in hand. */
  async fill(): Promise<void> {
    const { session } = this.ports;
    if (this.filling || !this.ticking || openPages(session()) >= 2) return;
    if (screen(session()).kind === "over" && session().noMore === null) return;
    this.filling = true;
    this.askedAt = this.ports.now();
    let more = false;
    try {
      more = await this.next();
      this.fillFailed = false;
    } catch (error) {
      this.fillFailed = true;
      this.failed(error as Error);
    } finally {
      this.filling = false;
    }
    if (more) await this.fill();
  }

  /** Whether there was another page. */
  private async next(): Promise<boolean> {
    const { api, project, session, dispatch, isSending, recalled, ahead } = this.ports;
    const holding = session().pages.map((page) => page.id);
    const { page, reason, membership } = await api.nextPage(project, holding);
    if (page) {
      ahead(page);
      const kept = await recalled([pageState(page)]);
      dispatch({ type: "page", page, membership }, ...kept);
    }
    // Until the last answer of a page has arrived, the server counts that page as open and hands out no other.
    else if (!isSending()) dispatch({ type: "no-page", reason: reason ?? "done", membership });
    return page !== null;
  }

  private failed(error: Error): void {
    if (!isPassing(error)) this.ports.notify(error);
  }

  private tick(): void {
    const { session, isSending, now } = this.ports;
    const shown = screen(session());
    const mayAsk = now() - this.askedAt > ASK_AGAIN_MS;
    if (shown.kind !== "task") {
      const over = shown.kind === "over" && ["banned", "failed"].includes(shown.reason);
      if (!over && !isSending() && mayAsk) void this.sync();
      return;
    }
    if (this.fillFailed && mayAsk) void this.fill();
    const { due, id } = shown.place.page;
    if (due === null || isSending() || serverNow() <= Date.parse(due) + GRACE_MS) return;
    this.lose(id, new Error("The time of this page ran out. Its open tasks went back to the pool."));
    void this.sync();
  }
}
