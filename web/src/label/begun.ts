/** What a task begins with: what was drafted, else what a model proposes, shown as such. Pure. */
import type { Fields, Schema } from "../api/types";
import { fromFields, type Region, toFields } from "../doc";
import type { Prediction, TaskState } from "./session";

export function begun(task: Pick<TaskState, "draft" | "predictions">, schema: Schema): Fields {
  const [prediction] = task.predictions;
  if (Object.keys(task.draft).length > 0 || !prediction) return task.draft;
  return proposed(prediction, schema);
}

function proposed({ fields, score = null }: Prediction, schema: Schema): Fields {
  const doc = fromFields(fields, schema);
  const regions = doc.regions.map(
    (region): Region => ({ ...region, origin: "prediction", score: region.score ?? score }),
  );
  return toFields({ ...doc, regions }, schema);
}

/** All regions of the answer given last, to be pasted into this task. */
export function regionsBefore(
  undo: readonly { readonly fields: Fields }[],
  schema: Schema,
): readonly Region[] {
  const last = undo.at(-1);
  return last ? fromFields(last.fields, schema).regions : [];
}
