import type { Page } from "@playwright/test";
import { findFreePort } from "../scripts/free-port.ts";
import { startHaproxy } from "../scripts/test-haproxy.ts";
import { type PortalProcess, startPortalProcess } from "./fixtures/processes.ts";
import { openSession } from "./fixtures/session.ts";
import { callApi, openSection, prepare, prepareCredential, receipt, unique } from "./fixtures/steps.ts";
import { expect, readStack, test } from "./fixtures/test.ts";

// Two more web processes of the portal, pages and all, behind haproxy; each is ended once while people and programs work.

type Instance = { port: number; url: string; child: PortalProcess };

async function startInstance(port: number, publicUrl: string): Promise<Instance> {
  const child = startPortalProcess("server.ts", {
    PORT: String(port),
    SALLYPORT_URL: publicUrl,
    SALLYPORT_ROLE: "web",
    SALLYPORT_DRAIN_SECONDS: "1",
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    Promise.race([
      child.exited.then((how) => `ended (${how}): ${child.said.join("\n")}`),
      fetch(`${url}/readyz`).then(
        ({ status }) => status,
        () => "no answer yet",
      ),
    ]);
  await expect.poll(isReady, { message: `the process on port ${port}` }).toBe(200);
  return { port, url, child };
}

/** What fails in a browser: answers of 500 and more, connections that end, scripts that throw. */
function watchFailures(page: Page): string[] {
  const failures: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 500) failures.push(`${response.status()} ${response.url()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // A browser gives up what it fetched ahead when it goes on to another page.
    if (reason !== "net::ERR_ABORTED") failures.push(`${reason} ${request.url()}`);
  });
  page.on("pageerror", ({ message }) => failures.push(message));
  return failures;
}

async function walk(page: Page): Promise<void> {
  for (const name of ["Transports", "Triggers", "Runs", "Nodes"]) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
  }
}

type Run = { id: string; status: string; token: { credentialVersion: number } | null };

/** Asks for a run; what is no answer of the portal is an error. */
async function fire(base: string, triggerId: string): Promise<Run> {
  const headers = { authorization: `Bearer ${readStack().apiKey}`, "content-type": "application/json" };
  const answer = await fetch(`${base}/api/v1/triggers/${triggerId}/run`, { method: "POST", headers, body: "{}" });
  if (answer.status !== 200) throw new Error(`a run was answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Run;
}

const callerCount = 2;

/** Callers who run a trigger again and again, until stopped. */
function startCallers(base: string, triggerId: string, count: number) {
  let isOver = false;
  const answered: Run[] = [];
  const failed: string[] = [];
  const callers = Array.from({ length: count }, async () => {
    while (!isOver)
      await fire(base, triggerId).then(
        (run) => answered.push(run),
        (err) => failed.push(String(err)),
      );
  });
  return {
    answered,
    failed,
    goOn: (more: number) => {
      const from = answered.length;
      return expect.poll(() => answered.length).toBeGreaterThan(from + more);
    },
    stop: async () => {
      isOver = true;
      await Promise.all(callers);
    },
  };
}

test("web processes behind a load balancer are stopped and killed, and the one who works on pages does not notice", async ({
  page,
}) => {
  const { sandbox, admin } = readStack();
  const name = unique("Balanced");
  const owner = unique("Owner");
  await prepareCredential(name);
  const found = await callApi<{ items: { id: string; version: number }[] }>(
    "GET",
    `credentials?q=${encodeURIComponent(name)}`,
  );
  const [credential] = found.items;
  const node = await prepare<{ id: string }>("nodes", { name, parentId: null });
  const transport = await prepare<{ id: string }>("transports", {
    name,
    nodeId: node.id,
    type: "HTTP",
    http: { url: sandbox.serviceUrl, method: "POST" },
    authorization: { kind: "credential", credentialId: credential!.id },
  });
  const request = { path: "/echo/balanced" };
  const trigger = await prepare<{ id: string }>("triggers", {
    name,
    nodeId: node.id,
    transportId: transport.id,
    request,
  });

  const port = await findFreePort();
  const base = `http://127.0.0.1:${port}`;
  const [first, second] = [await findFreePort(), await findFreePort()];
  const running = new Map<number, Instance>();
  const start = async (at: number) => running.set(at, await startInstance(at, base));
  const end = async (at: number, graceMs: number) => {
    const { child } = running.get(at)!;
    await child.stop(graceMs);
    return child.exited;
  };
  await Promise.all([start(first), start(second)]);
  const haproxy = await startHaproxy([first, second], { port });
  const failures = watchFailures(page);
  try {
    await test.step("pages come from both, in one session, and a trigger is run", async () => {
      await page.context().addCookies(await openSession(base, admin));
      await page.goto(base);
      await walk(page);
      await page.goto(`${base}/triggers/${trigger.id}/run`);
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await expect(receipt(page).getByText("Succeeded")).toBeVisible();
      const counts = await haproxy.count();
      expect([first, second].map((each) => counts[each]! > 0)).toEqual([true, true]);
    });

    const callers = startCallers(base, trigger.id, callerCount);
    await test.step("one is stopped in the middle: no page and no request fails", async () => {
      await callers.goOn(10);
      let isGone = false;
      const ending = end(second, 30_000).finally(() => {
        isGone = true;
      });
      while (!isGone) await walk(page);
      expect(await ending).toBe("code 0");
      await walk(page);
      await callers.goOn(10);
      expect(callers.failed).toEqual([]);
    });

    await test.step("a form of one that was killed since is taken by the other", async () => {
      await page.goto(`${base}/credentials/${credential!.id}/edit`);
      await openSection(page, "Ownership");
      await page.getByLabel("Owner", { exact: true }).fill(owner);
      await start(second);
      const had = (await haproxy.count())[second]!;
      await expect.poll(async () => (await haproxy.count())[second]).toBeGreaterThan(had);
      expect(await end(first, 0)).toBe("SIGKILL");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await expect(page.getByRole("heading", { name, level: 1, exact: true })).toBeVisible();
      await expect(page.getByText(owner)).toBeVisible();
      await walk(page);
      await callers.goOn(10);
    });
    await callers.stop();
    // What the killed one had not answered; nothing that was answered is lost.
    expect(callers.failed.length).toBeLessThanOrEqual(callerCount);
    expect(callers.answered.map(({ status }) => status)).toEqual(callers.answered.map(() => "succeeded"));

    await test.step("the edit counts on both, and the session ends on both", async () => {
      await start(first);
      for (const { url } of running.values()) {
        const version = async () => (await fire(url, trigger.id)).token?.credentialVersion;
        await expect.poll(version).toBe(credential!.version + 1);
        const shown = await page.request.get(`${url}/credentials/${credential!.id}`);
        expect(await shown.text()).toContain(owner);
      }
      await page.getByRole("button", { name: /^Account of/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await expect(page).toHaveURL(/\/signin/);
      for (const { url } of running.values()) {
        const asked = await page.request.get(`${url}/credentials`, { maxRedirects: 0 });
        expect(asked.headers().location ?? (await asked.text())).toContain("/signin");
      }
    });
    expect(failures).toEqual([]);
  } finally {
    await haproxy.close();
    await Promise.all([...running.values()].map(({ child }) => child.stop(0)));
  }
});
