/** What comes back from a server, or from something that stands where the server should be. */
import { createServer, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError, callJson } from "../src/api/http";
import { isPassing } from "../src/label/sending";

let server: Server;
let address = "";
let answer: (response: ServerResponse) => void = () => undefined;

beforeAll(async () => {
  server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = server.address();
  if (at && typeof at === "object") address = `http://127.0.0.1:${at.port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const asked = (): Promise<unknown> => callJson(address, { isAwaited: true }).catch((error: unknown) => error);

describe("an answer that is not whole", () => {
  const torn: [string, (response: ServerResponse) => void][] = [
    [
      "cut off in its middle",
      (r) => r.writeHead(200, { "content-length": 100 }).write('{"seq": 1', () => r.destroy()),
    ],
    ["of half its text", (r) => r.writeHead(200).end('{"seq": 1')],
    ["without a text", (r) => r.writeHead(200).end()],
    ["a page to sign in at", (r) => r.writeHead(200, { "content-type": "text/html" }).end("<html></html>")],
    ["no answer at all", (r) => r.destroy()],
    ["the word of a gateway", (r) => r.writeHead(502).end("bad gateway")],
    ["too much asked", (r) => r.writeHead(429).end()],
  ];
  for (const [name, act] of torn)
    it(`${name} is asked for again`, async () => {
      answer = act;
      const error = await asked();
      expect(error).toBeInstanceOf(ApiError);
      expect(isPassing(error as Error)).toBe(true);
    });

  it("a refusal is the server's word", async () => {
    answer = (r) =>
      r.writeHead(409).end(JSON.stringify({ error: { code: "conflict", message: "It is answered." } }));
    const error = await asked();
    expect(error).toMatchObject({ status: 409, code: "conflict", message: "It is answered." });
    expect(isPassing(error as Error)).toBe(false);
    answer = (r) => r.writeHead(200).end('{"seq": 1}');
    expect(await asked()).toEqual({ seq: 1 });
  });
});
