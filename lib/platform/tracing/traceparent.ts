import { getEnv } from "#lib/platform/env/env.ts";

/** Whether a service may be told the trace: SALLYPORT_TRACEPARENT_HOSTS names it. Nobody else learns that we trace. */
export function mayTellTrace(url: string, patterns: readonly string[] = getEnv().SALLYPORT_TRACEPARENT_HOSTS): boolean {
  if (patterns.length === 0) return false;
  const { host, hostname } = new URL(url);
  return patterns.some((pattern) => {
    const asked = pattern.includes(":") ? host : hostname;
    return pattern.startsWith("*.") ? asked.endsWith(pattern.slice(1)) : asked === pattern;
  });
}

/** The headers with `traceparent`, unless the request has one of its own. */
export function addTraceparent(headers: [string, string][], traceparent: string | null): [string, string][] {
  if (traceparent === null || headers.some(([name]) => name.toLowerCase() === "traceparent")) return headers;
  return [...headers, ["traceparent", traceparent]];
}
