import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Command, type NewCommand, Outbox, type Outcome } from "../src/label/outbox";
import { openStorage } from "../src/label/storage";

/** A server that recognises repeated ids, behind a network that loses requests and answers. */
class Server {
  readonly log: string[] = [];
  constructor(private readonly losses: ("request" | "answer" | "nothing")[]) {}

  async send(command: Command): Promise<Outcome<string>> {
    const loss = this.losses.pop() ?? "nothing";
    await Promise.resolve();
    if (loss === "request") return { kind: "retry", signedOut: false };
    if (!this.log.includes(command.id)) this.log.push(command.id);
    return loss === "answer" ? { kind: "retry", signedOut: false } : { kind: "done", result: command.id };
  }
}

const answer = (id: string): NewCommand => ({
  kind: "answer",
  id,
  project: "p",
  page: 1,
  task: 1,
  fields: { x: id },
  spentMs: 5,
});

function outbox(
  server: Server,
  store: Awaited<ReturnType<typeof openStorage>>["commands"],
  decided: string[],
): Outbox<string> {
  return new Outbox<string>("ann", {
    store,
    send: (command) => server.send(command),
    decided: (command) => decided.push(command.id),
    changed: () => undefined,
    wait: () => new Promise((resolve) => setTimeout(resolve, 0)),
    now: () => 0,
  });
}

async function drained(box: Outbox<string>): Promise<void> {
  for (let i = 0; box.pending.length > 0; i++) {
    if (i > 2000) throw new Error("the outbox never emptied");
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

describe("outbox", () => {
  it("delivers every command exactly once and in order, across lost messages and reloaded tabs", async () => {
    const loss = fc.constantFrom("request", "answer", "nothing");
    await fc.assert(
      fc.asyncProperty(
        fc.array(loss, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
        async (losses, tabs) => {
          const server = new Server([...losses] as never);
          const storage = await openStorage(new IDBFactory());
          const ids: string[] = [];
          for (const [t, count] of tabs.entries()) {
            const tab = outbox(server, storage.commands, []);
            await tab.restore();
            for (let i = 0; i < count; i++) {
              ids.push(`${t}-${i}`);
              await tab.enqueue(answer(`${t}-${i}`));
            }
            tab.close(); // the tab dies with whatever it had not sent
          }
          const last = outbox(server, storage.commands, []);
          await last.restore();
          last.kick();
          await drained(last);
          expect(server.log).toEqual(ids);
          expect(await storage.commands.all()).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("tells once of every decision, and goes on after a refusal", async () => {
    const storage = await openStorage(new IDBFactory());
    const decided: string[] = [];
    const box = new Outbox<string>("ann", {
      store: storage.commands,
      send: async (c) =>
        c.id === "b" ? { kind: "rejected", error: new Error("no") } : { kind: "done", result: c.id },
      decided: (command, outcome) => decided.push(`${command.id} ${outcome.kind}`),
      changed: () => undefined,
      wait: async () => undefined,
      now: () => 0,
    });
    for (const id of ["a", "b", "c"]) await box.enqueue(answer(id));
    await drained(box);
    expect(decided).toEqual(["a done", "b rejected", "c done"]);
  });

  it("sends only what the signed-in person did", async () => {
    const storage = await openStorage(new IDBFactory());
    await storage.commands.add({ ...answer("of-bob"), user: "bob", order: 1 } as Command);
    const server = new Server([]);
    const box = outbox(server, storage.commands, []);
    await box.restore();
    box.kick();
    await drained(box);
    expect(server.log).toEqual([]);
    expect((await storage.commands.all()).map((c) => c.id)).toEqual(["of-bob"]);
  });

  it("waits between tries and is woken when the network returns", async () => {
    const storage = await openStorage(new IDBFactory());
    let online = false;
    const box = new Outbox<string>("ann", {
      store: storage.commands,
      send: async (c) => (online ? { kind: "done", result: c.id } : { kind: "retry", signedOut: false }),
      decided: () => undefined,
      changed: () => undefined,
      wait: () => new Promise(() => undefined), // never ends by itself
      now: () => 0,
    });
    await box.enqueue(answer("a"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(box.state).toBe("waiting");
    online = true;
    box.kick();
    await drained(box);
  });

  it("writes commands in their order though the first takes long, and leaves nothing of them behind", async () => {
    const storage = await openStorage(new IDBFactory());
    const server = new Server([]);
    const box = outbox(server, storage.commands, []);
    let ready = (): void => undefined;
    const large = box.enqueue(answer("large"), undefined, new Promise((resolve) => (ready = resolve)));
    const after = box.enqueue(answer("after"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(server.log).toEqual([]);
    ready();
    await Promise.all([large, after]);
    await drained(box);
    expect(server.log).toEqual(["large", "after"]);
    expect(await storage.commands.all()).toEqual([]);
  });

  it("sends what the disk refuses to keep, and says so", async () => {
    const storage = await openStorage(new IDBFactory());
    const server = new Server([]);
    const full = { ...storage.commands, add: () => Promise.reject(new Error("the disk is full")) };
    const box = outbox(server, full, []);
    await expect(box.enqueue(answer("a"))).rejects.toThrow("full");
    await drained(box);
    expect(server.log).toEqual(["a"]);
  });
});

describe("storage", () => {
  const draft = { key: "ann/1", page: 1, task: 1, fields: { note: "a" }, at: 5 };

  it("keeps a command with all that comes with it, or nothing of it", async () => {
    const { commands, drafts, undo } = await openStorage(new IDBFactory());
    await drafts.put(draft);
    const command = { ...answer("a"), user: "ann", order: 1 } as Command;
    const broken = { ...command, fields: { x: (() => 1) as never } };
    await expect(commands.add(broken, { undo: [], drop: [draft.key], keep: [] })).rejects.toThrow();
    expect([await drafts.get(draft.key), await commands.all()]).toEqual([draft, []]);
    const other = { ...draft, key: "ann/2" };
    const entry = { answerId: "a" } as never;
    await commands.add(command, { undo: [entry], drop: [draft.key], keep: [other] });
    expect(await drafts.get(draft.key)).toBeUndefined();
    expect(await drafts.get(other.key)).toEqual(other);
    expect(await undo.load("ann", "p")).toEqual([entry]);
  });

  it("finds by task what was kept by page and task before", async () => {
    const factory = new IDBFactory();
    const before = await new Promise<IDBDatabase>((resolve) => {
      const request = factory.open("recension.workbench", 2);
      request.onupgradeneeded = () => {
        const db = request.result;
        db.createObjectStore("commands", { keyPath: "id" });
        db.createObjectStore("drafts", { keyPath: "key" });
        db.createObjectStore("undo");
        db.createObjectStore("histories", { keyPath: "key" }).createIndex("at", "at");
        db.createObjectStore("steps");
      };
      request.onsuccess = () => resolve(request.result);
    });
    const step = { edit: { kind: "batch", edits: [] }, inverse: { kind: "batch", edits: [] } };
    const writing = before.transaction(["drafts", "histories", "steps"], "readwrite");
    writing.objectStore("drafts").put({ key: "ann/4/1", page: 4, task: 1, fields: { note: "a" } });
    writing.objectStore("drafts").put({ key: "ann/4/1#aside", page: 4, task: 1, fields: { unclear: true } });
    writing.objectStore("histories").put({ key: "ann/4/1", base: {}, at: 1 });
    writing.objectStore("steps").put(1, ["ann/4/1", -1]);
    writing.objectStore("steps").put(step, ["ann/4/1", 0]);
    await new Promise((resolve) => {
      writing.oncomplete = resolve;
    });
    before.close();
    const { drafts, histories } = await openStorage(factory);
    expect(await drafts.get("ann/1")).toMatchObject({ page: 4, task: 1, fields: { note: "a" } });
    expect(await drafts.get("ann/1#aside")).toMatchObject({ fields: { unclear: true } });
    expect(await drafts.get("ann/4/1")).toBeUndefined();
    expect(await histories.load("ann/1")).toEqual({ base: {}, history: { steps: [step], cursor: 1 } });
  });
});
