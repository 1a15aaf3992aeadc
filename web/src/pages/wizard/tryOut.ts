/** The workbench on one item that nobody will answer: it works as ever, and nothing leaves the page. */
import type { Sample } from "../../api/projectDrafts";
import type { AnswerReceipt, Fields, Json, Schema, WorkbenchView } from "../../api/types";
import { type WorkbenchApi, workbenchApi } from "../../api/workbench";
import { newId } from "../../label/ids";
import { forgetfulStorage } from "../../label/storage";
import { Workbench } from "../../label/workbench";
import { sayError } from "../../ui/toasts";

const MEMBER = { state: "working", reason: "" } as const;
const NOTHING = { amount: "0", currency: "" };

export interface TriedTask {
  readonly title: string;
  readonly guideline: string;
  readonly schema: Schema;
  readonly sample: Sample;
  /** What was given before the config changed, as far as it still can be. */
  readonly draft: Fields;
}

export function tryOut(task: TriedTask, onAnswer: (fields: Fields) => void, onSkip: () => void): Workbench {
  return new Workbench({
    api: bench(viewOf(task), onAnswer, onSkip),
    storage: forgetfulStorage(),
    user: "preview",
    project: "preview",
    newId,
    now: () => performance.now(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    notify: sayError,
  });
}

function viewOf({ title, guideline, schema, sample, draft }: TriedTask): WorkbenchView {
  const { data, media } = sample;
  const shown = { id: 1, position: 0, data, media, draft, answer: null, skipped: false };
  return {
    title,
    state: "open",
    guideline,
    schema,
    membership: MEMBER,
    progress: { answered: 0, pages: 0, earned: NOTHING },
    open_pages: [
      {
        id: 1,
        kind: "work",
        due: null,
        clock_started: true,
        reward: NOTHING,
        tasks: [{ ...shown, schema: sample.schema, predictions: [], returned: null }],
      },
    ],
  } as unknown as WorkbenchView;
}

function bench(view: WorkbenchView, onAnswer: (fields: Fields) => void, onSkip: () => void): WorkbenchApi {
  const receipt: AnswerReceipt = {
    seq: 0,
    page_done: true,
    correct: null,
    expected: null,
    hint: null,
    membership: MEMBER,
    earned: NOTHING,
  };
  return {
    ...workbenchApi,
    view: async () => view,
    nextPage: async () => ({ page: null, reason: "wait", membership: MEMBER }),
    answer: async (_, { fields }) => {
      onAnswer(fields);
      return receipt;
    },
    skip: async () => {
      onSkip();
      return receipt;
    },
    undo: async () => {
      throw new Error("There is nothing to take back.");
    },
    draft: async () => undefined,
    release: async () => undefined,
  };
}

const isRegion = (value: Json): value is { id: string; labels: Json[]; shape: { type: string } } =>
  value !== null &&
  typeof value === "object" &&
  !Array.isArray(value) &&
  "shape" in value &&
  "labels" in value;

/** Of an answer to an older config what a newer one could still take: answers whose labels are all there. */
export function stillFits(fields: Fields, schema: Schema): Fields {
  const kept: Fields = {};
  for (const field of schema.fields) {
    const value = fields[field.name];
    if (value === undefined || value === null || field.per_region) continue;
    const known = new Set(field.options.map((option) => option.value));
    if (field.kind === "regions" && Array.isArray(value)) {
      const fitting = value.filter(
        (each) =>
          isRegion(each) &&
          field.shapes?.includes(each.shape.type) &&
          each.labels.every((label) => known.has(String(label))),
      );
      if (fitting.length > 0)
        kept[field.name] = fitting.map((each) => ({ ...(each as object), attributes: {} }) as Json);
    } else if (
      field.kind === "choice" ? known.has(String(value)) : field.kind === "text" && typeof value === "string"
    ) {
      kept[field.name] = value;
    }
  }
  return kept;
}
