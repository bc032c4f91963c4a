"use client";
import { useFormContext } from "react-hook-form";
import { Notice } from "#app/_ui/notice.tsx";
import { roles } from "#lib/access/permissions/permissions.ts";
import { ChoiceField, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import type { Remarks } from "./remarks.ts";
import { GrantNodeField, RoleMappingField } from "./role-mapping-field.tsx";

/** Who somebody is and what they may do, by the claims of their token. */
export function ClaimFields({ remarks, receivedRoles = [] }: { remarks: Remarks; receivedRoles?: string[] }) {
  return (
    <>
      <ChoiceField
        name="claimsSource"
        description="Where the username and the roles are read. The ID token is always verified."
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          name="jwtUsernameKey"
          mono
          description="JSON field that holds the username, such as preferred_username."
          remark={remarks.jwtUsernameKey}
        />
        <TextField
          name="jwtRolesKey"
          mono
          description="JSON array field that holds the roles: roles, realm_access.roles, https://contoso.com/roles."
          remark={remarks.jwtRolesKey}
        />
      </div>
      <RoleMappingField received={receivedRoles} />
      <DefaultRoleField />
      <AccessWarning />
    </>
  );
}

/** A credential without any role looks complete, and lets nobody in. */
function AccessWarning() {
  const { watch } = useFormContext<FormValues>();
  const isMapped = watch("roleMapping").some(({ claimValue }) => claimValue.trim() !== "");
  if (isMapped || watch("defaultRole.role") !== "") return null;
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
        options={[{ value: "", label: "None: not let in" }, ...roles.map((value) => ({ value, label: value }))]}
        description="For who has none of the mapped roles."
      />
      {hasRole && <GrantNodeField name="defaultRole.nodeId" label="Node of the default role" />}
    </div>
  );
}
