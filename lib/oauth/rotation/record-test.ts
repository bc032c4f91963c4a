import { and, eq } from "drizzle-orm";
import { credentialSecrets } from "#drizzle/schema/credential-secrets.ts";
import type { StagedTest } from "#lib/oauth/credentials/rotation-model.ts";
import { type NewCredentialEvent, recordCredentialEvent } from "#lib/oauth/credentials/set-status.ts";
import { inTransaction } from "#lib/platform/db/client.ts";

type Tested = {
  credentialId: string;
  /** Which staged secret was tested: another one that took its place meanwhile was not. */
  secretId: string;
  mark: string;
  test: Omit<StagedTest, "outdated">;
  event: Omit<NewCredentialEvent, "credentialId" | "kind">;
};

/** Keeps how a test of a staged secret went, beside it and in the event log. The credential's status is no matter of it. */
export async function recordTest({ credentialId, secretId, mark, test, event }: Tested): Promise<void> {
  await inTransaction(async (tx) => {
    // It locks the credential, which whoever changes a slot has locked first.
    await recordCredentialEvent({ ...event, credentialId, kind: "staged_check" }, tx);
    await tx
      .update(credentialSecrets)
      .set({
        testedAt: new Date(test.at),
        testedBy: test.by,
        testPassed: test.passed,
        testReason: test.reason,
        testField: test.field,
        testMark: mark,
        testSteps: test.steps,
        testReport: test.report,
      })
      .where(
        and(
          eq(credentialSecrets.credentialId, credentialId),
          eq(credentialSecrets.slot, "staged"),
          eq(credentialSecrets.secretId, secretId),
        ),
      );
  });
}
