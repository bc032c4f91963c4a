import type { Metadata } from "next";
import { secretEndWords } from "#app/_shared/credentials/words.ts";
import { findFilterNodes } from "#app/_shared/options/actions.ts";
import { findNodeChoices } from "#app/_shared/options/find-options.ts";
import { FilterBar } from "#app/_ui/filter-bar.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { credentialStatusWords } from "#app/_ui/status-badge.tsx";
import { firstValues, type SearchParams } from "#app/_ui/url.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import { listCredentialOwners, listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { credentialStatuses, credentialTypes, providers } from "#lib/oauth/credentials/model.ts";
import { type CredentialQuery, credentialQuery, secretEndFilters } from "#lib/oauth/credentials/schema.ts";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { mayDoSomewhere, runPage } from "#lib/web/action.ts";
import { CredentialTable } from "../_components/credential-table.tsx";
import { typeWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Credentials" };

const path = "/credentials";

export default async function CredentialsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const params = await searchParams;
  const query = readQuery(params);
  const { page, owners, nodes, mayWrite, mayCheck } = await runPage(async (ctx) => ({
    nodes: query.nodeId ? await findNodeChoices(ctx, { q: "", include: [query.nodeId] }) : [],
    page: await listFrom(ctx, query),
    owners: await listCredentialOwners(ctx),
    mayWrite: mayDoSomewhere(ctx, "credentials.write"),
    mayCheck: mayDoSomewhere(ctx, "credentials.check"),
  }));
  const options = <T extends string>(values: readonly T[], words: Record<T, string>) =>
    values.map((value) => ({ value, label: words[value] }));
  return (
    <>
      <PageHeader
        title="Credentials"
        description="OAuth2 clients at your identity provider. Transports send their tokens; people sign in with those of type User."
      />
      <FilterBar
        searchLabel="Search"
        filters={[
          { name: "type", label: "Type", options: options(credentialTypes, typeWords) },
          { name: "status", label: "Status", options: options(credentialStatuses, credentialStatusWords) },
          { name: "provider", label: "Provider", options: options(providers, { entra: "Entra ID", generic: "Other" }) },
          { name: "owner", label: "Owner", options: owners.map((owner) => ({ value: owner, label: owner })) },
          {
            name: "secretEnds",
            label: "Secret expires",
            options: secretEndFilters.map((value) => ({ value, label: secretEndWords[value] })),
          },
          {
            name: "used",
            label: "Used",
            options: [
              { value: "true", label: "By a transport" },
              { value: "false", label: "By none" },
            ],
          },
          { name: "nodeId", label: "Node", find: findFilterNodes, initial: nodes },
          ...(query.ownerless
            ? [{ name: "ownerless", label: "No owner", options: [{ value: "true", label: "Without an owner" }] }]
            : []),
          ...(query.reason
            ? [{ name: "reason", label: "Reason", options: [{ value: query.reason, label: query.reason }] }]
            : []),
        ]}
      />
      <CredentialTable
        rows={page.items}
        nextCursor={page.nextCursor}
        path={path}
        params={params}
        sort={query.sort ?? "name"}
        isFiltered={[
          "q",
          "type",
          "status",
          "provider",
          "owner",
          "secretEnds",
          "used",
          "nodeId",
          "ownerless",
          "reason",
          "cursor",
        ].some((name) => params[name])}
        mayWrite={mayWrite}
        mayCheck={mayCheck}
      />
    </>
  );
}

/** The parameters of the URL; one that nobody would have made is left out instead of failing the page. */
function readQuery(params: SearchParams): CredentialQuery {
  const given = firstValues(params);
  const parsed = credentialQuery.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  return credentialQuery.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
}

/** A cursor that another order or an older version made starts at the first page. */
async function listFrom(ctx: Context, query: CredentialQuery) {
  try {
    return await listCredentials(ctx, query);
  } catch (err) {
    if (!isAppError(err) || err.code !== "invalid_input") throw err;
    return listCredentials(ctx, { ...query, cursor: undefined });
  }
}
