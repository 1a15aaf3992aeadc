/** Named character references, from the browser's own table. */
import type { Named } from "./plainText";

const known = new Map<string, ReturnType<Named>>();

export const browserNamed: Named = (name) => {
  let found = known.get(name);
  if (found === undefined) {
    found = look(name);
    known.set(name, found);
  }
  return found;
};

/** A text area takes references and nothing else of HTML: nothing in it is ever an element. */
function look(name: string): ReturnType<Named> {
  const area = document.createElement("textarea");
  area.innerHTML = `&${name}`;
  const text = area.textContent ?? "";
  return text === `&${name}` ? null : { text, length: name.length };
}
