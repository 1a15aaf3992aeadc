/** Time that a task was on the screen, without the time in which its tab was hidden. */
export class Stopwatch {
  private readonly spent = new Map<string, number>();
  private running: { key: string; since: number } | null = null;
  private hidden = false;

  constructor(private readonly now: () => number) {}

  /** The task `key` is on the screen from now on; the time of the one before it stands still. */
  show(key: string | null): void {
    if (this.running?.key === key && key !== null) return;
    this.stop();
    if (key === null) return;
    if (this.hidden) this.running = { key, since: Number.NaN };
    else this.running = { key, since: this.now() };
  }

  hide(hidden: boolean): void {
    if (hidden === this.hidden) return;
    const key = this.running?.key ?? null;
    this.stop();
    this.hidden = hidden;
    this.show(key);
  }

  elapsed(key: string): number {
    const earlier = this.spent.get(key) ?? 0;
    const live =
      this.running?.key === key && !Number.isNaN(this.running.since) ? this.now() - this.running.since : 0;
    return Math.round(earlier + live);
  }

  private stop(): void {
    if (this.running && !Number.isNaN(this.running.since)) {
      this.spent.set(this.running.key, this.elapsed(this.running.key));
    }
    this.running = null;
  }
}
