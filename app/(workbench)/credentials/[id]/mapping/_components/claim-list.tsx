"use client";
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { type ClaimPath, type Claims, listClaimPaths } from "#lib/oauth/providers/read-claim.ts";

type Props = {
  claims: Claims | null;
  /** Why there are none. */
  missing: string | null;
  usernameKey: string;
  rolesKey: string;
  onUsername: (key: string) => void;
  onRoles: (key: string) => void;
};

/** Every claim by the key that reads it, with buttons that make it the username or the roles. */
export function ClaimList({ claims, missing, usernameKey, rolesKey, onUsername, onRoles }: Props) {
  const paths = useMemo(() => (claims ? listClaimPaths(claims) : []), [claims]);
  if (missing)
    return (
      <Notice tone="warn" title="No claims">
        {missing}
      </Notice>
    );
  if (!claims) return <EmptyState title="No claims yet" text="Sign in for a test, or paste a token." />;
  return (
    <ul aria-label="Claims" className="claim-list">
      {paths.map((path) => (
        <ClaimRow
          key={path.key}
          path={path}
          isUsername={path.key === usernameKey}
          isRoles={path.key === rolesKey}
          onUsername={onUsername}
          onRoles={onRoles}
        />
      ))}
    </ul>
  );
}

type RowProps = Pick<Props, "onUsername" | "onRoles"> & { path: ClaimPath; isUsername: boolean; isRoles: boolean };

function ClaimRow({ path: { key, value }, isUsername, isRoles, onUsername, onRoles }: RowProps) {
  const mayName = typeof value === "string" || typeof value === "number";
  return (
    <li data-chosen={isUsername || isRoles || undefined}>
      <div className="min-w-0 grow">
        <code className="font-semibold wrap-anywhere">{key}</code>
        <div className="text-sm wrap-anywhere text-dimmed">{writeValue(value)}</div>
      </div>
      {mayName && <Choice label="Username" claim={key} isChosen={isUsername} onChoose={() => onUsername(key)} />}
      <Choice label="Roles" claim={key} isChosen={isRoles} onChoose={() => onRoles(key)} />
    </li>
  );
}

type ChoiceProps = { label: string; claim: string; isChosen: boolean; onChoose: () => void };

function Choice({ label, claim, isChosen, onChoose }: ChoiceProps) {
  return (
    <Button
      size="compact-sm"
      variant={isChosen ? "filled" : "default"}
      aria-pressed={isChosen}
      aria-label={`${label}: ${claim}`}
      onClick={onChoose}
    >
      {label}
    </Button>
  );
}

const maxShown = 300;

function writeValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > maxShown ? `${text.slice(0, maxShown)}… (${text.length} characters)` : text;
}
