import { toEdgeError } from "#lib/platform/edges/edge-error.ts";
import { type ErrorCode, type FieldError, isAppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { getProblemType, problemTypesPath } from "./problem-types.ts";

/** A problem document (RFC 9457), with our extension members and those of the error's details (`usedBy`, `changed` …). */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ErrorCode;
  hint: string | null;
  correlationId: string;
  errors?: FieldError[];
  [member: string]: unknown;
};

const standardMembers = new Set([
  "type",
  "title",
  "status",
  "detail",
  "instance",
  "code",
  "hint",
  "correlationId",
  "errors",
]);

/**
 * The problem document of a thrown value. What is not meant for outside (`expose` false, and every error that is not an
 * AppError) is told by its title and the request's id alone.
 * @param requestId a UUID; it is `instance` here and `requestId` in the log.
 * @param correlationId of the work that the request is a part of (lib/platform/log/correlation.ts).
 */
export function toProblem(thrown: unknown, requestId: string, correlationId = requestId): Problem {
  const err = toEdgeError(thrown);
  const { status, title } = getProblemType(err.code);
  const problem: Problem = {
    type: `${problemTypesPath}#${err.code}`,
    title,
    status,
    detail: err.expose ? err.message : `${title}. The log of Sallyport has more under the request id ${requestId}.`,
    instance: `urn:uuid:${requestId}`,
    code: err.code,
    hint: err.expose ? err.hint : null,
    correlationId,
  };
  if (!err.expose) return problem;
  if (err.fields.length > 0 || err.code === "invalid_input") problem.errors = err.fields;
  for (const [name, value] of Object.entries(err.details)) if (!standardMembers.has(name)) problem[name] = value;
  return problem;
}

/** Headers that belong to a problem: how to authenticate (RFC 6750 section 3), when to try again, what is allowed. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const headers: Record<string, string> = { "Content-Type": "application/problem+json" };
  if (problem.status === 401) headers["WWW-Authenticate"] = 'Bearer realm="Sallyport"';
  const wait = problem.retryAfterSeconds;
  if (typeof wait === "number") headers["Retry-After"] = String(Math.max(1, Math.ceil(wait)));
  else if (problem.status === 503) headers["Retry-After"] = "5";
  else if (problem.status === 429) headers["Retry-After"] = "1";
  if (Array.isArray(problem.allow)) headers.Allow = problem.allow.join(", ");
  if (problem.status === 413) headers.Connection = "close";
  return headers;
}

/** Logs what went wrong on our side in full; what the caller did wrong in one line. */
export function logProblem(thrown: unknown, problem: Problem, request: { method: string; path: string }): void {
  const facts = {
    requestId: problem.instance.slice("urn:uuid:".length),
    ...request,
    status: problem.status,
    code: problem.code,
  };
  if (problem.status >= 500 && problem.status !== 502 && problem.status !== 504) {
    getLog().error({ ...facts, err: rootCause(thrown) }, "a request of a program failed");
  } else if (isAppError(thrown)) getLog().info(facts, "a request of a program was refused");
  else getLog().warn({ ...facts, err: thrown }, "a request of a program was refused");
}

/** `internal` wraps the error that matters. */
function rootCause(thrown: unknown): unknown {
  return isAppError(thrown) && thrown.code === "internal" && thrown.cause ? thrown.cause : thrown;
}
