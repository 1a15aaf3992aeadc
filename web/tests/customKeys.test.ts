import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ALL_COMMANDS, type CustomKeys, commandEntry } from "../src/label/keymap";
import { mergedKeys } from "../src/pages/label/customKeys";

const VECTORS = join(import.meta.dirname, "..", "..", "tests", "vectors", "commands.json");
const keys = fc.dictionary(fc.constantFrom("skip", "help", "box", "copy"), fc.constantFrom("x", "y", "z"));
const names = fc.subarray(["skip", "help", "box", "copy"]);

test("the table of commands is the server's", () => {
  const told = Object.keys(ALL_COMMANDS).map((name) => {
    const { title, keys: own, group, fixed } = commandEntry(name as keyof typeof ALL_COMMANDS);
    return { name, group, title, keys: own, fixed: fixed ?? false };
  });
  expect(told).toEqual(JSON.parse(readFileSync(VECTORS, "utf8")));
});

test("what was changed here stands over what the account has, and nothing else does", () => {
  fc.assert(
    fc.property(keys, keys, names, (account, here, waiting) => {
      const merged = mergedKeys(account as CustomKeys, here as CustomKeys, waiting) as Record<string, string>;
      for (const name of ["skip", "help", "box", "copy"])
        expect(merged[name]).toBe((waiting.includes(name) ? here : account)[name]);
    }),
  );
});
