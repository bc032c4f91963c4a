import type { Header } from "../transports/model.ts";

export const runStatuses = ["succeeded", "failed", "queued", "held", "running"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Which token a run used and where it came from; never the token. */
export type RunToken = {
  credentialId: string;
  credentialVersion: number;
  source: "cache" | "acquired" | "refreshed";
  ageSeconds: number;
  expiresAt: string;
};

/** What a run sends, complete but for the Authorization. */
export type RunRequest = { method: string; url: string; headers: [string, string][]; body: string | null };

/** What was sent, secrets redacted. `body` is cut at 64 KiB (`bodyBytes` tells the whole size). */
export type RunRequestReceipt = { method: string; url: string; headers: Header[]; body: string; bodyBytes: number };

/** What came back, secrets redacted, `body` cut likewise; binary bodies are named, not kept. */
export type RunResponseReceipt = {
  status: number;
  headers: Header[];
  body: string;
  bodyBytes: number;
  /** Where the answer came from when redirects were followed, else null. */
  redirectedTo: string | null;
};

export type RunError = {
  code: string;
  message: string;
  hint: string | null;
  /** `error` of RFC 6749 when a token was refused. */
  providerCode: string | null;
};

/** One request of a run. */
export type RunAttempt = {
  startedAt: string;
  durationMs: number;
  token: RunToken | null;
  proxy: string;
  request: RunRequestReceipt | null;
  response: RunResponseReceipt | null;
  error: RunError | null;
};

/** What made a run: a trigger fired on demand, or somebody tried a transport. */
export const runEvents = ["on_demand", "test"] as const;
export type RunEvent = (typeof runEvents)[number];

/** A finished run with its receipt, as the REST API gives it. Instants are ISO strings. */
export type Run = {
  id: string;
  triggerId: string | null;
  triggerName: string;
  transportId: string;
  transportName: string;
  nodeId: string;
  /** Null when the node is gone. */
  nodeName: string | null;
  credentialId: string | null;
  credentialName: string | null;
  event: RunEvent;
  /** Who fired it: `Anna`, `API key CI`. */
  actor: string;
  status: RunStatus;
  startedAt: string;
  durationMs: number;
  attempts: number;
  /** Of the last attempt: `none` or the proxy's URL without user and password. */
  proxy: string;
  token: RunToken | null;
  request: RunRequestReceipt | null;
  response: RunResponseReceipt | null;
  error: RunError | null;
  /** Every request that was sent, when there was more than one; else empty. */
  attemptLog: RunAttempt[];
};

/** A row of the list of runs. */
export type RunSummary = Omit<Run, "request" | "response" | "attemptLog" | "token" | "proxy"> & {
  /** HTTP status of the last answer, null when there was none. */
  responseStatus: number | null;
};
