import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { StagedTest } from "#lib/oauth/credentials/rotation-model.ts";
import { type CredentialRow, findCredential, findUses, toConfiguration } from "#lib/oauth/credentials/store.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { AppError, notFound } from "#lib/platform/errors/app-error.ts";
import { toTest } from "./get-rotation.ts";
import type { PromoteInput, RollBackInput } from "./schema.ts";
import { nothingKept, nothingStaged, replacedSince } from "./staging/errors.ts";
import { putInForce } from "./staging/put-in-force.ts";
import { findSlot } from "./staging/store.ts";

/**
 * Makes the staged secret the one in force; the former is kept as `previous`. Without a test that passed it is refused
 * unless `untested` says so, and the credential is `unverified` then.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `secret_unreadable`, `conflict` with details `{test}`:
 *   `none`, `failed` or `outdated`
 */
export async function promoteStaged(ctx: Context, id: string, input: PromoteInput): Promise<CredentialDetail> {
  requirePermission(ctx, "credentials.write");
  return inTransaction(async (tx) => {
    const row = await lockCurrent(tx, id, input.version);
    const staged = await findSlot(tx, id, "staged");
    if (!staged) throw nothingStaged(row.name);
    if (staged.secretId !== input.stagedId) throw replacedSince(row.name, staged.placedBy);
    const tested = readResult(toTest(staged, toConfiguration(row)));
    if (tested !== "passed" && !input.untested) throw notTested(row.name, tested);
    const after = await putInForce(tx, ctx, row, {
      from: "staged",
      action: "credential.promote",
      words: "Promoted",
      verifiedAt: tested === "passed" ? staged.testedAt : null,
      note: { test: tested },
    });
    return { ...after, usedBy: await findUses(tx, id) };
  });
}

/**
 * Puts the previous secret in force again; the one that was in force is kept as `previous` in its turn. The credential is
 * `unverified`: since the previous one was used, the provider may have dropped it.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `secret_unreadable`, `conflict`
 */
export async function rollBack(ctx: Context, id: string, input: RollBackInput): Promise<CredentialDetail> {
  requirePermission(ctx, "credentials.write");
  return inTransaction(async (tx) => {
    const row = await lockCurrent(tx, id, input.version);
    const previous = await findSlot(tx, id, "previous");
    if (!previous) throw nothingKept(row.name);
    if (previous.secretId !== input.previousId) throw replacedSince(row.name, previous.placedBy);
    const after = await putInForce(tx, ctx, row, {
      from: "previous",
      action: "credential.roll_back",
      words: "Rolled back",
      verifiedAt: null,
      note: {},
    });
    return { ...after, usedBy: await findUses(tx, id) };
  });
}

/** The row, locked: of two who promote at once the second one finds another version. */
async function lockCurrent(tx: Transaction, id: string, version: number): Promise<CredentialRow> {
  const row = await findCredential(tx, id, true);
  if (!row) throw notFound("credential", id);
  if (row.version === version) return row;
  const current = { ...toConfiguration(row), usedBy: await findUses(tx, id) };
  throw await refuseStaleEdit(tx, { kind: "credential", id }, version, current);
}

type Tested = "passed" | "failed" | "outdated" | "none";

function readResult(test: StagedTest | null): Tested {
  if (!test) return "none";
  if (test.outdated) return "outdated";
  return test.passed ? "passed" : "failed";
}

function notTested(name: string, test: Exclude<Tested, "passed">): AppError {
  const words = {
    none: "was never tested",
    failed: "failed its test",
    outdated: "was tested before the credential was changed",
  };
  return new AppError("conflict", `The staged secret of “${name}” ${words[test]}.`, {
    hint: "Test it, or promote it all the same, which has to be said (untested).",
    details: { test },
  });
}
