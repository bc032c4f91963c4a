import type { PgTable } from "drizzle-orm/pg-core";
import type { Transaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/** As many as a form can offer. */
const maxCount = 200;

/** @throws AppError `conflict` if there are as many as there can be */
export async function requireRoom(tx: Transaction, table: PgTable, noun: string): Promise<void> {
  if ((await tx.$count(table)) < maxCount) return;
  throw new AppError("conflict", `There are ${maxCount} ${noun}, which is the limit.`, {
    hint: "Delete those that nothing uses.",
  });
}

/** A violated unique name as an error at the field `name`; any other error as it is. */
export function toNameTaken(err: unknown, noun: string, name: string): unknown {
  if (findViolation(err)?.kind !== "unique") return err;
  const message = `A ${noun} named “${name}” already exists.`;
  return new AppError("name_taken", message, {
    hint: "Choose another name.",
    fields: [{ field: "name", message }],
    cause: err,
  });
}
