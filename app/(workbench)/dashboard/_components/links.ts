import { hrefWith } from "#app/_ui/url.ts";
import type { Dashboard } from "#lib/oversight/dashboards/model.ts";

type Place = Pick<Dashboard, "scope" | "span">;

/** The runs behind a number. */
export function runsHref({ scope, span }: Place, filter: { status?: string; triggerId?: string } = {}): string {
  return hrefWith("/runs", {}, { nodeId: scope.nodeId ?? undefined, since: span.since, until: span.until, ...filter });
}

/** The credentials behind a number. */
export function credentialsHref({ scope }: Place, filter: Record<string, string | undefined>): string {
  return hrefWith("/credentials", {}, { nodeId: scope.nodeId ?? undefined, ...filter });
}

/** The token requests or sign-ins behind a number. */
export function eventsHref({ scope, span }: Place, filter: Record<string, string | undefined>): string {
  const place = { nodeId: scope.nodeId ?? undefined, since: span.since, until: span.until };
  return hrefWith("/events", {}, { ...place, ...filter });
}

/** The transports behind a number. */
export function transportsHref({ scope }: Place, filter: { runway?: string; certificateEnds?: string }): string {
  return hrefWith("/transports", {}, { nodeId: scope.nodeId ?? undefined, ...filter });
}
