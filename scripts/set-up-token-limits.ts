import { afterAll, beforeAll } from "vitest";
import { tokenRequestLimits, tokenWaits } from "#lib/oauth/tokens/limits.ts";
import { raiseTokenLimits } from "./test-token-limits.ts";

/** Raises the time limits of token requests for a test file, and restores them at its end. Call it at the top. */
export function setUpTokenLimits(): void {
  const before = { requests: { ...tokenRequestLimits }, waits: { ...tokenWaits } };
  beforeAll(raiseTokenLimits);
  afterAll(() => {
    Object.assign(tokenRequestLimits, before.requests);
    Object.assign(tokenWaits, before.waits);
  });
}
