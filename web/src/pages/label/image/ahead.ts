/** The first picture is fetched and decoded while the screen around it is still being made. */
import type { Schema } from "../../../api/types";
import { PictureShelf } from "../../../canvas";
import { imagesOf } from "../../../label/media";
import type { TaskState } from "../../../label/session";

let begun: PictureShelf | null = null;

export function begin(schema: Schema, task: TaskState): void {
  begun?.close();
  begun = new PictureShelf();
  begun.keep(
    imagesOf(schema, task)
      .slice(0, 1)
      .map(({ media }) => media),
  );
}

/** What was begun, for whoever shows it. */
export function takeBegun(): PictureShelf | null {
  const taken = begun;
  begun = null;
  return taken;
}
