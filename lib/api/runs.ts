import { z } from "zod";
import { releaseRun } from "#lib/delivery/firing/release-runs.ts";
import { cancelRun } from "#lib/delivery/queue/cancel-run.ts";
import { runEvents, runPhases, runStatuses } from "#lib/delivery/runs/model.ts";
import { getRun, listRuns } from "#lib/delivery/runs/read-runs.ts";
import { runQuery } from "#lib/delivery/runs/schema.ts";
import { soapVersions } from "#lib/delivery/soap/model.ts";
import { header, id, instant, pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const token = z.object({
  credentialId: id,
  credentialVersion: z.int(),
  source: z.enum(["cache", "acquired", "refreshed"]),
  ageSeconds: z.int(),
  expiresAt: instant,
  user: z
    .object({ id, name: z.string() })
    .optional()
    .meta({ description: "Whose own token it was, when the transport sends the token of a User credential." }),
});

const message = {
  headers: z.array(header),
  body: z.string().meta({ description: "Secrets are redacted; cut at 64 KiB." }),
  bodyBytes: z.int().meta({ description: "Size of the whole body." }),
};

export const requestReceipt = named("RunRequest", z.object({ method: z.string(), url: z.string(), ...message }));

const redirectedTo = z.string().nullable().meta({ description: "Where it came from when redirects were followed." });
const responseReceipt = named("RunResponse", z.object({ status: z.int(), ...message, redirectedTo }));

const runError = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  providerCode: z.string().nullable().meta({ description: "`error` of RFC 6749 when a token was refused." }),
  entraCode: z
    .string()
    .optional()
    .meta({ description: "Entra's own number of the error (AADSTS…), to look up; Microsoft changes them." }),
});

const soap = named(
  "RunSoap",
  z.object({
    operation: z.string().nullable(),
    action: z.string().nullable(),
    soapVersion: z.enum(soapVersions),
    fault: z
      .object({
        code: z.string(),
        subcodes: z.array(z.string()),
        reason: z.string(),
        actor: z.string().nullable(),
        detail: z.string().nullable().meta({ description: "As XML." }),
        detailJson: z.unknown(),
      })
      .nullable(),
    json: z.unknown().meta({ description: "The content of the answer's Body as data; null when it is too large." }),
    jsonCut: z.boolean(),
    headers: z.unknown().optional().meta({ description: "The header blocks of the answer as data." }),
    xml: z.string().nullable().meta({ description: "The envelope, where it came inside a multipart answer." }),
    attachments: z.array(z.object({ contentId: z.string().nullable(), contentType: z.string(), bytes: z.int() })),
    problem: z.string().nullable().meta({ description: "Why the answer could not be understood." }),
  }),
);
const soapPart = soap.nullable().meta({ description: "What was understood of a SOAP answer; null for HTTP." });

const timing = z
  .array(z.object({ name: z.enum(runPhases), startMs: z.number(), durationMs: z.number() }))
  .nullable()
  .meta({
    description:
      "How long each phase of the request took, from its start. Only measured phases are listed: those of a connection are missing if one was open.",
  });

const attempt = z.object({
  startedAt: instant,
  durationMs: z.int(),
  token: token.nullable(),
  proxy: z.string().meta({ description: "`none`, or the proxy's URL without user and password." }),
  request: requestReceipt.nullable(),
  response: responseReceipt.nullable(),
  error: runError.nullable(),
  soap: soapPart,
  timing: timing.optional(),
});

const base = {
  id,
  triggerId: id.nullable(),
  triggerName: z.string(),
  transportId: id,
  transportName: z.string(),
  nodeId: id,
  nodeName: z.string().nullable().meta({ description: "Null when the node is gone." }),
  credentialId: id.nullable(),
  credentialName: z.string().nullable(),
  event: z.enum(runEvents),
  actor: z.string().meta({ description: "Who or what fired it." }),
  status: z.enum(runStatuses),
  queuedAt: instant.nullable().meta({ description: "Since when it waits or waited in a queue; null when it did not." }),
  dueAt: instant.nullable().meta({ description: "Of a schedule: the time that it was due at." }),
  heldUntil: instant.nullable().meta({
    description: "Of one that failed on authentication and is or was held: until when at most; null when it was not.",
  }),
  startedAt: instant,
  durationMs: z.int(),
  attempts: z.int(),
  error: runError.nullable(),
};

const runSummary = named("RunSummary", z.object({ ...base, responseStatus: z.int().nullable() }));

/** A run with its receipt. */
export const run = named(
  "Run",
  z.object({
    ...base,
    proxy: z
      .string()
      .meta({ description: "Of the last request: `none`, or the proxy's URL without user and password." }),
    token: token.nullable().meta({ description: "Which token was used; never the token itself." }),
    request: requestReceipt.nullable().meta({ description: "Null when nothing was sent." }),
    response: responseReceipt.nullable().meta({ description: "Null when nothing came back." }),
    soap: soapPart,
    timing,
    attemptLog: z.array(attempt).meta({ description: "Every request, when there was more than one." }),
    variables: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: "Values of variables that the request shows. Others aren't kept." }),
    correlationId: z.string().nullable().meta({
      description:
        "The trace id of the caller's traceparent, its X-Request-Id, or made: what the log lines of the run have too.",
    }),
  }),
);

const read = { tag: "Runs", permission: "runs.read" } as const;

export const runEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/runs",
    summary: "List runs, newest first",
    query: runQuery,
    answer: pageOf(runSummary),
    run: (ctx, { query }) => listRuns(ctx, query),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/runs/{id}",
    summary: "Read a run with its receipt",
    answer: run,
    run: (ctx, input) => getRun(ctx, input.id),
  }),
  defineEndpoint({
    tag: "Runs",
    permission: "triggers.run",
    method: "post",
    path: "/runs/{id}/cancel",
    summary: "Cancel a queued or held run",
    description:
      "It ends as failed with the code `run_cancelled`, and nothing is sent. A run that was begun can't be cancelled.",
    answer: run,
    problems: ["conflict"],
    run: (ctx, input) => cancelRun(ctx, input.id),
  }),
  defineEndpoint({
    tag: "Runs",
    permission: "triggers.run",
    method: "post",
    path: "/runs/{id}/release",
    summary: "Make a held run again now",
    description:
      "Without waiting for its credential. It goes back into the queue, and is held again when it fails as before.",
    answer: run,
    problems: ["conflict"],
    run: (ctx, input) => releaseRun(ctx, input.id),
  }),
];
