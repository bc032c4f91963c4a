"use client";
import { useFormContext } from "react-hook-form";
import { FormSection } from "#app/_ui/form-section.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import { roles } from "#lib/access/permissions/permissions.ts";
import { ChoiceField, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import type { Remarks } from "./remarks.ts";
import { GrantNodeField, RoleMappingField } from "./role-mapping-field.tsx";

/** Where the claims are read. */
export function ClaimsSourceField() {
  return (
    <ChoiceField
      name="claimsSource"
      description="Where the username and roles are read. The ID token is always verified."
    />
  );
}

/** The claims with the username and the roles. */
export function ClaimFields({ remarks }: { remarks: Remarks }) {
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          name="jwtUsernameKey"
          mono
          description="Claim with the username, e.g. preferred_username"
          remark={remarks.jwtUsernameKey}
        />
        <TextField
          name="jwtRolesKey"
          mono
          description="Claim with the roles array, e.g. roles or realm_access.roles"
          remark={remarks.jwtRolesKey}
        />
      </div>
      <AccessWarning />
    </>
  );
}

/**
 * Which roles users get.
 * @param received values of the roles claim that sign-ins brought and that aren't mapped.
 */
export function RoleSection({ received }: { received: string[] }) {
  const { watch } = useFormContext<FormValues>();
  const [mapping, role] = watch(["roleMapping", "defaultRole.role"]);
  const count = mapping.filter(isMapped).length;
  return (
    <FormSection
      title="Roles"
      set={[count > 0 && `${count} ${count === 1 ? "mapping" : "mappings"}`, role && `Default role: ${role}`]}
      unset="None: no user can sign in"
      isOpen={received.length > 0}
    >
      <RoleFields received={received} />
    </FormSection>
  );
}

/** Roles by the values of the claim, and for users without any of them. */
export function RoleFields({ received = [] }: { received?: string[] }) {
  return (
    <>
      <RoleMappingField received={received} />
      <DefaultRoleField />
    </>
  );
}

const isMapped = ({ claimValue }: FormValues["roleMapping"][number]) => claimValue.trim() !== "";

/** A credential without any role looks complete, but no user can sign in. */
function AccessWarning() {
  const { watch } = useFormContext<FormValues>();
  if (watch("roleMapping").some(isMapped) || watch("defaultRole.role") !== "") return null;
  return (
    <Notice tone="warn" title="No user can sign in yet">
      <p className="m-0">
        Add a mapping, or select a default role. Once saved, a test sign-in on the credential's page shows the values
        that the provider sends, and each can be mapped with one click.
      </p>
    </Notice>
  );
}

function DefaultRoleField() {
  const { watch } = useFormContext<FormValues>();
  const hasRole = watch("defaultRole.role") !== "";
  return (
    <div className="grid items-end gap-4 sm:grid-cols-2">
      <ChoiceField
        name="defaultRole.role"
        options={[{ value: "", label: "None (deny access)" }, ...roles.map((value) => ({ value, label: value }))]}
        description="For users without a mapped role"
      />
      {hasRole && <GrantNodeField name="defaultRole.nodeId" label="Node of the default role" />}
    </div>
  );
}
