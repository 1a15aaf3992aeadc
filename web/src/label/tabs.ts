/**
 * One tab works on a project at a time, the others look on: two would give the same answers twice over each other. The
 * tab that holds a project answers every newcomer; a newcomer that hears nothing holds it. Taking over is said aloud, and
 * whoever held it lets go.
 */
type Message =
  | { readonly kind: "here?"; readonly from: string }
  | { readonly kind: "held"; readonly from: string; readonly to: string }
  /** `taken`: by a person's word, not because nobody answered. */
  | { readonly kind: "mine"; readonly from: string; readonly taken: boolean };

export type Hold = "asking" | "held" | "elsewhere";

export interface TabPorts {
  readonly id: string;
  readonly open: () => BroadcastChannel;
  readonly wait: (ms: number) => Promise<void>;
  readonly changed: (hold: Hold) => void;
}

/** Longer than a tab needs to answer, shorter than anybody notices. One too busy to answer hears that it was taken over. */
const ANSWER_MS = 60;

export class TabHold {
  private hold: Hold = "asking";
  private readonly channel: BroadcastChannel;
  private closed = false;

  constructor(private readonly ports: TabPorts) {
    this.channel = ports.open();
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
  }

  async ask(): Promise<void> {
    this.channel.postMessage({ kind: "here?", from: this.ports.id });
    await this.ports.wait(ANSWER_MS);
    if (this.hold === "asking") this.claim(false);
  }

  /** This tab works from now on; the one that did looks on. */
  take(): void {
    this.claim(true);
  }

  private claim(taken: boolean): void {
    if (this.closed) return;
    this.enter("held");
    this.channel.postMessage({ kind: "mine", from: this.ports.id, taken });
  }

  close(): void {
    this.closed = true;
    this.channel.close();
  }

  private hear(message: Message): void {
    const isFirst = this.ports.id < message.from;
    switch (message.kind) {
      case "here?":
        // Of two that ask at once, one is first by name.
        if (this.hold === "held" || (this.hold === "asking" && isFirst))
          this.channel.postMessage({ kind: "held", from: this.ports.id, to: message.from });
        return;
      case "held":
        // What another newcomer is told says nothing about this one: it may be first among all.
        if (this.hold === "asking" && message.to === this.ports.id) this.enter("elsewhere");
        return;
      case "mine":
        // Both were too busy to hear each other ask: the first stays, and says so.
        if (this.hold === "held" && !message.taken && isFirst) this.claim(false);
        else this.enter("elsewhere");
    }
  }

  private enter(hold: Hold): void {
    if (hold === this.hold || this.closed) return;
    this.hold = hold;
    this.ports.changed(hold);
  }
}
