/** Questions about the selected regions, answered by key. */
import type { Field, Json } from "../../../api/types";
import { commands, type Editor, isAsked } from "../../../doc";
import { selected } from "../../../tools/tool";

/** An answer to a question about the selected regions; true when one of them is asked it. */
export function answerOfSelection(editor: Editor, field: Field, toValue: (before: Json) => Json): boolean {
  const regions = selected(editor).filter((region) => isAsked(field, editor.doc, region));
  const [first] = regions;
  if (!first) return false;
  const edit = commands.setAttribute(regions, field.name, toValue(first.attributes[field.name] ?? null));
  if (edit) editor.dispatch(edit);
  return true;
}
