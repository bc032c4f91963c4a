/** Portal roles: each is granted for all nodes or for a node and what is under it. */
export const roles = ["admin", "engineer", "operator", "lead"] as const;
export type Role = (typeof roles)[number];

/** What an API key may have: a portal role, or `metrics`, which no person has and which lets it read /metrics and nothing else. */
export const keyRoles = [...roles, "metrics"] as const;
export type KeyRole = (typeof keyRoles)[number];

/** A role and where it holds; `nodeId` null = all nodes. */
export type Grant = { role: Role; nodeId: string | null };
/** The same of whoever acts, programs included. */
export type ActorGrant = { role: KeyRole; nodeId: string | null };

const everyone: readonly Role[] = roles;
const admins: readonly Role[] = ["admin"];
const engineers: readonly Role[] = ["admin", "engineer"];
const runners: readonly Role[] = ["admin", "engineer", "operator"];

/**
 * Who may do what, in one table. `node`: the action is about one node, and a grant for that node or one above it is
 * enough. `everywhere`: the action touches all nodes, so only a grant for all nodes counts. `somewhere`: any grant of the
 * role is enough, wherever it holds (lists filter by node themselves).
 *
 * Reading isn't using: an action that only reads never lets a request, a token, or a secret leave. Those are `transports.use`
 * (send what a trigger holds), `transports.test` (decide what is sent, in a test or a trigger), `triggers.run`,
 * `credentials.assign`, `credentials.check`, and the `write` actions.
 */
const table = {
  "nodes.read": { roles: everyone, reach: "somewhere" },
  "nodes.write": { roles: admins, reach: "node" },
  // Leads of nodes read the credentials that are used or offered in their nodes (oauth/credentials/visible.ts).
  "credentials.read": { roles: ["admin", "lead"], reach: "somewhere" },
  "credentials.assign": { roles: engineers, reach: "somewhere" },
  "credentials.write": { roles: admins, reach: "everywhere" },
  "credentials.check": { roles: admins, reach: "everywhere" },
  // Named proxies and certificate authorities, without passwords: users who edit transports select them.
  "network.read": { roles: engineers, reach: "somewhere" },
  "network.write": { roles: admins, reach: "everywhere" },
  "transports.read": { roles: everyone, reach: "node" },
  "transports.write": { roles: engineers, reach: "node" },
  "transports.test": { roles: engineers, reach: "node" },
  "transports.use": { roles: runners, reach: "node" },
  "triggers.read": { roles: everyone, reach: "node" },
  "triggers.write": { roles: engineers, reach: "node" },
  "triggers.run": { roles: runners, reach: "node" },
  "runs.read": { roles: everyone, reach: "node" },
  "users.read": { roles: admins, reach: "everywhere" },
  "users.write": { roles: admins, reach: "everywhere" },
  "sessions.read": { roles: admins, reach: "everywhere" },
  "sessions.revoke": { roles: admins, reach: "everywhere" },
  "api-keys.read": { roles: admins, reach: "everywhere" },
  "api-keys.write": { roles: admins, reach: "everywhere" },
  "dashboard.read": { roles: ["admin", "lead"], reach: "node" },
  "reviews.sign": { roles: ["admin", "lead"], reach: "node" },
  "retention.read": { roles: admins, reach: "everywhere" },
  "retention.write": { roles: admins, reach: "everywhere" },
  "alerts.read": { roles: ["admin", "lead"], reach: "everywhere" },
  "alerts.write": { roles: admins, reach: "everywhere" },
  "audit.read": { roles: ["admin", "lead"], reach: "everywhere" },
  "metrics.read": { roles: ["admin", "metrics"], reach: "everywhere" },
} as const satisfies Record<string, { roles: readonly KeyRole[]; reach: "node" | "everywhere" | "somewhere" }>;

export type Action = keyof typeof table;
export const actions = Object.keys(table) as Action[];

/**
 * Whether grants allow an action.
 * @param nodePath ids from the root to the node that the action is about; null when it is about no single node. For an
 *   action about a node, null asks for a grant for all nodes.
 */
export function isAllowed(grants: readonly ActorGrant[], action: Action, nodePath: readonly string[] | null): boolean {
  const rule = table[action];
  return grants.some((grant) => {
    if (!(rule.roles as readonly KeyRole[]).includes(grant.role)) return false;
    if (grant.nodeId === null || rule.reach === "somewhere") return true;
    return rule.reach === "node" && nodePath !== null && nodePath.includes(grant.nodeId);
  });
}

/**
 * Where grants allow an action about nodes: `all`, or the nodes whose subtrees it covers (empty = nowhere). For lists.
 */
export function allowedNodes(grants: readonly ActorGrant[], action: Action): "all" | string[] {
  const rule = table[action];
  const fitting = grants.filter((grant) => (rule.roles as readonly KeyRole[]).includes(grant.role));
  if (fitting.some((grant) => grant.nodeId === null)) return "all";
  if (rule.reach === "everywhere") return [];
  return [...new Set(fitting.map((grant) => grant.nodeId as string))];
}

/** Whether grants allow an action on at least one node: what navigation, buttons and the first fence of an edge go by. */
export function isAllowedSomewhere(grants: readonly ActorGrant[], action: Action): boolean {
  const where = allowedNodes(grants, action);
  return where === "all" || where.length > 0;
}
