import { createHash } from "node:crypto";
import { singleton } from "#lib/platform/env/singleton.ts";

/**
 * What the envelope of a secret that is sent somewhere is bound to: its place (table, row, field) and a hash of where the
 * secret can go.
 */
export type Binding = { place: string; destination: string };

/**
 * Hashes where a secret can go. Members that are null or empty are left out, so a member that is added later doesn't change
 * the hash of rows without it.
 */
export function hashDestination(destination: Record<string, unknown>): string {
  return createHash("sha256").update(toCanonicalJson(destination)).digest("base64url");
}

/** Writes JSON with sorted members: Postgres' jsonb doesn't keep their order. */
function toCanonicalJson(destination: Record<string, unknown>): string {
  const given = Object.entries(destination).filter(([, value]) => !isEmpty(value));
  return JSON.stringify(Object.fromEntries(given), (_, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/**
 * How far an upgrade from a version that didn't bind envelopes to destinations has come (lib/platform/keys/bind-secrets.ts).
 * `unbound`: processes of that version may run, so its envelopes are written. `binding`: bound ones are written, both are
 * opened. `bound`: only bound ones are opened.
 */
export const bindingStages = ["unbound", "binding", "bound"] as const;
export type BindingStage = (typeof bindingStages)[number];

const getHolder = () => singleton<{ stage: BindingStage }>("crypto.binding", () => ({ stage: "bound" }));

/** The stage that this process is in; `bound` unless an upgrade is underway. */
export function getBindingStage(): BindingStage {
  return getHolder().stage;
}

/** Sets the stage: from the database when a process starts, and later only forward. */
export function setBindingStage(stage: BindingStage): void {
  getHolder().stage = stage;
}
