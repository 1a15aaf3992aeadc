/** Where the images of a task are: as the server says, else as the data itself names them. */
import type { Json, ObjectTag, Schema } from "../api/types";
import type { Media } from "../canvas/picture";
import type { TaskState } from "./session";

export interface TaskImage {
  readonly object: string;
  readonly item: number;
  readonly media: Media;
}

/** The images that regions are drawn on, in the order of the screen. */
export function imagesOf(schema: Schema, task: Pick<TaskState, "data" | "media">): TaskImage[] {
  return imageObjects(schema).flatMap((object) =>
    mediaOf(object, task).map((media, item) => ({ object: object.name, item, media })),
  );
}

export function imageObjects(schema: Schema): ObjectTag[] {
  const marked = schema.fields.filter((field) => field.kind === "regions").flatMap((field) => field.of);
  const images = schema.objects.filter((object) => object.kind === "image");
  return images.filter((object) => marked.length === 0 || marked.includes(object.name));
}

/** True where the canvas is the place of work. */
export const drawsOnImages = (schema: Schema): boolean =>
  schema.fields.some((field) => field.kind === "regions") && imageObjects(schema).length > 0;

/** The media that one object shows; of several images all of them. */
export function mediaOf(object: ObjectTag, { data, media }: Pick<TaskState, "data" | "media">): Media[] {
  const known = media[object.field];
  if (Array.isArray(known)) return known.filter((each) => each !== null);
  if (known) return [known as Media];
  const value: Json | undefined = data[object.field];
  const urls = Array.isArray(value) ? value : [value];
  return urls.flatMap((url) => (typeof url === "string" && url !== "" ? [{ url }] : []));
}
