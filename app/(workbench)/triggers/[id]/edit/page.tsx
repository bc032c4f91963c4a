import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { runPage } from "#lib/web/action.ts";
import { readFormSurroundings } from "../../_components/read-surroundings.ts";
import { TriggerForm } from "../../_components/trigger-form.tsx";
import { loadTrigger } from "../load-trigger.ts";

export const metadata: Metadata = { title: "Edit trigger" };

export default async function EditTriggerPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { trigger, mayWrite } = await loadTrigger(id);
  if (!mayWrite) forbidden();
  const surroundings = await runPage((ctx) => readFormSurroundings(ctx, trigger.nodeId, trigger.transportId));
  return (
    <>
      <PageHeader
        title={`Edit ${trigger.name}`}
        breadcrumbs={[
          { label: "Triggers", href: "/triggers" },
          { label: trigger.name, href: `/triggers/${id}` },
        ]}
      />
      <TriggerForm trigger={trigger} nodeId={trigger.nodeId} operation={null} {...surroundings} />
    </>
  );
}
