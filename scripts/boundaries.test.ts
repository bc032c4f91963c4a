import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const {
  default: config,
  modules,
  appModules,
} = (await import(resolve(".dependency-cruiser.mjs"))) as {
  default: { forbidden: { name: string }[] };
  modules: string[];
  appModules: string[];
};

const nameOf = (module: string) => `order-of-${module.replace("/", "-")}`;

/** One import against each rule of .dependency-cruiser.mjs: [rule, file, what it imports]. */
const forbidden: [string, string, string][] = [
  ["no-cycles", "lib/platform/db/a.ts", "./b.ts"],
  ["no-cycles", "lib/platform/db/type-a.ts", "./type-b.ts"],
  ["resolvable", "lib/platform/db/lost.ts", "#lib/nowhere.ts"],
  // A module imports neither the next one in the list nor the last one.
  ...modules.slice(0, -1).flatMap((module, index): [string, string, string][] => [
    [nameOf(module), `lib/${module}/next.ts`, `#lib/${modules[index + 1]}/end.ts`],
    [nameOf(module), `lib/${module}/last.ts`, `#lib/${modules.at(-1)}/end.ts`],
  ]),
  [nameOf("delivery/transports"), "lib/delivery/transports/relative.ts", "../triggers/end.ts"],
  [nameOf("delivery/transports"), "lib/delivery/transports/typed.ts", "#lib/delivery/triggers/typed.ts"],
  ["listed-modules", "lib/web/strange.ts", "#lib/delivery/strange/end.ts"],
  ["private-subfolders", "lib/delivery/triggers/peek.ts", "#lib/delivery/runs/journal/end.ts"],
  ["private-subfolders-from-outside", "lib/api/peek.ts", "#lib/delivery/runs/journal/end.ts"],
  ["private-subfolders-from-outside", "app/peek.tsx", "#lib/delivery/runs/journal/end.ts"],
  ...appModules.flatMap((module, index): [string, string, string][] => [
    [`order-of-app-${module}`, `app/${module}/next.ts`, `#app/${appModules[index + 1] ?? "(workbench)/runs"}/end.ts`],
    [`order-of-app-${module}`, `app/${module}/last.ts`, "#app/(workbench)/runs/end.ts"],
  ]),
  ["listed-app-modules", "app/signin/strange.ts", "#app/_shared/strange/end.ts"],
  ["pages-know-no-other-pages", "app/(workbench)/triggers/peek.ts", "#app/(workbench)/runs/end.ts"],
  ["pages-know-no-other-pages", "app/(workbench)/triggers/type-peek.ts", "../runs/typed.ts"],
  ["next-stays-at-the-edge", "lib/delivery/runs/page.ts", "next/headers.js"],
  ["next-stays-at-the-edge", "lib/access/accounts/sign-out.ts", "next-auth"],
  ["msal-in-one-file", "lib/oauth/tokens/other.ts", "@azure/msal-node"],
  ["openid-client-in-one-file", "lib/oauth/tokens/request/entra.ts", "openid-client"],
  ["pg-boss-in-one-folder", "lib/delivery/triggers/send.ts", "pg-boss"],
  ["nodemailer-in-one-file", "lib/oversight/alerts/mail.ts", "nodemailer"],
  ["one-way-out", "lib/oauth/tokens/ask.ts", "undici"],
  ["one-way-out", "lib/delivery/transports/dial.ts", "node:https"],
  ["product-knows-no-scripts", "lib/platform/db/reset.ts", "#scripts/end.ts"],
  ["lib-knows-no-app", "lib/access/nodes/show.ts", "#app/end.tsx"],
  ["pages-go-through-use-cases", "app/page.tsx", "#lib/oauth/credentials/store.ts"],
  ["pages-go-through-use-cases", "lib/api/list.ts", "#lib/delivery/runs/store.ts"],
];

const allowed: [string, string][] = [
  ["app/allowed.tsx", "#lib/delivery/triggers/end.ts"],
  ["app/allowed-next.tsx", "next/headers.js"],
  ["app/(workbench)/runs/allowed.ts", "#app/(workbench)/_tree/end.ts"],
  ["app/(workbench)/runs/[id]/allowed.ts", "../end.ts"],
  ["app/_shared/runs/allowed.ts", "#app/_shared/credentials/end.ts"],
  ["lib/delivery/runs/allowed.ts", "#lib/oauth/tokens/end.ts"],
  ["lib/delivery/runs/allowed-private.ts", "./journal/end.ts"],
  ["lib/delivery/runs/journal/allowed.ts", "../end.ts"],
  ["lib/platform/jobs/allowed.ts", "pg-boss"],
  ["lib/web/allowed.ts", "next/headers.js"],
  ["lib/access/accounts/next-auth.ts", "next-auth"],
  ["lib/oauth/tokens/request/generic.ts", "openid-client"],
  ["lib/platform/net/dial.ts", "undici"],
  ["lib/platform/db/allowed.test.ts", "#scripts/end.ts"],
];

let folder = "";
let fired: string[] = [];

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

const importAll = (specifier: string) => `import * as it from "${specifier}";\nexport const used = it;\n`;
const importType = (specifier: string) => `import type { It } from "${specifier}";\nexport type It = { it?: It };\n`;

beforeAll(async () => {
  mkdirSync(".test", { recursive: true });
  folder = mkdtempSync(resolve(".test", "boundaries-"));
  const { imports } = JSON.parse(readFileSync("package.json", "utf8"));
  write("package.json", JSON.stringify({ type: "module", imports }));
  for (const [, file, specifier] of forbidden)
    write(file, /type/.test(file) ? importType(specifier) : importAll(specifier));
  for (const [file, specifier] of allowed) write(file, importAll(specifier));
  write("lib/platform/db/b.ts", importAll("./a.ts"));
  write("lib/platform/db/type-b.ts", importType("./type-a.ts"));
  for (const module of ["lib/delivery/triggers", "app/(workbench)/runs"])
    write(`${module}/typed.ts`, "export type It = string;\n");
  for (const module of [...modules, "delivery/strange", "delivery/runs/journal"])
    write(`lib/${module}/end.ts`, "export {};\n");
  for (const module of [...appModules, "_shared/strange", "(workbench)/runs"])
    write(`app/${module}/end.ts`, "export {};\n");
  for (const file of ["lib/oauth/credentials/store.ts", "lib/delivery/runs/store.ts", "scripts/end.ts", "app/end.tsx"])
    write(file, "export {};\n");
  const options = await extractDepcruiseOptions(resolve(".dependency-cruiser.mjs"));
  const { output } = await cruise(["app", "lib", "scripts"], { ...options, baseDir: folder });
  const { violations } = (output as ICruiseResult).summary;
  fired = violations.map(({ rule, from }) => `${rule.name} ${from}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the boundaries", () => {
  test.each(forbidden)("%s stops %s from importing %s", (rule, file) => {
    expect(fired).toContain(`${rule} ${file}`);
  });

  test.each(allowed)("%s can import %s", (file) => {
    expect(fired.filter((line) => line.endsWith(` ${file}`))).toEqual([]);
  });

  test("each rule has an import here that it stops", () => {
    const rules = config.forbidden.map(({ name }) => name);
    expect(new Set(forbidden.map(([rule]) => rule))).toEqual(new Set(rules));
  });
});
