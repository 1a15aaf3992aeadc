/** Commands as calls: how each is sent, what a failure means for it, and what it does to the screen after a reload. */
import { ApiError } from "../api/http";
import type { AnswerReceipt, UndoReceipt } from "../api/types";
import type { WorkbenchApi } from "../api/workbench";
import { type Aside, besides } from "./aside";
import type { Command, Outcome } from "./outbox";
import type { Event } from "./session";

export type Receipt =
  | { readonly kind: "answer"; readonly receipt: AnswerReceipt }
  | { readonly kind: "skip"; readonly receipt: AnswerReceipt | null }
  | { readonly kind: "undo"; readonly receipt: UndoReceipt };

export function sender(api: WorkbenchApi): (command: Command) => Promise<Outcome<Receipt>> {
  return async (command) => {
    try {
      return { kind: "done", result: await sent(api, command) };
    } catch (error) {
      return verdictOn(error as Error);
    }
  };
}

async function sent(api: WorkbenchApi, command: Command): Promise<Receipt> {
  switch (command.kind) {
    case "answer": {
      const { id, task, fields, spentMs } = command;
      const body = { answer_id: id, task, fields, spent_ms: spentMs, ...besides(command.aside) };
      return { kind: "answer", receipt: await api.answer(command.page, body) };
    }
    case "skip":
      return {
        kind: "skip",
        receipt: await api.skip(command.page, {
          answer_id: command.id,
          task: command.task,
          ...(command.reason !== undefined && { reason: command.reason }),
        }),
      };
    case "undo":
      return { kind: "undo", receipt: await api.undo({ answer_id: command.entry.answerId }) };
  }
}

/** What the screen shows of a command that is not acknowledged yet. */
export function replay(command: Command): Event {
  const { page, task } = command;
  switch (command.kind) {
    case "answer":
      return { type: "answer", answerId: command.id, page, task, fields: command.fields, ...said(command) };
    case "skip":
      return { type: "skip", answerId: command.id, page, task, ...said(command) };
    case "undo":
      return { type: "undo", entry: command.entry };
  }
}

const said = ({ aside }: { readonly aside?: Aside }) => (aside ? { aside } : {});

const PASSING: ReadonlySet<number> = new Set([0, 408, 425, 429]);

/** Trouble that goes away by itself: no network, a restarting or busy server. */
export function isPassing(error: Error): boolean {
  return error instanceof ApiError && (PASSING.has(error.status) || error.status >= 500);
}

function verdictOn(error: Error): Outcome<never> {
  const signedOut = error instanceof ApiError && error.status === 401;
  return signedOut || isPassing(error) ? { kind: "retry", signedOut } : { kind: "rejected", error };
}
