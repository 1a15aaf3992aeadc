import type { Field, Schema } from "../src/api/types";

export function field(part: Partial<Field> & Pick<Field, "name" | "kind">): Field {
  return {
    options: [],
    required: true,
    opinion: false,
    title: "",
    minimum: null,
    maximum: null,
    max_length: 1000,
    of: [],
    ...part,
  };
}

export const options = (...values: string[]) => values.map((value) => ({ value, label: value, hotkey: "" }));

export const headline: Schema = {
  fields: [
    field({
      name: "category",
      kind: "choice",
      options: [
        { value: "clickbait", label: "Clickbait", hotkey: "1" },
        { value: "notclickbait", label: "Not clickbait", hotkey: "2" },
      ],
    }),
  ],
  objects: [{ name: "headline", kind: "text", field: "headline", text: "" }],
  references: ["headline"],
};

export const survey: Schema = {
  fields: [
    field({ name: "topics", kind: "choices", options: options("sport", "politics", "science") }),
    field({ name: "tone", kind: "choice", options: options("calm", "loud") }),
    field({ name: "note", kind: "text", required: false }),
  ],
  objects: headline.objects,
  references: ["headline"],
};
