import type { Context } from "#lib/access/permissions/context.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import {
  hashRoute,
  listRouteFields,
  needsApproval,
  readRouteState,
  sealApproval,
} from "#lib/delivery/transports/route.ts";
import type { TransportUpdate } from "#lib/delivery/transports/schema.ts";
import type { TransportRow } from "#lib/delivery/transports/store.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

type Saved = Parameters<typeof hashRoute>[0];
type ApprovalColumns = Pick<TransportRow, "routeApproval" | "routeApprovalEnvelope">;

const routeMembers = [
  "authorization",
  "proxy",
  "trustedCa",
  "trustedCaId",
  "clientCertificate",
  "http",
  "soap",
] as const;

/**
 * The columns of the approval of a transport's route, when it's saved. Admins of credentials approve what they enter; everybody else
 * can only keep what is approved.
 * @param entered the members that were sent: an admin approves nothing by changing something else.
 * @throws AppError `forbidden` at `proxy.url` and `trustedCa`
 */
export function approveRoute(
  ctx: Context,
  id: string,
  columns: Saved,
  stored: TransportRow | null,
  entered: Partial<Pick<TransportUpdate, (typeof routeMembers)[number]>>,
  now: Date,
): ApprovalColumns {
  if (!needsApproval(columns)) return { routeApproval: null, routeApprovalEnvelope: null };
  const hash = hashRoute(columns);
  const { routeApproval = null, routeApprovalEnvelope = null } = stored ?? {};
  const before = { routeApproval, routeApprovalEnvelope };
  if (readRouteState({ id, ...columns, ...before }) === "approved") return before;
  if (!isAllowed(ctx.grants, "credentials.write", null)) throw routeNeedsAdmin(columns);
  return routeMembers.some((name) => entered[name] !== undefined)
    ? sealApproval(id, { hash, by: ctx.actor.name, at: now.toISOString() })
    : before;
}

function routeNeedsAdmin(columns: Saved): AppError {
  const what = { "proxy.url": "proxy", trustedCa: "trusted CA" };
  const name = { "proxy.url": "proxy", trustedCa: "certificate authority" };
  const fields = listRouteFields(columns).map((field) => ({
    field,
    message: `Only an admin can save a transport that sends a token or password over its own ${what[field]}. Select a named ${name[field]}, or ask an admin to save the transport.`,
  }));
  return new AppError("forbidden", fields[0]!.message, {
    hint: "A proxy or certificate authority of a transport could read the token or password.",
    fields,
  });
}
