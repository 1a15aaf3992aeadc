/** The addresses of the API over the fixture's answers; anything else is left to Vite. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError } from "../src/api/http";
import * as cells from "./cells";
import { Crowd, type CrowdOptions } from "./crowd";
import * as fixture from "./fixture";
import * as texts from "./texts";

type Next = () => void;

async function bodyOf(request: IncomingMessage): Promise<Record<string, never>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text.startsWith("{") ? JSON.parse(text) : {};
}

export function fixtureMiddleware() {
  const crowds = openCrowds();
  return async (request: IncomingMessage, response: ServerResponse, next: Next): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://fixture");
    const image = cells.sample(url.pathname);
    if (image) {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.end(image);
      return;
    }
    if (!url.pathname.startsWith("/api/v1/")) return next();
    if (url.pathname.endsWith("/events")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("retry: 1000\n\n");
      return;
    }
    const parts = url.pathname.slice("/api/v1/".length).split("/").map(decodeURIComponent);
    try {
      const answer = await route(
        crowds,
        request.method ?? "GET",
        parts,
        url.searchParams,
        await bodyOf(request),
      );
      const text = typeof answer === "string" ? answer : JSON.stringify(answer ?? null);
      response.writeHead(200, {
        "content-type": typeof answer === "string" ? "text/plain" : "application/json",
      });
      response.end(text);
    } catch (error) {
      const { status, code, message, where, hint } = error as ApiError;
      response.writeHead(status || 500, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { code, message, where, hint } }));
    }
  };
}

/** A thousand pages for each project: by its number a page is known to be one of its own. */
const PAGES = 1_000;
const MANY = [1_000, 5_000, 20_000];
type Crowds = readonly (readonly [string, Crowd])[];

function openCrowds(): Crowds {
  const projects: [string, CrowdOptions][] = [
    ["clickbait", fixture.crowd],
    ["cells", cells.crowd],
    ["tweets", texts.tweets],
    ["book", texts.book(50_000, 2_000)],
    ["related", texts.book(50_000, 2_000, 500)],
    ...MANY.map((count): [string, CrowdOptions] => [`many-${count}`, cells.many(count)]),
  ];
  return projects.map(([name, options], i) => [name, new Crowd(options, i * PAGES + 1)]);
}

/** The crowd that a page, an answer or a project belongs to. */
function crowdOf(crowds: Crowds, [kind, id]: string[], body: { answer_id?: string }): Crowd {
  const found = crowds.find(([name, crowd], i) => {
    if (kind === "projects") return name === id;
    if (kind === "undo") return crowd.log.some((entry) => entry.id === body.answer_id);
    return Math.floor((Number(id) - 1) / PAGES) === i;
  });
  return (found ?? crowds[0])?.[1] as Crowd;
}

async function route(
  crowds: Crowds,
  method: string,
  parts: string[],
  query: URLSearchParams,
  body: Record<string, never>,
): Promise<unknown> {
  const [kind, id, sub, more] = parts;
  const crowd = crowdOf(crowds, parts, body);
  const page = Number(id);
  if (kind === "pages" && sub === "answers") return crowd.answer(page, body as never);
  if (kind === "pages" && sub === "skip") return crowd.skip(page, body as never);
  if (kind === "pages" && sub === "drafts")
    return crowd.draft(page, Number(more), body.fields as never, Number(body.edited_ms));
  if (kind === "pages" && sub === "release") return crowd.release(page);
  if (kind === "undo") return crowd.undo(body as never);
  if (kind === "projects" && sub === "workbench") return crowd.view();
  if (kind === "projects" && sub === "pages") return crowd.nextPage(id ?? "", (body.holding ?? []) as never);
  if (method !== "GET") return {};
  const found = fixture.read(parts.join("/"), query);
  if (found === undefined)
    throw new ApiError(404, "not_found", `there is nothing at ${parts.join("/")}`, parts.join("/"), null);
  return found;
}
