import type { Option } from "#app/_ui/search-select.tsx";
import type { Context } from "#lib/access/permissions/context.ts";
import { getTrigger, listTriggers } from "#lib/delivery/triggers/read-triggers.ts";
import { ifThere } from "../transports/find-options.ts";

const limit = 50;

/** Triggers to pick, with their node. */
export async function findTriggerOptions(ctx: Context, wanted: { q: string; include: string[] }): Promise<Option[]> {
  const found = (await listTriggers(ctx, { q: wanted.q, limit })).items;
  const missing = wanted.include.filter((id) => !found.some((trigger) => trigger.id === id));
  const chosen = await Promise.all(missing.map((id) => ifThere(getTrigger(ctx, id))));
  return [...chosen.filter((trigger) => trigger !== null), ...found].map(({ id, name, nodeName }) => ({
    value: id,
    label: `${name} (${nodeName})`,
  }));
}
