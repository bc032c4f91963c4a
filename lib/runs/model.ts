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

/** What was sent, secrets redacted. `body` is cut at 64 KiB (`bodyBytes` tells the whole size). */
export type RunRequestReceipt = { method: string; url: string; headers: Header[]; body: string; bodyBytes: number };

/** What came back, secrets redacted, `body` cut likewise; binary bodies are named, not kept. */
export type RunResponseReceipt = { status: number; headers: Header[]; body: string; bodyBytes: number };

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
