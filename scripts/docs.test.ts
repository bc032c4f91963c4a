import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const read = (file: string) => readFileSync(file, "utf8");
const sources = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|\.spec\./.test(file))
    .map((file) => read(join(folder, file)));

/** The rows of the tables whose last column names tests. */
function readClaims(document: string): string[] {
  const rows: string[] = [];
  let named = false;
  for (const line of read(document).split("\n")) {
    if (/^\|.*\| test \|$/.test(line)) named = true;
    else if (!line.startsWith("|")) named = false;
    else if (named && !line.startsWith("|--")) rows.push(line);
  }
  return rows;
}

test.each([
  ["docs/security.md", 30],
  ["docs/reliability.md", 25],
])("each claim of %s names tests that are there", (document, atLeast) => {
  const rows = readClaims(document);
  expect(rows.length).toBeGreaterThan(atLeast);
  for (const row of rows) {
    const tests = row.split("|").at(-2) ?? "";
    const named = [...tests.matchAll(/`([^`]+)`((?:,? "[^"]+")+)/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const [, file, names] of named) {
      const text = read(file!);
      for (const [, name] of names!.matchAll(/"([^"]+)"/g)) expect(text, `${file}: ${name}`).toContain(name);
    }
  }
});

test("what docs/troubleshooting.md quotes is what the portal says", () => {
  const all = [...sources("lib"), ...sources("app"), ...sources("scripts")].join("\n").replaceAll(/\s+/g, " ");
  const quotes = [...read("docs/troubleshooting.md").matchAll(/“([^”]+)”/g)].map(([, quote]) =>
    quote!.replaceAll(/\s+/g, " "),
  );
  expect(quotes.length).toBeGreaterThan(30);
  for (const quote of quotes) {
    // What differs from case to case stands as …
    for (const part of quote.split("…").map((text) => text.trim())) {
      if (part.length > 3 && part !== "quotes") expect(all.includes(part), `${quote}: ${part}`).toBe(true);
    }
  }
});

// Pictures are made by npm run screenshots.
test("links between the documents lead somewhere", () => {
  const files = [
    "README.md",
    ...readdirSync("docs")
      .filter((file) => file.endsWith(".md"))
      .map((file) => join("docs", file)),
  ];
  for (const file of files) {
    for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      if (target!.includes("images/")) continue;
      expect(existsSync(join(dirname(file), target!)), `${file}: ${target}`).toBe(true);
    }
  }
});
