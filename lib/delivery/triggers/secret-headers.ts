import type { triggers } from "#drizzle/schema/triggers.ts";
import { outlineTemplate } from "#lib/delivery/requests/compile-request.ts";
import {
  type HttpRequestTemplate,
  isSoapRequest,
  type RequestTemplate,
  type StoredRequest,
} from "#lib/delivery/requests/model.ts";
import { requireDestination } from "#lib/delivery/transports/destinations.ts";
import type { TransportPlan } from "#lib/delivery/transports/plan.ts";
import { nameDestination, type Reached } from "#lib/delivery/transports/route.ts";
import { headersMoved } from "#lib/delivery/transports/secret-headers.ts";
import { listAad } from "#lib/platform/crypto/aad.ts";
import { invalidInput } from "#lib/platform/errors/app-error.ts";
import { isSecretHeader } from "#lib/platform/header-values/secret-names.ts";
import { type OpenValue, openValues, takeValues, toEntered } from "#lib/platform/header-values/secret-values.ts";

export type TriggerRow = typeof triggers.$inferSelect;
type Sender = Reached & { id: string };

export type RequestColumns = Pick<TriggerRow, "request" | "headersEnvelope">;

/** Where a trigger's headers go: over its transport, to the server and over the route that this has. */
function nameSender(transportId: string, destination: string): string {
  return `${transportId} ${destination}`;
}

/**
 * The columns of a request, secret headers sealed, and the request that its templates are checked in.
 * @param stored the row before the edit, null for a new trigger.
 * @throws AppError `invalid_input` at `request.headers.N.value` when a value has to be entered, `template_invalid`
 */
export function takeRequest(
  { id, request }: { id: string; request: RequestTemplate },
  stored: TriggerRow | null,
  transport: Sender,
  now: Date,
): { columns: RequestColumns; request: RequestTemplate } {
  if (isSoapRequest(request)) return { columns: { request, headersEnvelope: null }, request };
  const isKept = request === stored?.request;
  if (isKept && transport.id === stored?.transportId) return { columns: stored, request };
  const entered =
    isKept && stored && !isSoapRequest(stored.request) ? toEntered(stored.request.headers) : request.headers;
  const { list, envelope, open, problems } = takeValues(entered, {
    stored:
      stored && !isSoapRequest(stored.request)
        ? { list: stored.request.headers, envelope: stored.headersEnvelope }
        : null,
    aad: listAad("triggers", id, "headers"),
    destination: nameSender(transport.id, nameDestination(transport)),
    isSecret: isSecretHeader,
    field: "request.headers",
    now,
    outline: outlineTemplate,
  });
  if (problems.length > 0) throw invalidInput(problems);
  const plain = open.map(({ name, value }) => ({ name, value, secret: false }));
  return {
    columns: { request: { ...request, headers: list }, headersEnvelope: envelope },
    request: { ...request, headers: plain } satisfies HttpRequestTemplate,
  };
}

/**
 * Opens the headers of an HTTP trigger to send them.
 * @throws AppError `host_not_allowed`, `route_not_approved`, `secret_unreadable`, `transport_unusable` when the transport leads elsewhere than where secret ones were entered for
 */
export function openTriggerHeaders(
  trigger: { id: string; name: string; request: StoredRequest; headersEnvelope: string | null },
  transport: TransportPlan,
): OpenValue[] {
  const { id, name, request, headersEnvelope } = trigger;
  if (isSoapRequest(request) || !transport.http) return [];
  const { url } = transport.http;
  requireDestination(transport, url);
  return openValues(
    { list: request.headers, envelope: headersEnvelope },
    {
      aad: listAad("triggers", id, "headers"),
      destination: nameSender(transport.id, transport.headersDestination),
      explainMove: () => headersMoved(`the trigger ${name}`, url),
    },
  );
}
