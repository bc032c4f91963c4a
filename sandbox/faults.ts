import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { cutConnection } from "./exchange.ts";

export const FAULT_MODES = ["status", "too_many_requests", "html", "empty", "hang", "reset", "slow"] as const;
type FaultMode = (typeof FAULT_MODES)[number];

/** How the token endpoint misbehaves. */
export interface Fault {
  mode: FaultMode;
  /** Only for this client; for everybody if unset. */
  clientId?: string;
  /** For how many requests; for ever if unset. */
  times?: number;
  /** The HTTP status of the modes `status` (500), `html` (502) and `empty` (200). */
  status?: number;
  /** Of the mode `status`: an RFC 6749 `error` to answer as JSON; otherwise the answer is a line of text. */
  error?: string;
  /** Of the mode `too_many_requests`; 2 if unset. */
  retryAfterSeconds?: number;
  /** Of the mode `slow`: milliseconds before the request is served as usual; 1000 if unset. */
  delayMs?: number;
}

/** The faults that are set. The newest that fits a request is the one that acts. */
export interface Faults {
  set(fault: Fault): void;
  clear(): void;
  list(): Fault[];
  /** Finds the fault for a request and counts it as used. */
  take(clientId: string): Fault | undefined;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  return {
    set(fault) {
      faults.unshift({ ...fault });
    },
    clear() {
      faults = [];
    },
    list: () => faults.map((fault) => ({ ...fault })),
    take(clientId) {
      const fault = faults.find((candidate) => candidate.clientId === undefined || candidate.clientId === clientId);
      if (fault?.times !== undefined) {
        fault.times -= 1;
        if (fault.times <= 0) faults = faults.filter((other) => other !== fault);
      }
      return fault;
    },
  };
}

/** Answers a request as the fault says. Resolves with false when the request is to be served after all. */
export async function misbehave(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.mode) {
    case "status": {
      const status = fault.status ?? 500;
      if (fault.error) {
        answer(
          response,
          status,
          "application/json",
          JSON.stringify({ error: fault.error, error_description: "sandbox" }),
        );
      } else answer(response, status, "text/plain", `the sandbox was told to answer ${status}\n`);
      return true;
    }
    case "too_many_requests":
      response.setHeader("retry-after", String(fault.retryAfterSeconds ?? 2));
      answer(response, 429, "application/json", JSON.stringify({ error: "temporarily_unavailable" }));
      return true;
    case "html":
      answer(
        response,
        fault.status ?? 502,
        "text/html",
        "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>\n",
      );
      return true;
    case "empty":
      answer(response, fault.status ?? 200, "application/json", "");
      return true;
    case "hang":
      return true;
    case "reset":
      cutConnection(response);
      return true;
    case "slow":
      await wait(fault.delayMs ?? 1000, undefined, { ref: false });
      return false;
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
