"use client";
import { useFormContext } from "react-hook-form";
import { toOptions } from "#app/_ui/to-options.ts";
import { roles } from "#lib/access/permissions/permissions.ts";
import { claimsSources } from "#lib/oauth/credentials/model.ts";
import { ChoiceField, TextField } from "./fields.tsx";
import type { FormValues } from "./form-values.ts";
import type { Remarks } from "./remarks.ts";
import { GrantNodeField, RoleMappingField } from "./role-mapping-field.tsx";
import { claimsSourceWords } from "./words.ts";

/** Who somebody is and what they may do, by the claims of their token. */
export function ClaimFields({ remarks }: { remarks: Remarks }) {
  return (
    <>
      <ChoiceField
        name="claimsSource"
        options={toOptions(claimsSourceWords, claimsSources)}
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
      <RoleMappingField />
      <DefaultRoleField />
    </>
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
