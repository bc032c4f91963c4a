// The only time limits of the tests. They end a run that hangs. Nothing that a test checks depends on them, so they are far beyond
// what the slowest test needs on a machine that is busy with something else.

/** Limit for one test or hook, in ms. */
export const testLimitMs = 600_000;
/** Limit for one wait inside a test, in ms. It's shorter, so that a hanging test names the condition that didn't come about. */
export const waitLimitMs = 240_000;
/** Limit for one wait in a journey, in ms. It's shorter since a journey that fails is tried twice. */
export const journeyWaitLimitMs = 120_000;
