import { randomBytes } from "node:crypto";
import { toEdgeError } from "#lib/platform/edges/edge-error.ts";
import type { ErrorCode, FieldError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";

/** What a form shows of an error. `reference` is set for unexpected ones: the log has the rest under it. */
export type ActionError = {
  code: ErrorCode;
  message: string;
  hint: string | null;
  fields: FieldError[];
  details: Record<string, unknown>;
  reference: string | null;
};

export type ActionResult<T> = { ok: true; value: T } | { ok: false; error: ActionError };

/** Any thrown value as what may be shown. What was not meant to be shown is logged under a reference id instead. */
export function toActionError(thrown: unknown): ActionError {
  const error = toEdgeError(thrown);
  const { code, message, hint, fields, details } = error;
  if (error.code === "database_unavailable") getLog().error({ err: thrown }, "the database can't be reached");
  if (error.expose) return { code, message, hint, fields, details, reference: null };
  const reference = logUnexpected(thrown);
  return {
    code,
    message: "Something went wrong inside Sallyport.",
    hint: `Try again. If it stays, give this reference to who runs the portal: ${reference}.`,
    fields: [],
    details: {},
    reference,
  };
}

/** Logs an unexpected error; returns the reference id that people are shown. */
export function logUnexpected(err: unknown): string {
  const reference = randomBytes(5).toString("hex");
  getLog().error({ err, reference }, "an unexpected error");
  return reference;
}
