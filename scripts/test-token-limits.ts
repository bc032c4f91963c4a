import { tokenRequestLimits, tokenWaits } from "#lib/oauth/tokens/limits.ts";
import { testLimitMs } from "./test-limits.ts";

/**
 * Makes all time limits of token requests in this process so long that no test reaches them, however slow the machine is.
 * A test of a limit sets it itself.
 */
export function raiseTokenLimits(): void {
  Object.assign(tokenRequestLimits, { connectTimeoutMs: testLimitMs, timeoutMs: testLimitMs });
  Object.assign(tokenWaits, {
    slotMs: testLimitMs,
    otherProcessMs: testLimitMs,
    leaseMs: testLimitMs,
    extendLeaseMs: testLimitMs,
  });
}
