/** What a task begins with: what was drafted, else what a model proposes, shown as such. Pure. */
import type { Fields, Json, Schema } from "../api/types";
import { fromFields, type Region } from "../doc";
import type { Prediction, TaskState } from "./session";

export type BegunTask = Pick<TaskState, "draft" | "predictions">;

export function begun(task: BegunTask, schema: Schema): Fields {
  const [prediction] = task.predictions;
  if (Object.keys(task.draft).length > 0 || !prediction) return task.draft;
  return proposed(prediction, schema);
}

function proposed({ fields, score }: Prediction, schema: Schema): Fields {
  const started = { ...fields };
  for (const { name, kind } of schema.fields) {
    const regions = fields[name];
    if (kind !== "regions" || !Array.isArray(regions)) continue;
    started[name] = (regions as Record<string, Json>[]).map((region) => {
      const own = region.score ?? score;
      return { ...region, origin: "prediction", ...(typeof own === "number" && { score: own }) };
    });
  }
  return started;
}

/** All regions of the answer given last, to be pasted into this task. */
export function regionsBefore(
  undo: readonly { readonly fields: Fields }[],
  schema: Schema,
): readonly Region[] {
  const last = undo.at(-1);
  return last ? fromFields(last.fields, schema).regions : [];
}
