import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { Document } from "../api/types.ts";
import { asCurl, asDocumentCurl, asJson } from "./commands.ts";

const DOCUMENT = { decomposition_id: "dec_1", urls: { decomposition: "/v1/decompositions/dec_1" } } as Document;
const NASTY = [{ op: "text", layer: 1, value: "it's \"$HOME\" `ls`\n\\ 海" }, { op: "move", layer: 1, by: { x: 5 } }];

/** What a shell makes of it. */
function words(command: string): string[] {
  const shown = command.replace(/^curl/, `printf '%s\\0'`);
  return execFileSync("sh", ["-c", shown], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("a shell reads the command as it is meant, whatever the words are", () => {
  const found = words(asCurl("http://here", DOCUMENT, NASTY));
  assert.deepEqual(found.slice(0, 5), ["-X", "POST", "http://here/v1/decompositions/dec_1/render", "-H", "Content-Type: application/json"]);
  assert.deepEqual(JSON.parse(found[6] as string), { operations: NASTY, output: { format: "png" } });
  assert.deepEqual(found.slice(7), ["-o", "picture.png"]);
});

test("on a document it takes two calls", () => {
  const [made, edited] = asDocumentCurl("http://here", DOCUMENT, NASTY).split("\n\n") as [string, string];
  assert.deepEqual(JSON.parse(words(made).at(-1) as string), { decomposition_id: "dec_1" });
  assert.deepEqual(JSON.parse(words(edited).at(-1) as string), { operations: NASTY });
});

test("JSON has a line for each operation", () => {
  assert.deepEqual(JSON.parse(asJson(NASTY)), NASTY);
  assert.equal(asJson(NASTY).split("\n").length, 4);
  assert.equal(asJson([]), "[]");
});
