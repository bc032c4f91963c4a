import { readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { CLIENTS } from "../sandbox/clients.ts";
import { PEOPLE } from "../sandbox/people.ts";
import { findRedirect } from "./fixtures/redirects.ts";
import { expect, readStack, test } from "./fixtures/test.ts";

/** Another site: 127.0.0.1 is not localhost. Serves the page that a test has put there. */
let site: Server;
let siteUrl = "";
let html = "";
test.beforeAll(async () => {
  site = createServer((_, response) => void response.setHeader("content-type", "text/html").end(html));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
});
test.afterAll(() => site.close());

const address = (path: string) => `${readStack().baseUrl}${path}`;

/** Every page of the workbench, found by its file; ids are of nothing that there is. */
const pages = readdirSync("app/(workbench)", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith("page.tsx") && !file.includes("[..."))
  .map(
    (file) =>
      `/${dirname(file)
        .replaceAll(/\(\w+\)|^\.$/g, "")
        .replaceAll(/\[\w+\]/g, crypto.randomUUID())}`,
  )
  .map((path) => path.replaceAll(/\/+/g, "/").replace(/(.)\/$/, "$1"));

test("every page sends whoever is not signed in to the sign-in", async ({ request }) => {
  expect(pages.length).toBeGreaterThan(20);
  // The first page shows the listed nodes to everybody (external-sign-in.spec.ts).
  for (const path of pages.filter((each) => each !== "/")) {
    expect(await findRedirect(request, path), path).toMatch(/^\/signin/);
  }
});

test("somebody without a role opens nothing but what is their own", async ({ openPage, request }) => {
  const username = `nobody-${crypto.randomUUID().slice(0, 8)}`;
  const password = "a password for nobody";
  const headers = { authorization: `Bearer ${readStack().apiKey}` };
  expect((await request.post("/api/v1/users", { headers, data: { username, password } })).status()).toBe(201);
  const node = `Plant of somebody else ${username}`;
  const made = await request.post("/api/v1/nodes", { headers, data: { name: node, parentId: null } });
  const nodeId = ((await made.json()) as { id: string }).id;
  const transport = { name: node, nodeId, type: "HTTP", http: { url: "https://orders.example.com/", method: "GET" } };
  expect((await request.post("/api/v1/transports", { headers, data: transport })).status()).toBe(201);
  const page = await openPage({ username, password });
  const opened: string[] = [];
  for (const path of pages) {
    const answer = await page.request.get(path, { headers: { accept: "text/html" } });
    const text = await answer.text();
    expect(text, path).not.toContain(node);
    // A list has begun to answer when it is refused: the refusal stands in what follows.
    const isRefused = [403, 404].includes(answer.status()) || text.includes("ERROR_FALLBACK;403");
    if (!isRefused) opened.push(path);
  }
  // Lists show what is on the nodes of somebody's roles: nothing.
  expect(opened.sort()).toEqual(["/", "/account", "/runs", "/transports", "/triggers"]);
});

test("each script of a page carries the nonce of its answer, and the next answer has another", async ({
  adminPage,
}) => {
  const nonces = new Set<string>();
  for (const path of ["/", "/credentials", "/signin", "/nowhere"]) {
    const answer = await adminPage.request.get(path, { headers: { accept: "text/html" } });
    const policy = answer.headers()["content-security-policy"] ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce, path).toBeTruthy();
    const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length, path).toBeGreaterThan(2);
    for (const script of scripts) expect(script, path).toContain(`nonce="${nonce}"`);
    nonces.add(nonce!);
  }
  expect(nonces.size).toBe(4);
});

/** A browser of its own, signed in; what it does against the policy is meant to happen. */
async function openBrowser(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  await context.addCookies(readStack().adminSession);
  return context.newPage();
}

test("what is smuggled into a page does not run", async ({ browser }) => {
  const page = await openBrowser(browser);
  await page.goto("/account");
  const smuggle = async () => {
    const host = document.createElement("div");
    const heard = (target: EventTarget, event: string) =>
      new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
    host.innerHTML = `<img src="x" onerror="window.ranHandler = true"><a id="smuggled" href="javascript:window.ranLink = true">x</a>
      <svg onload="window.ranSvg = true"></svg><iframe srcdoc="<script>parent.ranFrame = true</script>"></iframe>`;
    // Everything that would run has run by the time of these events.
    const events = [heard(host.querySelector("img")!, "error"), heard(host.querySelector("iframe")!, "load")];
    document.body.append(host);
    document.getElementById("smuggled")?.click();
    await Promise.all(events);
    return Object.keys(window).filter((name) => name.startsWith("ran"));
  };
  expect(await page.evaluate(smuggle)).toEqual([]);
  // The same runs on a page without the policy, except the SVG: browsers tell it of its loading only while they read a page.
  html = "<p>site</p>";
  await page.goto(siteUrl);
  expect((await page.evaluate(smuggle)).sort()).toEqual(["ranFrame", "ranHandler", "ranLink"]);
});

test("no other site can frame a page", async ({ browser }) => {
  const page = await openBrowser(browser);
  html = `<iframe src="${address("/credentials")}"></iframe><iframe src="${address("/signin")}"></iframe>`;
  await page.goto(siteUrl);
  const frames = page.frames().slice(1);
  expect(frames).toHaveLength(2);
  for (const frame of frames) await expect.poll(() => frame.url()).toMatch(/^chrome-error:/);
});

test("another site can't make a signed-in browser change anything", async ({ adminPage: page }) => {
  const answers: number[] = [];
  page.on("response", (response) => {
    if (response.request().method() === "POST" && response.url().startsWith(readStack().baseUrl)) {
      answers.push(response.status());
    }
  });
  const targets = ["/account", "/credentials/new", "/api/auth/signout", "/api/auth/callback/credentials"];
  for (const target of targets) {
    html = `<form method="post" action="${address(target)}" enctype="multipart/form-data"><input name="x" value="1"></form>`;
    await page.goto(siteUrl);
    await page.evaluate(() => document.forms[0]?.submit());
    await page.waitForURL(address(target));
  }
  expect(answers).toEqual(targets.map(() => 403));
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "Account", level: 1 })).toBeVisible();
});

test("the session of a browser is no key to the API", async ({ adminPage: page }) => {
  for (const path of ["/api/v1/credentials", "/api/v1/users"]) {
    expect((await page.request.get(path)).status(), path).toBe(401);
  }
});

test("nothing sends a browser to another site", async ({ page, request }) => {
  const elsewhere = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/%09/evil.example/",
    "javascript:alert(1)",
    `${readStack().baseUrl}.evil.example/`,
    `${readStack().baseUrl}@evil.example/`,
  ];
  for (const target of elsewhere) {
    const query = encodeURIComponent(target);
    for (const path of [
      `/signin?returnTo=${query}`,
      `/signin?callbackUrl=${query}`,
      `/api/auth/signin?callbackUrl=${query}`,
      `/api/auth/signout?callbackUrl=${query}`,
    ]) {
      const { headers } = await request
        .get(path, { maxRedirects: 0 })
        .then((answer) => ({ headers: answer.headers() }));
      const location = headers.location;
      if (location) expect(new URL(location, readStack().baseUrl).origin, path).toBe(readStack().baseUrl);
    }
  }
  const { csrfToken } = (await (await request.get("/api/auth/csrf")).json()) as { csrfToken: string };
  for (const target of elsewhere) {
    const form = { ...readStack().admin, csrfToken, callbackUrl: target, json: "true" };
    const answer = await request.post("/api/auth/callback/credentials", { form, maxRedirects: 0 });
    const { url } = (await answer.json()) as { url: string };
    expect(new URL(url).origin, target).toBe(readStack().baseUrl);
  }
  // Where the sign-in leads matters, not the page that is there.
  await page.route(
    (url) => !/^\/(signin|api|_next)(\/|$)/.test(url.pathname) || url.origin !== readStack().baseUrl,
    (route) => route.fulfill({ contentType: "text/html", body: "<p>the end</p>" }),
  );
  for (const target of elsewhere) {
    await page.context().clearCookies();
    await page.goto(`/signin?returnTo=${encodeURIComponent(target)}`);
    await page.getByLabel("Username").fill(readStack().admin.username);
    await page.getByLabel("Password", { exact: true }).fill(readStack().admin.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByText("the end")).toBeVisible();
    // The encoded tab stays encoded, so this is a path of the portal.
    const end = target.startsWith("/%09") ? target : "/";
    expect(page.url()).toBe(address(end));
    // The same if the user is already signed in.
    expect(await findRedirect(page.request, `/signin?returnTo=${encodeURIComponent(target)}`), target).toBe(end);
  }
});

test("a body larger than a form is refused unread, and so is one of unknown length", async ({ request }) => {
  const large = await request.post("/account", { data: "x".repeat(1_100_000) });
  expect(large.status()).toBe(413);
  const answer = await fetch(address("/account"), {
    method: "POST",
    body: new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("x"));
        controller.close();
      },
    }),
    duplex: "half",
  } as RequestInit);
  expect(answer.status).toBe(411);
});

test("the window of a sign-in at a provider keeps the page that opened it; a page that another site opened does not", async ({
  adminPage: page,
}) => {
  html = "<p>provider</p>";
  const opened = page.waitForEvent("popup");
  await page.evaluate((url) => void window.open(url, "provider"), address("/api/credentials/none/authorize"));
  const popup = await opened;
  await popup.waitForLoadState();
  // As the portal and the provider send it on, not as somebody who types an address.
  const way: [string, string | RegExp][] = [
    [siteUrl, siteUrl],
    [address("/api/credentials/callback?error=access_denied"), /\/signin\/refused/],
  ];
  for (const [url, end] of way) {
    await popup.evaluate((next) => {
      window.location.href = next;
    }, url);
    await popup.waitForURL(end);
  }
  expect(await popup.evaluate(() => window.opener !== null)).toBe(true);
  await popup.close();

  await page.goto(siteUrl);
  const framed = page.waitForEvent("popup");
  await page.evaluate((url) => void window.open(url, "portal"), address("/credentials"));
  const portal = await framed;
  await portal.waitForLoadState();
  expect(await portal.evaluate(() => window.opener === null)).toBe(true);
});

test("a sign-in in a window of its own reaches the page that opened it, and the window closes", async ({ browser }) => {
  const { apiKey, baseUrl, sandbox } = readStack();
  // The sandbox's certificate is its own.
  const context = await browser.newContext({ baseURL: baseUrl, ignoreHTTPSErrors: true });
  const made = await context.request.post("/api/v1/credentials", {
    headers: { authorization: `Bearer ${apiKey}` },
    data: {
      name: `Window ${crypto.randomUUID().slice(0, 8)}`,
      type: "user",
      provider: "entra",
      endpointUrl: sandbox.tokenEndpoint,
      clientId: CLIENTS.workbench.clientId,
      clientSecret: CLIENTS.workbench.clientSecret,
      scope: "openid profile",
      jwtUsernameKey: "preferred_username",
      jwtRolesKey: "roles",
      roleMapping: [{ claimValue: "Plant7.Operators", role: "operator", nodeId: null }],
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const page = await context.newPage();
  const forbidden: string[] = [];
  context.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) forbidden.push(message.text());
  });
  await page.goto("/signin");
  const opened = page.waitForEvent("popup");
  const heard = page.evaluate((path) => {
    const told = new Promise((resolve) => window.addEventListener("message", (event) => resolve(event.data.kind)));
    window.open(path, "sallyport-sign-in", "popup,width=500,height=700");
    return told;
  }, `/api/credentials/${id}/authorize?mode=popup&returnTo=/`);
  const popup = await opened;
  await popup.getByRole("button", { name: `Sign in as ${PEOPLE.olga.name}` }).click();
  const accept = popup.getByRole("button", { name: "Accept" });
  await Promise.race([accept.click(), popup.waitForEvent("close")]).catch(() => undefined);
  expect(await heard).toBe("signed_in");
  await expect.poll(() => popup.isClosed()).toBe(true);
  await page.goto("/");
  await expect(page.getByRole("main")).toBeVisible();
  await expect(page).toHaveURL("/");
  expect(forbidden.filter((text) => !text.includes("https://"))).toEqual([]);
});

test("every answer has the headers that protect it", async ({ adminPage: page }) => {
  for (const path of ["/", "/signin", "/nowhere", "/api/auth/session", "/api/v1/openapi.json", "/healthz"]) {
    const headers = (await page.request.get(path)).headers();
    expect(headers, path).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY" });
    expect(headers["content-security-policy"], path).toContain("frame-ancestors 'none'");
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
});
