import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

// Modules that dial are kept out by a rule of .dependency-cruiser.mjs; `fetch` needs no import.
test("nothing in lib asks the network past lib/platform/net", () => {
  const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.includes(".test."),
  );
  const dialling = files.filter((file) => {
    const code = readFileSync(join("lib", file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return /(?<![.\w])fetch\(|globalThis\.fetch|new (WebSocket|EventSource)\(/.test(code);
  });
  expect(dialling).toEqual([]);
});
