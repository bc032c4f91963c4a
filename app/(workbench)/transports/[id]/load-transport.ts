import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { getTransport } from "#lib/delivery/transports/read-transports.ts";
import { loadById } from "#lib/web/load-by-id.ts";

/** The transport of this request and what may be done with it, read once for the page and its title. */
export const loadTransport = loadById(async (ctx, id) => {
  const transport = await getTransport(ctx, id);
  const path = await getNodePath(transport.nodeId);
  return {
    transport,
    mayWrite: isAllowed(ctx.grants, "transports.write", path),
    mayTest: isAllowed(ctx.grants, "transports.test", path),
    mayAddTrigger: isAllowed(ctx.grants, "triggers.write", path),
  };
});
