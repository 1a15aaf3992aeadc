/**
 * What people did, on its way to the server: in order, kept on disk until acknowledged, resent under the same id.
 * The server recognises a repeated id, so that together they apply every command exactly once.
 */
import type { Fields } from "../api/types";
import type { Aside } from "./aside";
import type { UndoEntry } from "./session";
import type { Beside } from "./storage";

interface Address {
  /** The client's id of this command. */
  readonly id: string;
  /** Order of sending; grows with time within a browser. */
  readonly order: number;
  readonly user: string;
  readonly project: string;
  readonly page: number;
  readonly task: number;
}
export type Command =
  | (Address & {
      readonly kind: "answer";
      readonly fields: Fields;
      readonly spentMs: number;
      readonly aside?: Aside;
    })
  | (Address & { readonly kind: "skip"; readonly reason?: string; readonly aside?: Aside })
  | (Address & { readonly kind: "undo"; readonly entry: UndoEntry });

/** A command before it has its place in the queue. */
type WithoutOrder<C> = C extends Command ? Omit<C, "order" | "user"> : never;
export type NewCommand = WithoutOrder<Command>;

export interface CommandStore {
  add(command: Command, beside?: Beside): Promise<void>;
  remove(id: string): Promise<void>;
  all(): Promise<Command[]>;
}

/** `retry`: the server was not reached or not ready. `rejected`: it understood and said no; asking again is useless. */
export type Outcome<R> =
  | { readonly kind: "done"; readonly result: R }
  | { readonly kind: "retry"; readonly signedOut: boolean }
  | { readonly kind: "rejected"; readonly error: Error };

export type OutboxState = "idle" | "sending" | "waiting" | "signed-out";

export interface OutboxPorts<R> {
  readonly store: CommandStore;
  readonly send: (command: Command) => Promise<Outcome<R>>;
  /** Told once per command, in order, when the server has decided on it. */
  readonly decided: (command: Command, outcome: Exclude<Outcome<R>, { kind: "retry" }>) => void;
  readonly changed: () => void;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;
/** From then on somebody who waits is told that the server is silent. */
const SLOW_MS = 4_000;

export class Outbox<R> {
  state: OutboxState = "idle";
  private queue: Command[] = [];
  private running: Promise<void> | null = null;
  private closed = false;
  private wake: (() => void) | null = null;
  /** Commands that this machine keeps; no other is sent. */
  private readonly kept = new Set<string>();
  /** Done when the writing of every command so far has begun; null when it has. */
  private begun: Promise<void> | null = null;

  constructor(
    private readonly user: string,
    private readonly ports: OutboxPorts<R>,
  ) {}

  /** Commands that the server has not acknowledged, in order. */
  get pending(): readonly Command[] {
    return this.queue;
  }

  /** Takes up what an earlier tab or a crash left behind. */
  async restore(): Promise<readonly Command[]> {
    const stored = (await this.ports.store.all()).filter((command) => command.user === this.user);
    const known = new Set(this.queue.map((command) => command.id));
    for (const { id } of stored) this.kept.add(id);
    this.queue = [...stored.filter((c) => !known.has(c.id)), ...this.queue].sort((a, b) => a.order - b.order);
    return this.queue;
  }

  /**
   * Queues one command; it is on disk, with what is beside it, when the promise resolves. Nobody needs to wait for that
   * before painting; a large one may itself wait for `ready`, as long as what it says can be found elsewhere on this
   * machine.
   */
  async enqueue(command: NewCommand, beside?: Beside, ready?: Promise<void>): Promise<void> {
    const last = this.queue.at(-1)?.order ?? 0;
    const full = { ...command, user: this.user, order: Math.max(last + 1, this.ports.now()) } as Command;
    this.queue = [...this.queue, full];
    this.ports.changed();
    const { begun, written } = this.write(full, beside, ready);
    this.begun = begun;
    try {
      await written;
    } finally {
      if (this.begun === begun) this.begun = null;
      // Should the disk refuse, it is still sent from here.
      this.kept.add(full.id);
      this.kick();
    }
  }

  /**
   * Writing begins in this very tick, unless this command or one before it waits to be ready: they are written in their
   * order, so that what is beside an earlier one undoes nothing of a later one.
   */
  private write(
    command: Command,
    beside: Beside | undefined,
    ready: Promise<void> | undefined,
  ): { begun: Promise<void> | null; written: Promise<void> } {
    const add = () => this.ports.store.add(command, beside);
    if (!ready && !this.begun) return { begun: null, written: add() };
    const begun = Promise.all([ready, this.begun]).then(() => undefined);
    return { begun, written: begun.then(add) };
  }

  /** Sends now what is waiting, for instance when the network came back. */
  kick(): void {
    this.wake?.();
    if (this.closed || this.running || !this.next()) return;
    this.running = this.run().finally(() => {
      this.running = null;
      this.kick();
    });
  }

  private next(): Command | undefined {
    const [head] = this.queue;
    return head && this.kept.has(head.id) ? head : undefined;
  }

  close(): void {
    this.closed = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    let pause = FIRST_WAIT_MS;
    for (let head = this.next(); head && !this.closed; head = this.next()) {
      this.enter(this.state === "idle" ? "sending" : this.state);
      const outcome = await this.sent(head);
      if (this.closed) return;
      if (outcome.kind === "retry") {
        this.enter(outcome.signedOut ? "signed-out" : "waiting");
        await this.sleep(pause);
        pause = Math.min(pause * 2, LONGEST_WAIT_MS);
        continue;
      }
      pause = FIRST_WAIT_MS;
      await this.ports.store.remove(head.id);
      this.queue = this.queue.filter((command) => command !== head);
      this.enter("sending");
      this.ports.decided(head, outcome);
    }
    if (!this.closed && this.queue.length === 0) this.enter("idle");
  }

  /** Says so when the server takes long: an answer may hang for as long as a request lives. */
  private async sent(command: Command): Promise<Outcome<R>> {
    const sending = this.ports.send(command);
    let decided = false;
    void sending.finally(() => {
      decided = true;
    });
    void this.ports.wait(SLOW_MS).then(() => {
      if (!decided && !this.closed && this.state === "sending") this.enter("waiting");
    });
    return sending;
  }

  private async sleep(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([this.ports.wait(ms), woken]);
    this.wake = null;
  }

  private enter(state: OutboxState): void {
    this.state = state;
    this.ports.changed();
  }
}
