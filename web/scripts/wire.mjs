/** Types of what the HTTP API answers, from the document the server describes it with: `npm run wire` writes src/generated/wire.ts. */
import { readFileSync, writeFileSync } from "node:fs";

const SOURCE = new URL("../../docs/reference/openapi.json", import.meta.url);
const TARGET = new URL("../src/generated/wire.ts", import.meta.url);

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  switch (schema.type) {
    case "array": {
      const item = typeOf(schema.items ?? {});
      return item.includes("|") ? `(${item})[]` : `${item}[]`;
    }
    case "object":
      return `Record<string, ${schema.additionalProperties ? typeOf(schema.additionalProperties) : "Json"}>`;
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    default:
      return "Json";
  }
}

const sentence = (text) => text.replace(/\s+/g, " ").replaceAll("``", "`").trim();

/** Answers hold every field they name, those with a default included. */
function interfaceOf(name, schema) {
  const lines = Object.entries(schema.properties ?? {}).map(([key, each]) => `  ${key}: ${typeOf(each)};`);
  const comment = schema.description ? `/** ${sentence(schema.description)} */\n` : "";
  return `${comment}export interface ${name} {\n${lines.join("\n")}\n}`;
}

/** Names of the shapes that are sent to the server, by the operations that take them. */
function requests(document) {
  const found = new Set();
  for (const operations of Object.values(document.paths)) {
    for (const { requestBody } of Object.values(operations)) {
      const text = JSON.stringify(requestBody ?? {});
      for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) found.add(name);
    }
  }
  return found;
}

export function generate() {
  const document = JSON.parse(readFileSync(SOURCE, "utf8"));
  const asked = requests(document);
  const shapes = Object.entries(document.components.schemas)
    .filter(([name]) => !name.includes("Validation") && !asked.has(name))
    .map(([name, schema]) => interfaceOf(name, schema));
  return [
    "// Written by `npm run wire` from docs/reference/openapi.json; change the server's shapes, not this file.",
    "export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };",
    ...shapes,
    "",
  ].join("\n");
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(TARGET, generate());
