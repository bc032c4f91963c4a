import type { Option } from "#app/_ui/search-select.tsx";
import { findNodeOptions } from "#lib/access/nodes/find-node-options.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Action } from "#lib/access/permissions/permissions.ts";
import { getTransport, listTransports } from "#lib/delivery/transports/read-transports.ts";
import { listAssignableCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";

const limit = 50;

type Wanted = { q: string; include: string[] };

/** Transports to pick, with their node and type. */
export async function findTransportOptions(ctx: Context, { q, include }: Wanted): Promise<Option[]> {
  const found = (await listTransports(ctx, { q, limit })).items;
  const missing = include.filter((id) => !found.some((transport) => transport.id === id));
  const chosen = await Promise.all(missing.map((id) => ifThere(getTransport(ctx, id))));
  return [...chosen.filter((transport) => transport !== null), ...found].map(({ id, name, nodeName, type }) => ({
    value: id,
    label: `${name} (${nodeName}, ${type})`,
  }));
}

/** Nodes on which the caller may do something, with the way to each. */
export async function findNodeChoices(
  ctx: Context,
  { q, include }: Wanted,
  action: Action = "nodes.read",
): Promise<Option[]> {
  const found = await findNodeOptions(ctx, { action, q, include });
  return found.map(({ id, label }) => ({ value: id, label }));
}

/** Credentials that a list may be narrowed to; none for those who may not know them. */
export async function findCredentialChoices(ctx: Context, { q, include }: Wanted): Promise<Option[]> {
  if (!mayDoSomewhere(ctx, "credentials.assign")) return [];
  const wanted = q.trim().toLowerCase();
  const all = await listAssignableCredentials(ctx);
  const fitting = all.filter(({ id, name }) => include.includes(id) || name.toLowerCase().includes(wanted));
  return fitting.slice(0, limit).map(({ id, name }) => ({ value: id, label: name }));
}

/** What was found, or null for what is gone or not for the caller's eyes. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (err) {
    if (isAppError(err) && (err.code === "not_found" || err.code === "forbidden")) return null;
    throw err;
  }
}
