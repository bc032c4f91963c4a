import type { Metadata } from "next";
import { secretEndWords } from "#app/_shared/credentials/words.ts";
import { listPage } from "#app/_shared/lists/list-page.tsx";
import { nodeFilter } from "#app/_shared/options/filters.ts";
import { credentialStatusWords } from "#app/_ui/status-badge.tsx";
import { toOptions } from "#app/_ui/to-options.ts";
import { listCredentialOwners, listCredentials } from "#lib/oauth/credential-lists/list-credentials.ts";
import { credentialStatuses, credentialTypes, providers } from "#lib/oauth/credentials/kinds.ts";
import { credentialQuery, secretEndFilters } from "#lib/oauth/credentials/schema.ts";
import { mayDoSomewhere } from "#lib/web/action.ts";
import { CredentialTable } from "../_components/credential-table.tsx";
import { typeWords } from "../_components/words.ts";

export const metadata: Metadata = { title: "Credentials" };

export default listPage({
  path: "/credentials",
  schema: credentialQuery,
  list: listCredentials,
  view: async (ctx, { ownerless, reason }) => {
    const owners = await listCredentialOwners(ctx);
    const mayWrite = mayDoSomewhere(ctx, "credentials.write");
    const mayCheck = mayDoSomewhere(ctx, "credentials.check");
    return {
      title: "Credentials",
      description:
        "OAuth2 clients at your identity provider. Transports send their tokens; people sign in with those of type User.",
      search: "Search",
      filters: [
        { name: "type", label: "Type", options: toOptions(typeWords, credentialTypes) },
        { name: "status", label: "Status", options: toOptions(credentialStatusWords, credentialStatuses) },
        { name: "provider", label: "Provider", options: toOptions({ entra: "Entra ID", generic: "Other" }, providers) },
        { name: "owner", label: "Owner", options: owners.map((owner) => ({ value: owner, label: owner })) },
        { name: "secretEnds", label: "Secret expires", options: toOptions(secretEndWords, secretEndFilters) },
        { name: "used", label: "Used", options: toOptions({ true: "By a transport", false: "By none" }) },
        nodeFilter(ctx),
        ownerless && { name: "ownerless", label: "No owner", options: toOptions({ true: "Without an owner" }) },
        reason && { name: "reason", label: "Reason", options: [{ value: reason, label: reason }] },
      ],
      table: (list) => <CredentialTable {...list} mayWrite={mayWrite} mayCheck={mayCheck} />,
    };
  },
});
