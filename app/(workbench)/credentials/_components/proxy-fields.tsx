"use client";
import { findProxies } from "#app/_shared/options/actions.ts";
import { AuthorityField } from "#app/_shared/options/authority-field.tsx";
import { Card } from "#app/_ui/card.tsx";
import { ProxyFields as SharedProxyFields } from "#app/_ui/proxy-fields.tsx";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { Remarks } from "./remarks.ts";

/** How the provider is reached. */
export function ProxyFields({ base, remarks }: { base: CredentialDetail | null; remarks: Remarks }) {
  return (
    <Card
      title="Connection to the provider"
      description="Optional. For the token requests of this credential; a transport has its own."
    >
      <div className="grid gap-4">
        <SharedProxyFields stored={base?.proxy ?? null} find={findProxies} remarks={remarks} />
        <AuthorityField stored={base} />
      </div>
    </Card>
  );
}
