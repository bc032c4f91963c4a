import type { Metadata } from "next";
import { RecentRuns } from "#app/_shared/runs/recent-runs.tsx";
import { EnabledBadge } from "#app/_ui/enabled-badge.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { sampleMessage } from "#lib/delivery/requests/sample-message.ts";
import { listRuns } from "#lib/delivery/runs/read-runs.ts";
import { findObstacle } from "#lib/delivery/triggers/find-obstacle.ts";
import { getEnv } from "#lib/platform/env/env.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { Configuration, RequestTemplate } from "./_components/configuration.tsx";
import { HeldRuns } from "./_components/held-runs.tsx";
import { ScheduleCard } from "./_components/schedule-card.tsx";
import { TriggerActions } from "./_components/trigger-actions.tsx";
import { WebhookCard } from "./_components/webhook-card.tsx";
import { loadTrigger } from "./load-trigger.ts";

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await loadTrigger((await params).id)).trigger.name };
}

const recent = 10;

export default async function TriggerPage({ params }: Props) {
  const { id } = await params;
  const { trigger, mayWrite, mayRun } = await loadTrigger(id);
  const { event, schedule, webhook } = trigger;
  const { runs, obstacle, mayReadCredentials } = await runPage(async (ctx) => ({
    obstacle: await findObstacle(ctx, id),
    runs: await listRuns(ctx, { triggerId: id, limit: recent }),
    mayReadCredentials: mayDoSomewhere(ctx, "credentials.read"),
  }));
  return (
    <>
      <PageHeader
        title={trigger.name}
        badge={<EnabledBadge enabled={trigger.enabled} />}
        breadcrumbs={[{ label: "Triggers", href: "/triggers" }]}
        actions={(mayWrite || mayRun) && <TriggerActions trigger={trigger} mayWrite={mayWrite} mayRun={mayRun} />}
      />
      {trigger.held > 0 && <HeldRuns id={id} held={trigger.held} mayRun={mayRun} />}
      {obstacle && <Notice tone="warn" title={obstacle} />}
      <div className="grid items-start gap-5 xl:grid-cols-2">
        {event.kind === "on_demand" ? (
          <>
            <Configuration trigger={trigger} mayReadCredentials={mayReadCredentials} />
            <RequestTemplate trigger={trigger} />
          </>
        ) : (
          <>
            <div className="grid min-w-0 grid-cols-1 gap-5">
              {event.kind === "schedule" && schedule && (
                <ScheduleCard trigger={trigger} event={event} state={schedule} mayWrite={mayWrite} />
              )}
              {event.kind === "webhook" && webhook && (
                <WebhookCard
                  trigger={trigger}
                  event={event}
                  state={webhook}
                  portal={getEnv().url}
                  sampleBody={sampleMessage(trigger.request).body}
                  mayWrite={mayWrite}
                />
              )}
              <RequestTemplate trigger={trigger} />
            </div>
            <Configuration trigger={trigger} mayReadCredentials={mayReadCredentials} />
          </>
        )}
      </div>
      <RecentRuns
        caption={`Recent runs of ${trigger.name}`}
        runs={runs.items}
        of={{ kind: "trigger", id }}
        emptyTitle="It has not run yet"
      />
    </>
  );
}
