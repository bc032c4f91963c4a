import type { Metadata } from "next";
import { forbidden } from "next/navigation";
import { z } from "zod";
import { ifThere } from "#app/_shared/options/find-options.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { sampleMessage } from "#lib/delivery/requests/sample-message.ts";
import { getRun } from "#lib/delivery/runs/read-runs.ts";
import { findSignInToRun } from "#lib/delivery/triggers/find-obstacle.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { SignInFirst } from "../_components/sign-in-first.tsx";
import { loadTrigger } from "../load-trigger.ts";
import { RunForm } from "./_components/run-form.tsx";

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ from?: string | string[] }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Run ${(await loadTrigger((await params).id)).trigger.name}` };
}

export default async function RunTriggerPage({ params, searchParams }: Props) {
  const [{ id }, { from }] = await Promise.all([params, searchParams]);
  const { trigger, mayRun, mayWrite } = await loadTrigger(id);
  if (!mayRun) forbidden();
  const { mayReadCredentials, profile, previous } = await runPage(async (ctx) => ({
    mayReadCredentials: mayDoSomewhere(ctx, "credentials.read"),
    profile: await findSignInToRun(ctx, id),
    previous: z.uuid().safeParse(from).success ? await ifThere(getRun(ctx, from as string)) : null,
  }));
  return (
    <>
      <PageHeader
        title={`Run ${trigger.name}`}
        description={`Transport ${trigger.transportName}, node ${trigger.nodeName}`}
        breadcrumbs={[
          { label: "Triggers", href: "/triggers" },
          { label: trigger.name, href: `/triggers/${id}` },
        ]}
      />
      {trigger.enabled && profile && <SignInFirst profile={profile} returnTo={`/triggers/${id}/run`} />}
      {trigger.enabled && !profile && (
        <RunForm
          id={id}
          variables={trigger.variables}
          jsonVariables={trigger.jsonVariables}
          initial={previous?.triggerId === id ? (previous.variables ?? {}) : {}}
          message={trigger.event.kind === "webhook" ? JSON.stringify(sampleMessage(trigger.request), null, 2) : null}
          mayReadCredentials={mayReadCredentials}
        />
      )}
      {!trigger.enabled && (
        <Notice tone="warn" title="This trigger is disabled.">
          <p className="m-0 mb-2">To run it, enable it first.</p>
          {mayWrite && (
            <LinkButton href={`/triggers/${id}/edit`} variant="default" size="xs">
              Edit
            </LinkButton>
          )}
        </Notice>
      )}
    </>
  );
}
