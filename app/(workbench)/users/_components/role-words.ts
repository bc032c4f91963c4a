import { type Role, roles } from "#lib/identity/permissions.ts";

/** Roles in words, with what they are for. */
export const roleWords: Record<Role, { label: string; about: string }> = {
  admin: { label: "Admin", about: "Everything, credentials and users included" },
  engineer: { label: "Engineer", about: "Transports and triggers; assigns credentials without seeing them" },
  operator: { label: "Operator", about: "Runs triggers and reads runs" },
  lead: { label: "Lead", about: "Reads everything, with credential status and the audit log" },
};

export const roleOptions = roles.map((role) => ({ value: role, label: roleWords[role].label }));
