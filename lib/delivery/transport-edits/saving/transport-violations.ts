import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";

/** What a constraint of the table means to who saved or deleted a transport; other errors come back as they are. */
export function explainViolation(err: unknown, name: string): unknown {
  const violation = findViolation(err);
  if (violation?.kind === "unique") {
    const message = `This node already has a transport named ${name}.`;
    return new AppError("name_taken", message, { fields: [{ field: "name", message }] });
  }
  if (violation?.constraint.includes("node_id")) {
    return invalidInput([{ field: "nodeId", message: "This node does not exist any more. Pick another one." }]);
  }
  return err;
}
