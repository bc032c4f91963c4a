import { z } from "zod";
import type { Option } from "#app/_ui/search-select.tsx";
import { findNodeOptions } from "#lib/access/nodes/find-node-options.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Action } from "#lib/access/permissions/permissions.ts";
import { getTransport, listTransports } from "#lib/delivery/transports/read-transports.ts";
import { getTrigger, listTriggers } from "#lib/delivery/triggers/read-triggers.ts";
import { listAssignableCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { getAuthority, listAuthorities } from "#lib/oauth/network/authorities.ts";
import { getProxy, listProxies } from "#lib/oauth/network/proxies.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";

const limit = 50;

/** What a field that searches asks for: a text, and the chosen options whatever the text. */
export const optionQuery = z.object({
  q: z.string().max(200).default(""),
  include: z.array(z.uuid()).max(5).default([]),
});
type Wanted = z.output<typeof optionQuery>;

/** What users look for a node for. */
export const nodeActions = ["nodes.read", "nodes.write", "transports.write", "triggers.write"] as const;
export type NodeAction = (typeof nodeActions)[number];

/** Transports to pick, with their node and type. */
export async function findTransportOptions(
  ctx: Context,
  { q, include }: Wanted,
  action: "transports.read" | "transports.test" = "transports.read",
): Promise<Option[]> {
  const found = (await listTransports(ctx, { q, limit }, action)).items;
  const missing = include.filter((id) => !found.some((transport) => transport.id === id));
  const chosen = await Promise.all(missing.map((id) => ifThere(getTransport(ctx, id))));
  return [...chosen.filter((transport) => transport !== null), ...found].map(({ id, name, nodeName, type }) => ({
    value: id,
    label: `${name} (${nodeName}, ${type})`,
  }));
}

/** Triggers to pick, with their node. */
export async function findTriggerOptions(ctx: Context, { q, include }: Wanted): Promise<Option[]> {
  const found = (await listTriggers(ctx, { q, limit })).items;
  const missing = include.filter((id) => !found.some((trigger) => trigger.id === id));
  const chosen = await Promise.all(missing.map((id) => ifThere(getTrigger(ctx, id))));
  return [...chosen.filter((trigger) => trigger !== null), ...found].map(({ id, name, nodeName }) => ({
    value: id,
    label: `${name} (${nodeName})`,
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

/** Named proxies to select. */
export async function findProxyOptions(ctx: Context, { q, include }: Wanted): Promise<Option[]> {
  const found = (await listProxies(ctx, { q, limit })).items;
  const missing = include.filter((id) => !found.some((proxy) => proxy.id === id));
  const chosen = await Promise.all(missing.map((id) => ifThere(getProxy(ctx, id))));
  return toNames([...chosen.filter((proxy) => proxy !== null), ...found]);
}

/** Named certificate authorities to select. */
export async function findAuthorityOptions(ctx: Context, { q, include }: Wanted): Promise<Option[]> {
  const found = (await listAuthorities(ctx, { q, limit })).items;
  const missing = include.filter((id) => !found.some((authority) => authority.id === id));
  const chosen = await Promise.all(missing.map((id) => ifThere(getAuthority(ctx, id))));
  return toNames([...chosen.filter((authority) => authority !== null), ...found]);
}

const toNames = (found: { id: string; name: string }[]) => found.map(({ id, name }) => ({ value: id, label: name }));

/** What was found, or null for what is gone or not for the caller's eyes. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (err) {
    if (isAppError(err) && (err.code === "not_found" || err.code === "forbidden")) return null;
    throw err;
  }
}
