import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL, chosenBy, isPicked, NONE, pick, sizeOf } from "../src/pages/project/table/selection";

const ROWS = Array.from({ length: 8 }, (_, n) => `r${n}`);
const steps = fc.array(fc.tuple(fc.subarray(ROWS), fc.boolean()), { maxLength: 8 });

test("picking is what a plain set does, begun with nothing or with everything", () => {
  fc.assert(
    fc.property(fc.boolean(), steps, (all, made) => {
      let selection = all ? ALL : NONE;
      const model = new Set(all ? ROWS : []);
      for (const [ids, picked] of made) {
        selection = pick(selection, ids, picked);
        for (const id of ids) picked ? model.add(id) : model.delete(id);
      }
      expect(ROWS.filter((id) => isPicked(selection, id))).toEqual(ROWS.filter((id) => model.has(id)));
      expect(sizeOf(selection, ROWS.length)).toBe(model.size);
      const told = chosenBy(selection, null, null);
      if (!("items" in told || "filter" in told)) throw new Error("rows are chosen by name or by filter");
      const meant = "items" in told ? told.items : ROWS.filter((id) => !told.without.includes(id));
      expect(new Set(meant)).toEqual(model);
    }),
  );
});
