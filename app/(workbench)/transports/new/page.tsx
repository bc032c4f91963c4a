import type { Metadata } from "next";
import { z } from "zod";
import { findNodeChoices } from "#app/_shared/options/find-options.ts";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { listAssignableCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { runPage } from "#lib/web/action.ts";
import { TransportForm } from "../_components/transport-form.tsx";

export const metadata: Metadata = { title: "Add transport" };

export default async function NewTransportPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const { nodeId } = z
    .object({ nodeId: z.uuid().optional() })
    .catch({})
    .parse(firstValues(await searchParams));
  const surroundings = await runPage(async (ctx) => ({
    credentials: await listAssignableCredentials(ctx),
    canAllowHosts: isAllowed(ctx.grants, "credentials.write", null),
    places: await findNodeChoices(ctx, { q: "", include: nodeId ? [nodeId] : [] }, "transports.write"),
  }));
  return (
    <>
      <PageHeader title="Add transport" breadcrumbs={[{ label: "Transports", href: "/transports" }]} />
      <TransportForm transport={null} nodeId={nodeId ?? null} {...surroundings} />
    </>
  );
}
