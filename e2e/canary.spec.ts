import type { Page, Response } from "@playwright/test";
import { formsOf } from "../scripts/secret-forms.ts";
import { startEchoService } from "../scripts/test-services.ts";
import { expect, readStack, test } from "./fixtures/test.ts";

// Every page that can be reached by links is opened after secrets were planted and used; none of them, no answer behind
// them and no message on the console holds one.

const planted: Record<string, string> = {
  "client secret": "canary-page-client-secret~1",
  "staged client secret": "canary-page-staged-secret~1",
  "previous client secret": "canary-page-previous-secret~1",
  "proxy password": "canary-page-proxy-password",
  "basic password": "canary-page-basic-password",
  "user password": "canary page user password",
};

async function post(path: string, body: object) {
  const { baseUrl, apiKey } = readStack();
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const response = await fetch(`${baseUrl}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  expect(response.ok, `${path}: ${text}`).toBe(true);
  return JSON.parse(text);
}

/** @returns a page that has to be looked at, wherever it stands in its list. */
async function plantAndUse(echoUrl: string): Promise<string> {
  const { sandbox } = readStack();
  const proxy = { mode: "manual", url: "http://127.0.0.1:9", username: "portal", password: planted["proxy password"] };
  const credential = {
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: "00000000-0000-0000-0000-00000000cafe",
    clientSecret: planted["client secret"],
    scope: "api://orders/.default",
  };
  await post("/credentials", { ...credential, name: "Canary refused" });
  const rotated = await post("/credentials", {
    ...credential,
    name: "Canary rotated",
    clientSecret: planted["previous client secret"],
  });
  const rotation = `/credentials/${rotated.id}/rotation`;
  const { staged } = await post(`${rotation}/stage`, { clientSecret: planted["client secret"] });
  await post(`${rotation}/promote`, { version: 1, stagedId: staged.id, untested: true });
  await post(`${rotation}/stage`, { clientSecret: planted["staged client secret"] });
  await post(`${rotation}/test`, {});
  await post("/credentials", { ...credential, name: "Canary behind a proxy", proxy });
  await post("/users", { username: "canary", password: planted["user password"], roles: [] });
  const node = await post("/nodes", { name: "Canary" });
  const authorization = { kind: "basic", username: "erp", password: planted["basic password"] };
  const shared = { name: "Canary", nodeId: node.id };
  const transport = await post("/transports", { ...shared, type: "HTTP", http: { url: echoUrl }, authorization });
  const trigger = await post("/triggers", { ...shared, transportId: transport.id, request: { path: "/orders" } });
  await post(`/triggers/${trigger.id}/run`, {});
  const key = await post("/api-keys", { name: "Canary", role: "operator" });
  planted["API key"] = key.key;
  planted["admin's API key"] = readStack().apiKey;
  planted["admin's password"] = readStack().admin.password;
  return `/credentials/${rotated.id}`;
}

/** Opens every page that links lead to, at most so many, and at most three of a kind (`/runs/…`); `first` in any case. */
async function crawl(page: Page, limit: number, first: string): Promise<string[]> {
  const queue = [first, "/"];
  const known = new Set(queue);
  const kinds = new Map<string, number>();
  const opened: string[] = [];
  for (let path = queue.shift(); path !== undefined && opened.length < limit; path = queue.shift()) {
    await page.goto(path, { waitUntil: "networkidle" });
    opened.push(path);
    const links = await page
      .locator("a[href]")
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    for (const link of links) {
      const url = new URL(link);
      const kind = url.pathname.replace(/[0-9a-f-]{36}/, "…");
      const target = url.pathname + url.search;
      if (url.origin !== new URL(page.url()).origin || /^\/api\//.test(url.pathname) || known.has(target)) continue;
      known.add(target);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (kinds.get(kind)! <= 3) queue.push(target);
    }
  }
  return opened;
}

test("no page, no answer behind a page and no console message holds a secret", async ({ adminPage: page }) => {
  test.setTimeout(300_000);
  const echo = await startEchoService();
  const rotated = await plantAndUse(echo.url);
  echo.close();
  for (const value of echo.authorizations) planted[value.slice(0, 12)] = value.split(" ")[1] ?? value;

  const seen: { place: string; text: string }[] = [];
  const bodies: Promise<void>[] = [];
  page.on("console", (message) => seen.push({ place: "the console", text: message.text() }));
  page.on("response", (response: Response) => {
    if (!/html|json|x-component|javascript|text/.test(response.headers()["content-type"] ?? "")) return;
    const keep = async () => void seen.push({ place: response.url(), text: await response.text() });
    // A redirect, or a page that was left meanwhile, has no body any more.
    bodies.push(keep().catch(() => undefined));
  });
  const opened = await crawl(page, 41, rotated);
  await Promise.all(bodies);
  for (const page of ["credentials", "transports", "triggers", "runs"]) {
    expect(
      opened.filter((path) => new RegExp(`^/${page}/[0-9a-f-]{36}`).test(path)),
      opened.join("\n"),
    ).not.toEqual([]);
  }
  for (const page of ["users", "api-keys", "audit", "sessions"]) expect(opened.join("\n")).toContain(`/${page}`);
  // The search finds what is there.
  expect(seen.some(({ text }) => text.includes("Canary refused"))).toBe(true);

  const found = Object.entries(planted).flatMap(([name, secret]) =>
    Object.entries(formsOf(secret)).flatMap(([form, text]) =>
      seen.filter((each) => each.text.includes(text)).map(({ place }) => `${name}, ${form}, is in ${place}`),
    ),
  );
  expect(found).toEqual([]);
});
