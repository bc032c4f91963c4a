import type { Metadata } from "next";
import { z } from "zod";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { readFormSurroundings } from "../_components/read-surroundings.ts";
import { TriggerForm } from "../_components/trigger-form.tsx";

export const metadata: Metadata = { title: "Add trigger" };

const start = z.object({
  nodeId: z.uuid().nullable().catch(null),
  transportId: z.uuid().nullable().catch(null),
  operation: z.string().max(200).nullable().catch(null),
});

export default async function NewTriggerPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const { nodeId, transportId, operation } = start.parse(firstValues(await searchParams));
  const surroundings = await runPage((ctx) => {
    if (!mayDoSomewhere(ctx, "triggers.write")) throw new AppError("forbidden", "You may not add triggers.");
    return readFormSurroundings(ctx, nodeId, transportId);
  });
  return (
    <>
      <PageHeader title="Add trigger" breadcrumbs={[{ label: "Triggers", href: "/triggers" }]} />
      <TriggerForm trigger={null} nodeId={nodeId} operation={operation} {...surroundings} />
    </>
  );
}
