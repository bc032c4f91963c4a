import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { runPage } from "#lib/web/action.ts";

/** The trigger of this request and what may be done with it, read once for the page and its title. */
export const loadTrigger = cache(async (id: string) => {
  if (!z.uuid().safeParse(id).success) notFound();
  return runPage(async (ctx) => {
    const trigger = await getTrigger(ctx, id);
    const path = await getNodePath(trigger.nodeId);
    return {
      trigger,
      mayWrite: isAllowed(ctx.grants, "triggers.write", path),
      mayRun: isAllowed(ctx.grants, "triggers.run", path),
    };
  });
});
