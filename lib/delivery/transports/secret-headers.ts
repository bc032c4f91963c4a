import { listAad } from "#lib/platform/crypto/aad.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import { type OpenValue, openValues, takeValues } from "#lib/platform/header-values/secret-values.ts";
import type { HttpSettings } from "./definition.ts";
import { requireDestination } from "./destinations.ts";
import type { StoredHttpSettings } from "./model.ts";
import type { TransportPlan } from "./plan.ts";
import { nameDestination, type Reached } from "./route.ts";
import type { TransportRow } from "./store.ts";

/**
 * The columns of an HTTP transport's settings, secret headers sealed.
 * @param stored the row before the edit, null for a new transport.
 * @throws AppError `invalid_input` at `http.headers.N.value` when a value has to be entered
 */
export function takeHttp(
  id: string,
  input: Reached & { http: HttpSettings },
  stored: Pick<TransportRow, "http" | "headersEnvelope"> | null,
  now: Date,
): { http: StoredHttpSettings; headersEnvelope: string | null } {
  const { http } = input;
  const { list, envelope, problems } = takeValues(http.headers, {
    stored: stored?.http ? { list: stored.http.headers, envelope: stored.headersEnvelope } : null,
    aad: listAad("transports", id, "headers"),
    destination: nameDestination(input),
    isSecret: isSecretHeader,
    field: "http.headers",
    now,
  });
  if (problems.length > 0) throw invalidInput(problems);
  return { http: { ...http, headers: list }, headersEnvelope: envelope };
}

/**
 * Opens the headers of an HTTP transport to send them.
 * @throws AppError `host_not_allowed`, `route_not_approved`, `secret_unreadable`, `transport_unusable` when it leads elsewhere than where secret ones were entered for
 */
export function openTransportHeaders(plan: TransportPlan): OpenValue[] {
  const { http } = plan;
  if (!http) return [];
  requireDestination(plan, http.url);
  return openValues(
    { list: http.headers, envelope: plan.headersEnvelope },
    {
      aad: listAad("transports", plan.id, "headers"),
      destination: plan.headersDestination,
      explainMove: () => headersMoved(`the transport ${plan.name}`, http.url),
    },
  );
}

/** Says that secret headers were entered for another destination. */
export function headersMoved(owner: string, url: string): AppError {
  const { origin } = new URL(url);
  return new AppError(
    "transport_unusable",
    `The secret headers of ${owner} weren't entered for ${origin}, or for another proxy or trusted CA, so they aren't sent.`,
    { hint: `Enter the values of the secret headers of ${owner} again.` },
  );
}
