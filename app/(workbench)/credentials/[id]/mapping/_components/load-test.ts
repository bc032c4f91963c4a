import type { Context } from "#lib/access/permissions/context.ts";
import { type MappingTest, readMappingTest } from "#lib/oauth/sign-in/mapping-test.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";

/** A test sign-in, `gone` when it is too old or somebody else's, null when none is asked for. */
export async function loadTest(
  ctx: Context,
  credentialId: string,
  testId: string | undefined,
): Promise<MappingTest | "gone" | null> {
  if (!testId) return null;
  try {
    const test = await readMappingTest(ctx, testId);
    return test.credentialId === credentialId ? test : "gone";
  } catch (err) {
    if (isAppError(err) && err.code === "not_found") return "gone";
    throw err;
  }
}
