"use client";
import { PickField } from "#app/_ui/form-fields.tsx";
import { findAuthorities } from "./actions.ts";

type Props = { stored: { trustedCaId: string | null; trustedCaName: string | null } | null };

/** Selects a named certificate authority, under the name `trustedCaId`. */
export function AuthorityField({ stored }: Props) {
  const { trustedCaId, trustedCaName } = stored ?? {};
  return (
    <PickField
      name="trustedCaId"
      label="Certificate authority"
      description="Trusted in addition to the public ones, for a server with a private CA. Admins manage these under Administration > Network."
      find={findAuthorities}
      initial={trustedCaId ? [{ value: trustedCaId, label: trustedCaName ?? "" }] : []}
      nothingFound="No matching certificate authorities"
      clearable
    />
  );
}
