import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { getTransport } from "#lib/delivery/transports/read-transports.ts";
import { runPage } from "#lib/web/action.ts";

/** The transport of this request and what may be done with it, read once for the page and its title. */
export const loadTransport = cache(async (id: string) => {
  if (!z.uuid().safeParse(id).success) notFound();
  return runPage(async (ctx) => {
    const transport = await getTransport(ctx, id);
    const path = await getNodePath(transport.nodeId);
    return {
      transport,
      mayWrite: isAllowed(ctx.grants, "transports.write", path),
      mayTest: isAllowed(ctx.grants, "transports.test", path),
      mayAddTrigger: isAllowed(ctx.grants, "triggers.write", path),
    };
  });
});
