import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll } from "vitest";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { transportInput } from "#lib/delivery/transports/schema.ts";
import { createTrigger } from "#lib/delivery/trigger-edits/create-trigger.ts";
import { triggerInput } from "#lib/delivery/triggers/schema.ts";
import { killProcess } from "./kill-process.ts";
import { insertNode } from "./test-nodes.ts";
import { insertApiKey } from "./test-portal.ts";
import { findProgram } from "./test-programs.ts";
import { tester } from "./test-sandbox.ts";
import { type Listening, listen } from "./test-servers.ts";

/** A web process of its own, without pages. */
export type Web = { child: ChildProcess; port: number; url: string };

/** What a caller sees of a run: an answer, or `broken` for a connection that ended without one. */
export type Call = { status: number; retryAfter: string | null; body: { id: string; status: string; code?: string } };

/** Starts web processes on this process's database, and ends them; those that still run at the end are killed. */
export function setUpWeb() {
  const all = new Set<ChildProcess>();
  /** Kills a process and waits until it's gone. */
  const kill = async ({ child }: Pick<Web, "child">) => {
    await killProcess(child);
    all.delete(child);
  };
  afterAll(() => Promise.all([...all].map((child) => kill({ child }))));
  return {
    /** @param preload modules that the process begins with. */
    async start(environment: Record<string, string> = {}, preload: string[] = []): Promise<Web> {
      const child = fork(findProgram("scripts/test-web-process.ts"), {
        execArgv: ["--disable-warning=ExperimentalWarning", ...preload.map((file) => `--import=${file}`)],
        env: { ...process.env, ...environment },
      });
      all.add(child);
      const port = await new Promise<number>((resolve, reject) => {
        child.once("message", (message: { port: number }) => resolve(message.port));
        child.once("exit", (code, signal) =>
          reject(new Error(`A web process ended with ${signal ?? code} before it was ready.`)),
        );
      });
      return { child, port, url: `http://127.0.0.1:${port}` };
    },
    kill,
    /**
     * Sends SIGTERM: /readyz answers 503 while the process still serves. `drain` lets it close its port, as it does when its load
     * balancer has had the time to notice, and returns the exit code.
     */
    stop({ child }: Web): { drain: () => Promise<number | null> } {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      return {
        drain: async () => {
          child.send("drain");
          await exited;
          all.delete(child);
          return child.exitCode;
        },
      };
    },
    /**
     * Sets the clock, or the uptime (`performance.now()`), of a process that began with `./scripts/test-clock.mjs`.
     * @param ahead of the real one, in ms.
     */
    async setTime({ child }: Web, ahead: { clock: number } | { uptime: number }): Promise<void> {
      const done = once(child, "message");
      child.send(ahead);
      await done;
    },
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
    /** A trigger that sends to a path of the service. Its time limits are as long as they can be. */
    async makeTrigger(path: string, options: { credentialId?: string; maxInProgress?: number } = {}): Promise<string> {
      const { credentialId, maxInProgress = 0 } = options;
      const { id: transportId } = await createTransport(
        tester,
        transportInput.parse({
          name: `Orders ${crypto.randomUUID()}`,
          nodeId,
          type: "HTTP",
          http: { url: `http://127.0.0.1:${service.port}`, method: "POST" },
          timeoutMs: 600_000,
          authorization: credentialId ? { kind: "credential", credentialId } : { kind: "none" },
        }),
      );
      const request = { path, query: { run: "{{run.id}}" } };
      const limits = { maxInProgress, maxExecutionMs: 600_000 };
      const input = { name: `Send ${crypto.randomUUID()}`, nodeId, transportId, request, ...limits };
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
