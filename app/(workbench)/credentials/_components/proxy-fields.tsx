"use client";
import { Card } from "#app/_ui/card.tsx";
import { ProxyFields as SharedProxyFields } from "#app/_ui/proxy-fields.tsx";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { Remarks } from "./remarks.ts";

/** How token requests leave. */
export function ProxyFields({ base, remarks }: { base: CredentialDetail | null; remarks: Remarks }) {
  const stored = base?.proxy.mode === "manual" ? base.proxy.passwordSetAt : null;
  return (
    <Card title="Proxy" description="Optional. For the token requests of this credential; a transport has its own.">
      <SharedProxyFields passwordSetAt={stored} remarks={remarks} />
    </Card>
  );
}
