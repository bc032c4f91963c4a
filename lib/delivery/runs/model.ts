import type { SoapVersion } from "#lib/delivery/soap/model.ts";
import type { Header } from "#lib/delivery/transports/definition.ts";
import type { NetworkPhase, Phase } from "#lib/platform/net/timing.ts";

export const runStatuses = ["succeeded", "failed", "queued", "held", "running"] as const;
export type RunStatus = (typeof runStatuses)[number];

/** On what a run failed that is held: no token could be had, or the service refused it. */
export type HoldReason = "token" | "service";

/** Which token a run used and where it came from; never the token. */
export type RunToken = {
  credentialId: string;
  credentialVersion: number;
  source: "cache" | "acquired" | "refreshed";
  ageSeconds: number;
  expiresAt: string;
  /** Whose token it was, of a User credential; left out for the credential's own. */
  user?: { id: string; name: string };
};

/** What a run sends, complete but for the Authorization and the values of secret headers. */
export type RunRequest = {
  method: string;
  url: string;
  headers: [string, string][];
  body: string | null;
  /** Which of the headers are secret, and what opens their values. */
  secretHeaders?: { index: number; open: () => string }[];
};

/** How much of a body a receipt keeps, in characters. */
export const maxBodyLength = 64 * 1024;

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
  /** Entra's own number of the error, for people to look up; left out when there is none. */
  entraCode?: string;
};

/** A Fault (SOAP 1.1 section 4.4, SOAP 1.2 section 5.4), secrets redacted. */
export type RunFault = {
  /** faultcode, or Code/Value. */
  code: string;
  /** Subcodes of SOAP 1.2, outermost first. */
  subcodes: string[];
  /** faultstring, or Reason/Text. */
  reason: string;
  /** faultactor, or Role. */
  actor: string | null;
  /** The content of detail as XML. */
  detail: string | null;
  /** The same as data. */
  detailJson: unknown;
};

/** What a run over a WS_SOAP transport called and what was understood of the answer; raw XML is in `response.body`. */
export type RunSoap = {
  /** Null for a raw envelope. */
  operation: string | null;
  /** SOAPAction, or the action of SOAP 1.2's media type. */
  action: string | null;
  soapVersion: SoapVersion;
  fault: RunFault | null;
  /** The content of the answer's Body as data; null without one, and when it is too large to keep (`jsonCut`). */
  json: unknown;
  jsonCut: boolean;
  /** The header blocks of the answer as data; absent without any. */
  headers?: unknown;
  /** The envelope as XML where `response.body` is not it: inside a multipart answer. Null otherwise. */
  xml: string | null;
  /** Parts of a multipart answer beside the envelope. */
  attachments: { contentId: string | null; contentType: string; bytes: number }[];
  /** Why the answer could not be understood, null when it could. */
  problem: string | null;
};

/** What takes time in a request of a run, in order. Those of a connection are missing if one was open. */
export const runPhases = ["token", "lookup", "proxy", "connect", "tls", "first_byte", "body"] as const satisfies (
  | "token"
  | NetworkPhase
)[];
export type RunPhase = (typeof runPhases)[number];
/** A phase that was measured, in milliseconds since the request's start. */
export type RunTiming = Phase<RunPhase>[];

/** One request of a run. */
export type RunAttempt = {
  startedAt: string;
  durationMs: number;
  token: RunToken | null;
  proxy: string;
  request: RunRequestReceipt | null;
  response: RunResponseReceipt | null;
  error: RunError | null;
  /** Null for HTTP. */
  soap: RunSoap | null;
  /** Null for runs from before it was measured. */
  timing: RunTiming | null;
};

/** What made a run: a trigger fired by somebody, by its schedule or its webhook, or somebody tried a transport. */
export const runEvents = ["on_demand", "schedule", "webhook", "test"] as const;
export type RunEvent = (typeof runEvents)[number];

/** A run with its receipt, as the REST API gives it: finished, or queued or running and without answer yet. Instants are ISO strings. */
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
  /** Who or what fired it: `Anna`, `API key CI`, `Schedule 0 8 * * *, Europe/Berlin`. */
  actor: string;
  status: RunStatus;
  /** Since when it waits or waited in a queue, null when it did not. */
  queuedAt: string | null;
  /** Of a schedule: the time that it was due at. */
  dueAt: string | null;
  /** Of one that failed on authentication and was held to be made again: until when at most; null when it was not. */
  heldUntil: string | null;
  /** When it began; of a queued one, when it was accepted. */
  startedAt: string;
  durationMs: number;
  attempts: number;
  /** Of the last attempt: `none` or the proxy's URL without user and password. */
  proxy: string;
  token: RunToken | null;
  request: RunRequestReceipt | null;
  response: RunResponseReceipt | null;
  error: RunError | null;
  /** What was understood of a SOAP answer, null for HTTP. */
  soap: RunSoap | null;
  /** Of the last attempt; null when nothing was measured. */
  timing: RunTiming | null;
  /** Every request that was sent, when there was more than one; else empty. */
  attemptLog: RunAttempt[];
  /** Values of variables that the request shows, to run the trigger again; null without any. */
  variables: Record<string, unknown> | null;
  /** Of the request that made it: its log lines, and its trace, have the same. */
  correlationId: string | null;
};

/** A run that has begun, as its row in the table would be if nothing more were heard of it. */
export type StartedRun = { id: string; [column: string]: unknown };

/** A row of the list of runs. */
export type RunSummary = Omit<
  Run,
  "request" | "response" | "soap" | "timing" | "attemptLog" | "variables" | "correlationId" | "token" | "proxy"
> & {
  /** HTTP status of the last answer, null when there was none. */
  responseStatus: number | null;
};

/** A run as the table keeps it. */
export type RunRow = { run: Run; nodePath: readonly string[] };
