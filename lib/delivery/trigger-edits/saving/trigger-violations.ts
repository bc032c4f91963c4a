import type { TriggerUpdate } from "#lib/delivery/triggers/schema.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";

/** What a constraint of the table means to who saved a trigger; other errors come back as they are. */
export function explainViolation(
  err: unknown,
  { name = "that", event }: Pick<TriggerUpdate, "name" | "event">,
): unknown {
  const violation = findViolation(err);
  if (violation?.constraint.startsWith("webhooks_")) {
    const slug = event?.kind === "webhook" ? event.slug : "that";
    const message = `Another trigger already has the webhook ${slug}. Pick another name for it.`;
    return new AppError("name_taken", message, { fields: [{ field: "event.slug", message }] });
  }
  if (violation?.kind === "unique") {
    const message = `This node already has a trigger named ${name}.`;
    return new AppError("name_taken", message, { fields: [{ field: "name", message }] });
  }
  if (violation?.constraint.includes("node_id")) {
    return invalidInput([{ field: "nodeId", message: "This node does not exist any more. Pick another one." }]);
  }
  return err;
}
