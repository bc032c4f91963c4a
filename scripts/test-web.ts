import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll } from "vitest";
import { insertNode } from "#lib/runs/fixtures.ts";
import { createTransport } from "#lib/transports/create-transport.ts";
import { transportInput } from "#lib/transports/schema.ts";
import { createTrigger } from "#lib/triggers/create-trigger.ts";
import { triggerInput } from "#lib/triggers/schema.ts";
import { insertApiKey } from "./test-portal.ts";
import { tester } from "./test-sandbox.ts";
import { type Listening, listen } from "./test-servers.ts";

/** A web process of its own, without pages. */
export type Web = { child: ChildProcess; port: number; url: string };

/** What a caller sees of a run: an answer, or `broken` for a connection that ended without one. */
export type Call = { status: number; retryAfter: string | null; body: { id: string; status: string; code?: string } };

/** Starts web processes on this process's database, and ends them; those that still run at the end are killed. */
export function setUpWeb() {
  const all = new Set<ChildProcess>();
  const end = async ({ child }: Web, signal: "SIGTERM" | "SIGKILL") => {
    const gone = once(child, "exit");
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await gone;
    }
    all.delete(child);
    return child.exitCode;
  };
  afterAll(() => {
    for (const child of all) child.kill("SIGKILL");
  });
  return {
    /** @param preload modules that the process begins with. */
    async start(environment: Record<string, string> = {}, preload: string[] = []): Promise<Web> {
      const child = fork("scripts/test-web-process.ts", {
        execArgv: ["--disable-warning=ExperimentalWarning", ...preload.map((file) => `--import=${file}`)],
        env: { ...process.env, ...environment },
      });
      all.add(child);
      const [{ port }] = await once(child, "message");
      return { child, port, url: `http://127.0.0.1:${port}` };
    },
    end,
  };
}

/**
 * A service that notes which runs reach it, by their ids, and triggers that call it. `/hang` gets no answer, `/held` one
 * when the test lets go, `/reset` has its connection cut in the middle of the answer. Needs the database.
 */
export function setUpNotingService() {
  const seen = new Set<string>();
  let held = Promise.withResolvers<void>();
  let service: Listening;
  let nodeId = "";
  let key = "";
  beforeAll(async () => {
    service = await listen(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://service");
      seen.add(searchParams.get("run") ?? "none");
      if (pathname === "/held") await held.promise;
      if (pathname === "/reset") {
        response.writeHead(200, { "content-length": "1000" });
        response.write("{", () => request.socket.resetAndDestroy());
      } else if (pathname !== "/hang") response.end("{}");
    });
    nodeId = await insertNode("Plant");
    key = await insertApiKey("admin");
  });
  afterAll(() => service.close());

  return {
    seen,
    get nodeId() {
      return nodeId;
    },
    get headers() {
      return { authorization: `Bearer ${key}`, "content-type": "application/json" };
    },
    /** Answers what is held; what comes later is held anew. */
    letGo() {
      held.resolve();
      held = Promise.withResolvers();
    },
    /** A trigger that sends to a path of the service. */
    async makeTrigger(path: string, options: { credentialId?: string; maxInProgress?: number } = {}): Promise<string> {
      const { credentialId, maxInProgress = 0 } = options;
      const { id: transportId } = await createTransport(
        tester,
        transportInput.parse({
          name: `Orders ${crypto.randomUUID()}`,
          nodeId,
          type: "HTTP",
          http: { url: `http://127.0.0.1:${service.port}`, method: "POST" },
          authorization: credentialId ? { kind: "credential", credentialId } : { kind: "none" },
        }),
      );
      const request = { path, query: { run: "{{run.id}}" } };
      const input = { name: `Send ${crypto.randomUUID()}`, nodeId, transportId, request, maxInProgress };
      return (await createTrigger(tester, triggerInput.parse(input))).id;
    },
    async run(base: string, triggerId: string, signal?: AbortSignal): Promise<Call | "broken"> {
      const url = `${base}/api/v1/triggers/${triggerId}/run`;
      try {
        const answer = await fetch(url, { method: "POST", headers: this.headers, body: "{}", signal });
        const body = (await answer.json()) as Call["body"];
        return { status: answer.status, retryAfter: answer.headers.get("retry-after"), body };
      } catch {
        return "broken";
      }
    },
  };
}
