import { Badge } from "#app/_ui/badge.tsx";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import { roleWords } from "./role-words.ts";

/** Roles with where they hold, one badge each. */
export function RoleList({ roles }: { roles: readonly (ActorGrant & { nodeName: string | null })[] }) {
  if (roles.length === 0) return <span className="text-dimmed">no role</span>;
  return (
    <ul className="m-0 flex list-none flex-wrap gap-1 p-0">
      {roles.map((role) => (
        <li key={`${role.role} ${role.nodeId}`}>
          <Badge
            tone={role.role === "admin" ? "info" : "muted"}
            title={`${roleWords[role.role].label} · ${role.nodeName ?? "all nodes"}: ${roleWords[role.role].about}`}
          >
            <span className="max-w-40 truncate sm:max-w-56">
              {roleWords[role.role].label} · {role.nodeName ?? "all nodes"}
            </span>
          </Badge>
        </li>
      ))}
    </ul>
  );
}
