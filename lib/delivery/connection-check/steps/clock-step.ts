import { type CheckStep, makeStep } from "#lib/oauth/explanations/check-steps.ts";
import type { NetworkTrace } from "#lib/platform/net/trace.ts";

/** What counts as the same time; what is mentioned; from where on tokens and signed requests are refused. */
const noticedMs = 60_000;
const tooMuchMs = 300_000;

/** How far a provider's clock is ahead of this machine's, in milliseconds; null when its answer does not tell. */
export type ClockDifference = { ms: number; by: "Date" | "iat" } | null;

/**
 * Compares the clocks, by the answer's Date header (RFC 9110 section 6.6.1, whole seconds) and the token's iat. The one
 * that differs more counts: services judge by iat, signed requests are judged by the clock.
 */
export function compareClocks(
  trace: NetworkTrace | null,
  issuedAt: number | null,
  requestedAt: number,
): ClockDifference {
  const answer = trace?.answer;
  const date = answer?.date ? Date.parse(answer.date) + 500 : Number.NaN;
  const byDate = answer && !Number.isNaN(date) ? date - answer.at : null;
  const byIat = issuedAt === null ? null : issuedAt + 500 - requestedAt;
  // A token may have been issued earlier and handed out again; only one from the future tells something.
  const iat = byIat !== null && byIat > -noticedMs ? byIat : null;
  if (byDate === null) return iat === null ? null : { ms: iat, by: "iat" };
  return iat !== null && iat > Math.max(noticedMs, Math.abs(byDate))
    ? { ms: iat, by: "iat" }
    : { ms: byDate, by: "Date" };
}

/** The step of the clock. */
export function describeClock(difference: ClockDifference): CheckStep {
  if (!difference) return makeStep("clock", "skipped", "The answer has no Date header and the token no iat.");
  const ms = Math.abs(difference.ms);
  const source = difference.by === "Date" ? "by the Date of its answer" : "by the iat of its token";
  if (ms < noticedMs) {
    return makeStep(
      "clock",
      "pass",
      `The provider's clock and this machine's differ by ${describeTime(ms)} (${source}).`,
    );
  }
  const detail = `${describeDifference(difference)} (${source}).`;
  const hint =
    "Compare both with the right time and set this machine's clock by NTP. Services and providers refuse what is more than about five minutes off.";
  return makeStep("clock", ms < tooMuchMs ? "pass" : "fail", detail, { hint });
}

/** The difference as a sentence to add elsewhere, null when it is of no account. */
export function mentionClock(difference: ClockDifference): string | null {
  return difference && Math.abs(difference.ms) >= noticedMs
    ? `${describeDifference(difference)}: that may be why.`
    : null;
}

function describeDifference({ ms }: NonNullable<ClockDifference>): string {
  return `The provider's clock is ${describeTime(Math.abs(ms))} ${ms > 0 ? "ahead of" : "behind"} this machine's`;
}

function describeTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
