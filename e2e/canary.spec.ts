import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Page, Response } from "@playwright/test";
import { formsOf } from "../scripts/secret-forms.ts";
import { startEchoService } from "../scripts/test-services.ts";
import { prepare } from "./fixtures/steps.ts";
import { expect, readStack, test } from "./fixtures/test.ts";

// Secrets are planted and used. Then every page is read as the server sends it, with those that its links lead to, and one of each kind
// is opened in the browser: none of them, no answer behind them, and no message on the console holds a secret.

type Text = { place: string; text: string };
type Made = { id: string };

/** Names of what is planted end with this: it finds them in lists. */
const mark = randomUUID().slice(0, 8);
const planted: Record<string, string> = {
  "client secret": `canary-page-client-secret~${mark}`,
  "staged client secret": `canary-page-staged-secret~${mark}`,
  "previous client secret": `canary-page-previous-secret~${mark}`,
  "client secret of a profile": `canary-page-profile-secret~${mark}`,
  "proxy password": `canary-page-proxy-password~${mark}`,
  "password of a named proxy": `canary-page-named-proxy~${mark}`,
  "basic password": `canary-page-basic-password~${mark}`,
  "secret header": `canary-page-secret-header~${mark}`,
  "user password": `canary page user password ${mark}`,
  "webhook's URL": `canary-page-webhook-url-${mark}`,
  "signing secret": Buffer.from(`canary-page-signing-secret~${mark}`).toString("base64"),
};
/** Ids of what is planted, by the path of its pages. */
const ids: Record<string, string[]> = {};

let planting: Promise<void> | undefined;
// A worker may come here more than once.
test.beforeAll(() => (planting ??= plant()));

async function plant(): Promise<void> {
  const { sandbox, apiKey, admin } = readStack();
  const echo = await startEchoService();
  const name = (what: string) => `Canary ${what} ${mark}`;
  const proxy = { mode: "manual", url: "http://127.0.0.1:9", username: "portal", password: planted["proxy password"] };
  const credential = {
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId: "00000000-0000-0000-0000-00000000cafe",
    clientSecret: planted["client secret"],
    scope: "api://orders/.default",
  };
  const rotated = await prepare<Made>("credentials", {
    ...credential,
    name: name("rotated"),
    clientSecret: planted["previous client secret"],
  });
  const rotation = `credentials/${rotated.id}/rotation`;
  const { staged } = await prepare<{ staged: Made }>(`${rotation}/stage`, { clientSecret: planted["client secret"] });
  await prepare(`${rotation}/promote`, { version: 1, stagedId: staged.id, untested: true });
  await prepare(`${rotation}/stage`, { clientSecret: planted["staged client secret"] });
  await prepare(`${rotation}/test`, {});
  const profile = await prepare<Made>("credentials", {
    ...credential,
    name: name("profile"),
    type: "user",
    clientSecret: planted["client secret of a profile"],
    jwtUsernameKey: "upn",
    jwtRolesKey: "roles",
  });
  const others = [
    await prepare<Made>("credentials", { ...credential, name: name("refused") }),
    await prepare<Made>("credentials", { ...credential, name: name("behind a proxy"), proxy }),
  ];
  const user = await prepare<Made>("users", {
    username: `canary-${mark}`,
    password: planted["user password"],
    roles: [],
  });
  const node = await prepare<Made>("nodes", { name: name("node") });
  const authorization = { kind: "basic", username: "erp", password: planted["basic password"] };
  const shared = { name: name("orders"), nodeId: node.id };
  const transport = await prepare<Made>("transports", {
    ...shared,
    type: "HTTP",
    http: { url: echo.url, headers: [{ name: "X-Api-Key", value: planted["secret header"] }] },
    authorization,
  });
  const namedProxy = await prepare<Made>("proxies", {
    name: name("proxy"),
    url: "http://127.0.0.1:9",
    username: "portal",
    password: planted["password of a named proxy"],
  });
  const certificates = readFileSync(sandbox.caFile, "utf8");
  const authority = await prepare<Made>("certificate-authorities", { name: name("authority"), certificates });
  const request = { path: "/orders" };
  const trigger = await prepare<Made>("triggers", { ...shared, transportId: transport.id, request });
  const run = await prepare<Made>(`triggers/${trigger.id}/run`, {});
  const channel = await prepare<Made>("alert-channels", {
    name: name("channel"),
    kind: "webhook",
    url: `${echo.url}/${planted["webhook's URL"]}`,
    secret: `whsec_${planted["signing secret"]}`,
    nodeId: node.id,
  });
  const { deliveryId } = await prepare<{ deliveryId: string }>(`alert-channels/${channel.id}/test`, {});
  const { key } = await prepare<{ key: string }>("api-keys", { name: name("key"), role: "operator" });
  echo.close();
  planted["API key"] = key;
  planted["admin's API key"] = apiKey;
  planted["admin's password"] = admin.password;
  const sent = [...echo.authorizations].filter((value) => value !== "none");
  expect(sent).not.toEqual([]);
  for (const value of sent) planted[value.slice(0, 12)] = value.split(" ")[1] ?? value;
  Object.assign(ids, {
    credentials: [rotated, profile, ...others].map(({ id }) => id),
    users: [user.id],
    nodes: [node.id],
    transports: [transport.id],
    triggers: [trigger.id],
    runs: [run.id],
    alerts: [channel.id],
    "alerts/messages": [deliveryId],
    "network/proxies": [namedProxy.id],
    "network/certificate-authorities": [authority.id],
  });
}

/** What lists are asked for, so that they show what is planted. */
const queries: Record<string, () => string> = {
  credentials: () => `?q=${mark}`,
  users: () => `?q=${mark}`,
  nodes: () => `?q=${mark}`,
  transports: () => `?q=${mark}`,
  "api-keys": () => `?q=${mark}`,
  audit: () => `?q=${mark}`,
  triggers: () => `?nodeId=${ids.nodes![0]}`,
  runs: () => `?nodeId=${ids.nodes![0]}`,
  dashboard: () => `?nodeId=${ids.nodes![0]}`,
};

/** Every kind of page of the workbench, found by its file, such as `credentials/[id]/edit`. */
const kinds = readdirSync("app/(workbench)", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("page.tsx"))
  .map((file) =>
    dirname(file)
      .replaceAll(/\(\w+\)/g, "")
      .replaceAll(/^\.$|^\/|\/$/g, ""),
  )
  .sort();

/** The pages of a kind that show what is planted. */
function listPages(kind: string): string[] {
  if (kind.includes("[...")) return ["/nowhere"];
  const [list = "", rest] = kind.split("/[id]");
  if (rest === undefined) return [`/${kind}${queries[kind]?.() ?? ""}`];
  const found = ids[list];
  if (!found) throw new Error(`Plant something that has a page at ${list}.`);
  return found.map((id) => `/${list}/${id}${rest}`);
}

function expectNoSecrets(seen: Text[]): void {
  const found = Object.entries(planted).flatMap(([name, secret]) =>
    Object.entries(formsOf(secret)).flatMap(([form, text]) =>
      seen.filter((each) => each.text.includes(text)).map(({ place }) => `${name}, ${form}, is in ${place}`),
    ),
  );
  expect(found).toEqual([]);
}

/** Where the links of a page lead inside the portal. */
function findLinks(html: string): URL[] {
  const { baseUrl } = readStack();
  return [...html.matchAll(/<a\b[^>]*\shref="([^"]+)"/g)]
    .map(([, href = ""]) => new URL(href.replaceAll("&amp;", "&"), baseUrl))
    .filter(({ origin, pathname }) => origin === new URL(baseUrl).origin && !pathname.startsWith("/api/"));
}

test("no page that the server sends, and no script of one, holds a secret", async ({ adminPage }) => {
  const { request } = adminPage;
  const seen: Text[] = [];
  const read = async (path: string) => {
    const answer = await request.get(path, { headers: { accept: "text/html" } });
    const text = await answer.text();
    seen.push({ place: path, text });
    return { isPage: answer.ok(), text };
  };
  const linked = new Map<string, Set<string>>();
  const scripts = new Set<string>();
  const visit = async (path: string) => {
    const page = await read(path);
    for (const [script] of page.text.matchAll(/\/_next\/static\/[\w./~%-]+\.(js|css)/g)) scripts.add(script);
    for (const { pathname, search } of findLinks(page.text)) {
      const kind = pathname.replace(/[0-9a-f-]{36}/, "…");
      linked.set(kind, (linked.get(kind) ?? new Set()).add(pathname + search));
    }
    return page;
  };

  expect(kinds.length).toBeGreaterThan(35);
  for (const kind of kinds.filter((each) => !each.includes("[..."))) {
    const pages = await Promise.all(listPages(kind).map(visit));
    expect(
      pages.map(({ isPage }) => isPage),
      kind,
    ).toContain(true);
  }
  // Links have filters and pages of lists that nobody thinks of: three of a kind.
  const more = [...linked.values()].flatMap((targets) => [...targets].slice(0, 3));
  expect(more.length).toBeGreaterThan(30);
  for (const path of more) if (!seen.some(({ place }) => place === path)) await visit(path);
  for (const script of scripts) await read(script);

  // The search finds what is there.
  for (const what of ["rotated", "refused", "behind a proxy", "profile", "node", "orders", "channel", "key"]) {
    expect(seen.some(({ text }) => text.includes(`Canary ${what} ${mark}`))).toBe(true);
  }
  expectNoSecrets(seen);
});

/** Opens a page in the browser, and waits for what it asks for by itself. */
async function open(page: Page, path: string): Promise<void> {
  let pending = 0;
  const begun = () => (pending += 1);
  const ended = () => (pending -= 1);
  page.on("request", begun).on("requestfinished", ended).on("requestfailed", ended);
  await page.goto(path);
  await expect.poll(() => pending).toBeLessThanOrEqual(0);
  page.off("request", begun).off("requestfinished", ended).off("requestfailed", ended);
}

const named = ["credentials", "transports|triggers|nodes", "users|alerts|api-keys"];
const areas = [...named, `(?!${named.join("|")})`];
for (const [index, area] of areas.entries()) {
  test(`no page in the browser, no answer behind it, and no console message holds a secret, part ${index + 1}`, async ({
    adminPage: page,
  }) => {
    const seen: Text[] = [];
    const bodies: Promise<void>[] = [];
    page.on("console", (message) => seen.push({ place: "the console", text: message.text() }));
    page.on("response", (response: Response) => {
      if (!/html|json|x-component|javascript|text/.test(response.headers()["content-type"] ?? "")) return;
      const keep = async () => void seen.push({ place: response.url(), text: await response.text() });
      // A redirect, or a page that was left meanwhile, has no body any more.
      bodies.push(keep().catch(() => undefined));
    });
    const opened = kinds.filter((kind) => new RegExp(`^(${area})`).test(kind));
    expect(opened.length).toBeGreaterThan(5);
    for (const kind of opened) {
      // A profile has no secret to stage, and an application no claims to map.
      const path = listPages(kind)[kind.endsWith("mapping") ? 1 : 0]!;
      await open(page, path);
      seen.push({ place: `${path} as it is shown`, text: await page.content() });
    }
    await Promise.all(bodies);
    expect(seen.some(({ text }) => text.includes(mark))).toBe(true);
    expectNoSecrets(seen);
  });
}
