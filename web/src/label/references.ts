/** Paths into a task's data, as a schema names them: `text`, `a.b`, `turns[2].text`. The server's rules. */
import type { Json } from "../api/types";

type Data = Readonly<Record<string, Json>>;
const STEP = /([^.[\]]+)|\[(\d+)\]/g;

/** What stands at a path; undefined when nothing does. A field whose name holds dots comes before a path. */
export function lookUp(data: Data, path: string): Json | undefined {
  const root = path.split("[", 1)[0] ?? "";
  const first = root.split(".", 1)[0] ?? "";
  const name = root in data ? root : first;
  if (!(name in data)) return undefined;
  let value: Json | undefined = data[name];
  for (const [, key, index] of path.slice(name.length).matchAll(STEP)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else if (value !== null && typeof value === "object" && !Array.isArray(value)) value = value[key ?? ""];
    else return undefined;
  }
  return value;
}
