import { createSingleFlight } from "#lib/platform/background/single-flight.ts";
import { singleton } from "#lib/platform/env/singleton.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { OpenProxySettings } from "#lib/platform/net/proxy-settings.ts";
import { sendRequest } from "#lib/platform/net/request.ts";

/** JSON that a provider publishes (metadata, keys), and when it was fetched. */
export type FetchedDocument = { json: Record<string, unknown>; fetchedAt: number };

/** How a credential's provider is reached. */
export type ProviderRoute = { proxy: OpenProxySettings; trustedCa: string | null };

const limits = { connectTimeoutMs: 5_000, timeoutMs: 10_000, maxResponseBytes: 1_048_576 };
/** A document is fetched again after this long, and is used for this long when that fails. */
export const freshMs = 10 * 60_000;
const staleMs = 24 * 3_600_000;
const maxDocuments = 200;

const getCache = () =>
  singleton("provider-documents", () => ({
    documents: new Map<string, FetchedDocument>(),
    flight: createSingleFlight<FetchedDocument>(),
  }));

/**
 * Fetches a public JSON document of a provider, over the credential's route, or takes it from memory. When the provider
 * does not answer, the last one serves for up to a day.
 * @param newerThan milliseconds since 1970: a document fetched before is asked for again, and an old one does not do.
 * @throws AppError as `sendRequest`, or `token_response_invalid` when it is not a JSON object.
 */
export async function fetchDocument(
  url: string,
  { proxy, trustedCa }: ProviderRoute,
  now: () => number,
  newerThan?: number,
): Promise<FetchedDocument> {
  const { documents, flight } = getCache();
  const key = JSON.stringify([
    url,
    proxy.mode,
    proxy.mode === "manual" ? [proxy.url, proxy.username] : null,
    trustedCa,
  ]);
  const known = documents.get(key);
  if (known && known.fetchedAt > (newerThan ?? now() - freshMs)) return known;
  try {
    return await flight(key, async () => {
      const fetched = await readDocument(url, { proxy, trustedCa }, now);
      if (documents.size >= maxDocuments) documents.delete(documents.keys().next().value ?? "");
      documents.set(key, fetched);
      return fetched;
    });
  } catch (err) {
    if (known && newerThan === undefined && now() - known.fetchedAt < staleMs) return known;
    throw err;
  }
}

async function readDocument(url: string, route: ProviderRoute, now: () => number): Promise<FetchedDocument> {
  const fetchedAt = now();
  const headers: [string, string][] = [["accept", "application/json"]];
  const response = await sendRequest({ ...limits, url, method: "GET", headers, body: null, ...route });
  const json = response.status === 200 ? parseObject(response.body.toString("utf8")) : null;
  if (json) return { json, fetchedAt };
  const what = response.status === 200 ? "something that is no JSON object" : `status ${response.status}`;
  throw new AppError("token_response_invalid", `${url} answered with ${what}.`, {
    hint: "Check the URL, and whether a proxy or a sign-in page answers in its place.",
    retryable: response.status >= 500 || response.status === 429,
    provider: { status: response.status, code: null, description: null, correlationId: null },
  });
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
