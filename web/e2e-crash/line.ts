/** A line between browser and server that fails as lines do. */
import { connect, createServer, type Server as Listener, type Socket } from "node:net";

/**
 * `open` carries. `held`: nothing arrives, until it is open again and everything does. `dead`: what was connected never
 * hears anything again; new connections neither, until it is open. `refusing`: connections are torn down. `halved`:
 * requests arrive, of each answer only the first bytes.
 */
export type Mood = "open" | "held" | "dead" | "refusing" | "halved";

const FIRST_BYTES = 60;

interface Wire {
  readonly near: Socket;
  readonly far: Socket;
  isDead: boolean;
  readonly held: [Socket, Buffer][];
}

export class Line {
  private mood: Mood = "open";
  private readonly wires = new Set<Wire>();
  private listener: Listener | null = null;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async lay(to: number): Promise<void> {
    const listener = createServer((near) => this.join(near, to));
    this.listener = listener;
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const address = listener.address();
    if (address && typeof address === "object") this.port = address.port;
  }

  turn(mood: Mood): void {
    this.mood = mood;
    for (const wire of this.wires) {
      if (mood === "dead") wire.isDead = true;
      if (mood === "refusing") end(wire);
      if (mood === "open" && !wire.isDead) for (const [to, bytes] of wire.held.splice(0)) to.write(bytes);
    }
  }

  async cut(): Promise<void> {
    for (const wire of this.wires) end(wire);
    await new Promise((resolve) => this.listener?.close(resolve) ?? resolve(null));
  }

  private join(near: Socket, to: number): void {
    if (this.mood === "refusing") {
      near.destroy();
      return;
    }
    const wire: Wire = { near, far: connect(to, "127.0.0.1"), isDead: this.mood === "dead", held: [] };
    this.wires.add(wire);
    near.on("data", (bytes) => this.carry(wire, wire.far, Buffer.from(bytes)));
    wire.far.on("data", (bytes) => {
      if (this.mood !== "halved") this.carry(wire, near, Buffer.from(bytes));
      else near.write(Buffer.from(bytes).subarray(0, FIRST_BYTES), () => end(wire));
    });
    for (const socket of [near, wire.far]) {
      socket.on("error", () => end(wire));
      socket.on("close", () => {
        // Who is cut off does not learn that the other end has gone.
        if (!wire.isDead && this.mood !== "held") end(wire);
        if (near.destroyed && wire.far.destroyed) this.wires.delete(wire);
      });
    }
  }

  private carry(wire: Wire, to: Socket, bytes: Buffer): void {
    if (wire.isDead) return;
    if (this.mood === "held") wire.held.push([to, bytes]);
    else to.write(bytes);
  }
}

function end({ near, far }: Wire): void {
  near.destroy();
  far.destroy();
}
