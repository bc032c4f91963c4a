import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// One import against each rule of .dependency-cruiser.mjs: [rule, file, what it imports].
const forbidden: [string, string, string][] = [
  ["no-cycles", "lib/db/a.ts", "./b.ts"],
  ["resolvable", "lib/db/lost.ts", "#lib/nowhere.ts"],
  ["ground-knows-no-feature", "lib/certificates/read.ts", "#lib/net/end.ts"],
  ["direction-of-net", "lib/net/dial.ts", "#lib/proxies/end.ts"],
  ["direction-of-proxies", "lib/proxies/open.ts", "#lib/credentials/end.ts"],
  ["direction-of-credentials", "lib/credentials/check.ts", "#lib/tokens/end.ts"],
  ["direction-of-tokens", "lib/tokens/get.ts", "#lib/runs/end.ts"],
  ["direction-of-profiles", "lib/profiles/begin.ts", "#lib/runs/end.ts"],
  ["direction-of-transports", "lib/transports/send.ts", "#lib/tokens/end.ts"],
  ["direction-of-transports", "lib/transports/pick.ts", "../credentials/end.ts"],
  ["direction-of-runs", "lib/runs/execute.ts", "#lib/triggers/end.ts"],
  ["direction-of-doctor", "lib/doctor/check.ts", "#lib/triggers/end.ts"],
  ["direction-of-tokens", "lib/tokens/inspect.ts", "#lib/doctor/end.ts"],
  ["direction-of-triggers", "lib/triggers/fire.ts", "#lib/web/end.ts"],
  ["direction-of-rollups", "lib/rollups/keep.ts", "#lib/runs/end.ts"],
  ["direction-of-dashboards", "lib/dashboards/read.ts", "#lib/runs/end.ts"],
  ["direction-of-reviews", "lib/reviews/sign.ts", "#lib/runs/end.ts"],
  ["direction-of-alerts", "lib/alerts/deliver.ts", "#lib/runs/end.ts"],
  ["direction-of-retention", "lib/retention/keep.ts", "#lib/runs/end.ts"],
  ["direction-of-keys", "lib/keys/rotate.ts", "#lib/triggers/end.ts"],
  ["direction-of-triggers", "lib/triggers/check.ts", "#lib/wsdls/end.ts"],
  ["direction-of-soap", "lib/soap/fetch.ts", "#lib/transports/end.ts"],
  ["direction-of-schedules", "lib/schedules/fire.ts", "#lib/triggers/end.ts"],
  ["direction-of-webhooks", "lib/webhooks/receive.ts", "#lib/runs/end.ts"],
  ["ground-knows-no-feature", "lib/jobs/run.ts", "#lib/runs/end.ts"],
  ["pg-boss-in-one-folder", "lib/triggers/send.ts", "pg-boss"],
  ["direction-of-wsdls", "lib/wsdls/show.ts", "#lib/web/end.ts"],
  ["ground-knows-no-feature", "lib/audit/record.ts", "#lib/credentials/end.ts"],
  ["ground-knows-no-feature", "lib/metrics/count.ts", "#lib/tokens/end.ts"],
  ["ground-knows-no-feature", "lib/tracing/start.ts", "#lib/credentials/end.ts"],
  ["identity-knows-no-feature", "lib/identity/sign-in.ts", "#lib/tokens/end.ts"],
  ["next-stays-at-the-edge", "lib/runs/page.ts", "next/headers.js"],
  ["next-stays-at-the-edge", "lib/identity/sign-out.ts", "next-auth"],
  ["msal-in-one-file", "lib/tokens/other.ts", "@azure/msal-node"],
  ["openid-client-in-one-file", "lib/tokens/entra.ts", "openid-client"],
  ["nodemailer-in-one-file", "lib/alerts/mail.ts", "nodemailer"],
  ["one-way-out", "lib/tokens/ask.ts", "undici"],
  ["one-way-out", "lib/transports/dial.ts", "node:https"],
  ["product-knows-no-scripts", "lib/db/reset.ts", "#scripts/end.ts"],
  ["lib-knows-no-app", "lib/nodes/show.ts", "#app/end.tsx"],
  ["pages-go-through-use-cases", "app/page.tsx", "#lib/credentials/store.ts"],
  ["pages-go-through-use-cases", "lib/api/list.ts", "#lib/runs/store.ts"],
];

const allowed: [string, string][] = [
  ["app/allowed.tsx", "#lib/triggers/end.ts"],
  ["app/allowed-next.tsx", "next/headers.js"],
  ["lib/triggers/allowed.ts", "#lib/runs/end.ts"],
  ["lib/runs/allowed.ts", "#lib/tokens/end.ts"],
  ["lib/profiles/allowed.ts", "#lib/tokens/end.ts"],
  ["lib/doctor/allowed.ts", "#lib/transports/end.ts"],
  ["lib/tokens/allowed.ts", "#lib/credentials/end.ts"],
  ["lib/transports/allowed.ts", "#lib/proxies/end.ts"],
  ["lib/transports/allowed-certificates.ts", "#lib/certificates/end.ts"],
  ["lib/transports/allowed-soap.ts", "#lib/soap/end.ts"],
  ["lib/triggers/allowed-hook.ts", "#lib/webhooks/end.ts"],
  ["lib/jobs/allowed.ts", "pg-boss"],
  ["lib/wsdls/allowed.ts", "#lib/triggers/end.ts"],
  ["lib/credentials/allowed.ts", "#lib/identity/end.ts"],
  ["lib/identity/session.ts", "next/headers.js"],
  ["lib/tokens/generic.ts", "openid-client"],
  ["lib/net/dial-allowed.ts", "undici"],
  ["lib/db/allowed.test.ts", "#scripts/end.ts"],
];

const ends = [
  "web",
  "net",
  "triggers",
  "runs",
  "tokens",
  "transports",
  "credentials",
  "proxies",
  "identity",
  "soap",
  "wsdls",
  "webhooks",
  "doctor",
  "certificates",
];
let folder = "";
let fired: string[] = [];

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

const use = (specifier: string) => `import * as it from "${specifier}";\nexport const used = it;\n`;

beforeAll(async () => {
  mkdirSync(".test", { recursive: true });
  folder = mkdtempSync(resolve(".test", "boundaries-"));
  write(
    "package.json",
    JSON.stringify({ type: "module", imports: JSON.parse(readFileSync("package.json", "utf8")).imports }),
  );
  for (const [, file, specifier] of forbidden) write(file, use(specifier));
  for (const [file, specifier] of allowed) write(file, use(specifier));
  write("lib/db/b.ts", use("./a.ts"));
  for (const name of ends) write(`lib/${name}/end.ts`, "export {};\n");
  for (const file of ["lib/credentials/store.ts", "lib/runs/store.ts", "scripts/end.ts", "app/end.tsx"])
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

  test.each(allowed)("%s may import %s", (file) => {
    expect(fired.filter((line) => line.endsWith(` ${file}`))).toEqual([]);
  });

  test("every rule has an import here that it stops", async () => {
    const { default: config } = await import(resolve(".dependency-cruiser.mjs"));
    const rules: string[] = config.forbidden.map((rule: { name: string }) => rule.name);
    expect(new Set(forbidden.map(([rule]) => rule))).toEqual(new Set(rules));
  });
});
