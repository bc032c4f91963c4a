import { RepeatIcon } from "lucide-react";
import type { Metadata } from "next";
import { ifThere } from "#app/_shared/options/find-options.ts";
import { Receipt } from "#app/_shared/runs/receipt.tsx";
import { RunButton } from "#app/_shared/runs/run-button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { RefreshWhile } from "#app/_ui/refresh-while.tsx";
import { getNodePath } from "#lib/access/nodes/node-path.ts";
import { isAllowed } from "#lib/access/permissions/permissions.ts";
import { getRun } from "#lib/delivery/runs/read-runs.ts";
import { mayRun } from "#lib/delivery/triggers/may-run.ts";
import { runsWithoutInput } from "#lib/delivery/triggers/model.ts";
import { getTrigger } from "#lib/delivery/triggers/read-triggers.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";
import { loadById } from "#lib/web/load-by-id.ts";
import { runAgain } from "../actions.ts";
import { CancelRun } from "./_components/cancel-run.tsx";
import { ReleaseRun } from "./_components/release-run.tsx";

type Props = { params: Promise<{ id: string }> };

const loadRun = loadById(async (ctx, id) => {
  const run = await getRun(ctx, id);
  const trigger = run.triggerId ? await ifThere(getTrigger(ctx, run.triggerId)) : null;
  const mayCancel = trigger !== null && isAllowed(ctx.grants, "triggers.run", await getNodePath(trigger.nodeId));
  const mayFire = trigger !== null && (await mayRun(ctx, trigger));
  return {
    run,
    again: mayFire && trigger.enabled ? { isOneClick: runsWithoutInput(trigger) } : null,
    mayRelease: mayFire && run.status === "held",
    mayCancel: mayCancel && (run.status === "queued" || run.status === "held"),
    mayReadCredentials: mayDoSomewhere(ctx, "credentials.read"),
  };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { run } = await loadRun((await params).id);
  return { title: `Run of ${run.triggerName || run.transportName}` };
}

export default async function RunPage({ params }: Props) {
  const { id } = await params;
  const { run, again, mayRelease, mayCancel, mayReadCredentials } = await loadRun(id);
  const isHeld = run.status === "held";
  const isUnfinished = isHeld || run.status === "queued" || run.status === "running";
  return (
    <>
      <PageHeader
        title={run.triggerId ? `Run of ${run.triggerName}` : `Test of ${run.transportName}`}
        breadcrumbs={[{ label: "Runs", href: "/runs" }]}
        actions={
          mayCancel ? (
            <>
              {mayRelease && <ReleaseRun id={id} />}
              <CancelRun id={id} triggerName={run.triggerName} isHeld={isHeld} />
            </>
          ) : (
            again &&
            run.triggerId &&
            (again.isOneClick ? (
              <RunButton triggerId={run.triggerId} run={runAgain} isAgain />
            ) : (
              <LinkButton
                href={`/triggers/${run.triggerId}/run?from=${id}`}
                leftSection={<RepeatIcon size={16} aria-hidden />}
              >
                Run again
              </LinkButton>
            ))
          )
        }
      />
      <RefreshWhile pending={isUnfinished} />
      <Card>
        <Receipt run={run} mayReadCredentials={mayReadCredentials} />
      </Card>
    </>
  );
}
