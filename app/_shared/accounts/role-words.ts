import { type KeyRole, keyRoles, roles } from "#lib/access/permissions/permissions.ts";

/** Roles in words, with what they are for. */
export const roleWords: Record<KeyRole, { label: string; about: string }> = {
  admin: { label: "Admin", about: "Everything, credentials and users included" },
  engineer: { label: "Engineer", about: "Transports and triggers; assigns credentials without seeing them" },
  operator: { label: "Operator", about: "Runs triggers and reads runs" },
  lead: { label: "Lead", about: "Reads everything, with credential status and the audit log" },
  metrics: { label: "Metrics", about: "For Prometheus: reads /metrics and nothing else" },
};

const toOption = (role: KeyRole) => ({ value: role, label: roleWords[role].label });

/** Of people. */
export const roleOptions = roles.map(toOption);
/** Of API keys. */
export const keyRoleOptions = keyRoles.map(toOption);
