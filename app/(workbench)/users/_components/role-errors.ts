import type { FieldErrors } from "react-hook-form";
import type { RoleDetail } from "#lib/access/accounts/definition.ts";

/** The complaints of a form's `roles`, row by row, as RolesField takes them. */
export function roleErrors(errors: FieldErrors<{ roles: RoleDetail[] }>["roles"]) {
  if (!Array.isArray(errors)) return [];
  return errors.map((row) => ({ role: row?.role?.message, nodeId: row?.nodeId?.message }));
}
