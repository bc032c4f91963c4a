"use client";
import { Button } from "@mantine/core";
import { PlusIcon } from "lucide-react";
import { Card } from "#app/_ui/card.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { MappedClaims } from "#lib/oauth/sign-in/claims.ts";

/** What would come of a sign-in; `mfa` is null when no second factor is asked for, or it is not known. */
export type MappingOutcome = { mapped: MappedClaims; mfa: { method: string | null } | null };

type Props = { outcome: MappingOutcome | null; onAddRole: (claimValue: string) => void };

/** Who would be signed in with which roles, or why nobody would. */
export function Outcome({ outcome, onAddRole }: Props) {
  return (
    <Card title="Who would get what">
      <div role="status" className="grid gap-4">
        {outcome ? <Verdict {...outcome} /> : <p className="m-0 text-dimmed">There are no claims to look at yet.</p>}
      </div>
      {outcome && <Found found={outcome.mapped.found} onAddRole={onAddRole} />}
    </Card>
  );
}

function Verdict({ mapped, mfa }: MappingOutcome) {
  if (!mapped.ok) {
    return (
      <Notice tone="bad" title="Would not be let in">
        {mapped.refusal.message} {mapped.refusal.hint}
      </Notice>
    );
  }
  if (mfa && mfa.method === null) {
    return (
      <Notice tone="bad" title="Would not be let in: no second factor">
        The credential requires multi-factor authentication, and the ID token does not tell of any. See Multi-factor
        authentication in the credential, and the claims amr and acrs at the provider.
      </Notice>
    );
  }
  return (
    <Notice tone="ok" title={`Would be signed in as ${mapped.username}`}>
      {mapped.found.usesDefaultRole && "By the default role: "}
      {mapped.grants.map(({ role, nodeId }) => `${role}${nodeId ? " at one node" : " on all nodes"}`).join(", ")}.
    </Notice>
  );
}

function Found({ found, onAddRole }: { found: MappedClaims["found"]; onAddRole: (claimValue: string) => void }) {
  return (
    <div className="mt-4 grid gap-3">
      <KeyValue
        items={[
          { label: "Username", value: found.username },
          { label: "Roles", value: found.roles && `Found as ${found.roles.shape}` },
          { label: "With a role here", value: found.mapped.join(", ") || null },
        ]}
      />
      {found.unmapped.length > 0 && <Unmapped values={found.unmapped} onAddRole={onAddRole} />}
    </div>
  );
}

const maxButtons = 20;

function Unmapped({ values, onAddRole }: { values: string[]; onAddRole: (claimValue: string) => void }) {
  const more = values.length - maxButtons;
  return (
    <div>
      <p className="m-0 mb-1 text-sm font-semibold">Without a role here</p>
      <div className="flex flex-wrap gap-2">
        {values.slice(0, maxButtons).map((value) => (
          <Button
            key={value}
            size="compact-sm"
            variant="default"
            leftSection={<PlusIcon size={14} aria-hidden />}
            onClick={() => onAddRole(value)}
          >
            Map {value}
          </Button>
        ))}
      </div>
      {more > 0 && <p className="m-0 mt-1 text-sm text-dimmed">and {more} more</p>}
    </div>
  );
}
