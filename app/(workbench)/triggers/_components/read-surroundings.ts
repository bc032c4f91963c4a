import { findNodeChoices, findTransportOptions, ifThere } from "#app/_shared/options/find-options.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { getTransport } from "#lib/delivery/transports/read-transports.ts";
import { toKnownTransport } from "./request-kind.ts";

/** What the form needs besides the trigger: its transport, and nodes and transports to pick from at first. */
export async function readFormSurroundings(ctx: Context, nodeId: string | null, transportId: string | null) {
  const picked = transportId ? await ifThere(getTransport(ctx, transportId)) : null;
  return {
    transport: picked && toKnownTransport(picked),
    places: await findNodeChoices(ctx, { q: "", include: nodeId ? [nodeId] : [] }, "triggers.write"),
    transports: await findTransportOptions(ctx, { q: "", include: picked ? [picked.id] : [] }, "transports.test"),
  };
}
