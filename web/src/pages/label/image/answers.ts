/** Questions about the selected regions, answered by key. */
import type { Field } from "../../../api/types";
import { commands, type Editor, isAsked } from "../../../doc";
import { toggle } from "../../../label/answers";
import { selected } from "../../../tools/tool";

/** An option of a question about the selected regions, chosen or put down; true when one of them is asked it. */
export function answerOfSelection(editor: Editor, field: Field, value: string): boolean {
  const regions = selected(editor).filter((region) => isAsked(field, editor.doc, region));
  const [first] = regions;
  if (!first) return false;
  const after = toggle(field, first.attributes, value)[field.name] ?? null;
  const edit = commands.setAttribute(regions, field.name, after);
  if (edit) editor.dispatch(edit);
  return true;
}
