/** The calls of the workbench: what the labelling engine needs of a server. */
import { callJson, url } from "./http";
import type { AnswerReceipt, Fields, Json, PageGrant, UndoReceipt, WorkbenchView } from "./types";

/** What is said beside an answer; left out where nothing is. */
export interface Besides {
  flags?: string[];
  comments?: { text: string; region: string | null }[];
}

export interface OutlineAsked {
  object: string;
  item: number;
  points: (readonly [number, number])[];
}

export interface WorkbenchApi {
  view(project: string): Promise<WorkbenchView>;
  /** The next page beyond those that this client holds already. */
  nextPage(project: string, holding: readonly number[]): Promise<PageGrant>;
  answer(
    page: number,
    body: { answer_id: string; task: number; fields: Fields; spent_ms: number } & Besides,
  ): Promise<AnswerReceipt>;
  skip(
    page: number,
    body: { answer_id: string; task: number; reason?: string },
  ): Promise<AnswerReceipt | null>;
  undo(body: { answer_id: string }): Promise<UndoReceipt>;
  /** `editedMs`: when, so that what comes late replaces nothing newer. */
  draft(page: number, task: number, fields: Fields, editedMs: number, keepalive?: boolean): Promise<void>;
  release(page: number): Promise<void>;
}

export const workbenchApi: WorkbenchApi = {
  view: (project) => callJson(url(["projects", project, "workbench"]), { isAwaited: true }),
  nextPage: (project, holding) =>
    callJson(url(["projects", project, "pages"]), { method: "POST", json: { holding }, isAwaited: true }),
  answer: (page, body) =>
    callJson(url(["pages", page, "answers"]), {
      method: "POST",
      json: { ...body, sim: null },
      isAwaited: true,
    }),
  skip: (page, body) =>
    callJson(url(["pages", page, "skip"]), { method: "POST", json: body, isAwaited: true }),
  undo: (body) => callJson(url(["undo"]), { method: "POST", json: body, isAwaited: true }),
  draft: async (page, task, fields, editedMs, keepalive = false) => {
    const json = { fields, edited_ms: editedMs };
    await callJson(url(["pages", page, "drafts", task]), { method: "PUT", json, keepalive, isAwaited: true });
  },
  release: async (page) => {
    await callJson(url(["pages", page, "release"]), { method: "POST", json: {} });
  },
};

/** The outline of what lies between its outermost points in an image of a task. */
export const outlineOf = (project: string, task: number, body: OutlineAsked): Promise<{ shape: Json }> =>
  callJson(url(["projects", project, "tasks", task, "outline"]), { method: "POST", json: body });
