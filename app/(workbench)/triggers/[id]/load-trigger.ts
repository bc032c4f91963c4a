import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { mayRun } from "#lib/delivery/triggers/may-run.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { loadById } from "#lib/web/load-by-id.ts";

/** The trigger of this request and what may be done with it, read once for the page and its title. */
export const loadTrigger = loadById(async (ctx, id) => {
  const trigger = await getTrigger(ctx, id);
  const path = await getNodePath(trigger.nodeId);
  return {
    trigger,
    mayWrite: isAllowed(ctx.grants, "triggers.write", path),
    mayRun: await mayRun(ctx, trigger),
  };
});
