/** Things kept up to so many bytes: what was not used for longest goes first. */

interface Held<T> {
  readonly thing: T;
  readonly bytes: number;
}

export class ByteShelf<T> {
  /** A map keeps its order: the least used is at its beginning. */
  private readonly held = new Map<string, Held<T>>();
  private bytes = 0;

  constructor(
    private readonly most: number,
    private readonly stays: (name: string) => boolean = () => false,
  ) {}

  get(name: string): T | null {
    const found = this.held.get(name);
    if (!found) return null;
    this.held.delete(name);
    this.held.set(name, found);
    return found.thing;
  }

  /** Keeps a thing; gives those that had to go for it. */
  put(name: string, thing: T, bytes: number): T[] {
    const gone: T[] = [];
    const before = this.held.get(name);
    if (before) gone.push(this.take(name, before));
    this.held.set(name, { thing, bytes });
    this.bytes += bytes;
    for (const [each, old] of this.held) {
      if (this.bytes <= this.most) break;
      if (each !== name && !this.stays(each)) gone.push(this.take(each, old));
    }
    return gone;
  }

  clear(each: (thing: T) => void): void {
    for (const { thing } of this.held.values()) each(thing);
    this.held.clear();
    this.bytes = 0;
  }

  private take(name: string, { thing, bytes }: Held<T>): T {
    this.held.delete(name);
    this.bytes -= bytes;
    return thing;
  }
}
