import { formatDuration } from "#app/_ui/format-time.ts";
import { planTimes } from "#lib/oauth/tokens/times.ts";

/** Below this a provider sees so many requests that it may throttle the client. */
const shortSeconds = 300;

/**
 * What to say of a refresh interval: that the token does not live so long, or that it asks the provider often.
 * @param lifetimeSeconds of the last token, null when there was none.
 */
export function adviseOnInterval(intervalSeconds: number, lifetimeSeconds: number | null): string | null {
  if (!(intervalSeconds >= 60)) return null;
  if (lifetimeSeconds !== null && lifetimeSeconds > 0) {
    const renewedAfter = planTimes(0, lifetimeSeconds, intervalSeconds).renewAt;
    const lived = `The last token lived ${formatDuration(lifetimeSeconds * 1000)}`;
    if (renewedAfter < intervalSeconds * 1000) {
      return `${lived}: it is renewed after ${formatDuration(renewedAfter)} anyway, so that there is always one that serves.`;
    }
    if (intervalSeconds < shortSeconds && intervalSeconds * 4 < lifetimeSeconds) {
      return `${lived}, and the provider would be asked ${perDay(intervalSeconds)} times a day. It may throttle that (429); ${formatDuration(lifetimeSeconds * 500)} would do.`;
    }
    return null;
  }
  if (intervalSeconds >= shortSeconds) return null;
  return `The provider would be asked ${perDay(intervalSeconds)} times a day and may throttle that (429). Tokens commonly live an hour.`;
}

const perDay = (seconds: number) => Math.round(86_400 / seconds).toLocaleString("en");
