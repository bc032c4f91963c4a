import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { requirePermission } from "#lib/access/permissions/context.ts";
import { runPage } from "#lib/web/action.ts";
import { loadCredential } from "../load-credential.ts";
import { loadTest } from "./_components/load-test.ts";
import { MappingSandbox } from "./_components/mapping-sandbox.tsx";

export const metadata: Metadata = { title: "Mapping sandbox" };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ test?: string }> };

/** Where an admin sees the claims of a sign-in and says what they mean, without anybody being signed in. */
export default async function MappingPage({ params, searchParams }: Props) {
  const { id } = await params;
  const { test: testId } = await searchParams;
  const credential = await loadCredential(id);
  if (credential.type !== "user") notFound();
  const test = await runPage((ctx) => {
    requirePermission(ctx, "credentials.write");
    return loadTest(ctx, id, testId);
  });
  return (
    <>
      <PageHeader
        title="Mapping sandbox"
        description={`See what a token of ${credential.name} says, and who would get what. Nobody is signed in here.`}
        breadcrumbs={[
          { label: "Credentials", href: "/credentials" },
          { label: credential.name, href: `/credentials/${id}` },
        ]}
      />
      <MappingSandbox key={`${testId} ${credential.version}`} credential={credential} test={test} />
    </>
  );
}
