/** What this machine knows of tasks that the server hands out: drafts and steps that are newer than the server's, or the same. */
import type { Fields, Schema } from "../api/types";
import type { DraftKeeper } from "./drafts";
import type { Event, PageState } from "./session";
import type { TaskDocuments } from "./taskDocuments";

/** Events that put drafts of this machine in place of the server's; what the server lacks of them is on its way to it. */
export async function recalled(
  pages: readonly PageState[],
  drafts: DraftKeeper,
  documents: TaskDocuments,
  schema: Schema,
): Promise<Event[]> {
  await documents.prepare(pages);
  const events: Event[] = [];
  for (const page of pages) {
    for (const task of page.tasks) {
      if (task.answer !== null || task.skipped) continue;
      const kept = await drafts.load(task.id, task.draftMs);
      if (kept === null) documents.reconcile(task.id, task.draft, task.schema ?? schema);
      else {
        if (kept.fields) events.push(drafted(page.id, task.id, kept.fields));
        if (kept.at > (task.draftMs ?? 0)) drafts.resume(kept, page.id);
      }
    }
  }
  return events;
}

const drafted = (page: number, task: number, fields: Fields): Event => ({
  type: "draft",
  page,
  task,
  fields,
});
