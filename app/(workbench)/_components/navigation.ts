import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import { type Action, allowedNodes } from "#lib/access/permissions/permissions.ts";

export type NavigationEntry = { label: string; href: string };

/** Where people work. */
const work: (NavigationEntry & { action: Action })[] = [
  { label: "Dashboard", href: "/dashboard", action: "dashboard.read" },
  { label: "Transports", href: "/transports", action: "transports.read" },
  { label: "Triggers", href: "/triggers", action: "triggers.read" },
  { label: "Runs", href: "/runs", action: "runs.read" },
  { label: "Nodes", href: "/nodes", action: "nodes.read" },
];

/** What is behind Administration. */
const administration: (NavigationEntry & { action: Action })[] = [
  { label: "Credentials", href: "/credentials", action: "credentials.read" },
  { label: "Users", href: "/users", action: "users.read" },
  { label: "API keys", href: "/api-keys", action: "api-keys.read" },
  { label: "Sessions", href: "/sessions", action: "sessions.read" },
  { label: "Network", href: "/network", action: "network.write" },
  { label: "Alerts", href: "/alerts", action: "alerts.read" },
  { label: "Retention", href: "/retention", action: "retention.read" },
  { label: "Credential events", href: "/events", action: "credentials.read" },
  { label: "Audit log", href: "/audit", action: "audit.read" },
];

export type Navigation = { work: NavigationEntry[]; administration: NavigationEntry[] };

/** The pages that somebody may open at all; what they show is up to each page. */
export function navigationFor(grants: readonly ActorGrant[]): Navigation {
  const isOpen = ({ action }: { action: Action }) => {
    const where = allowedNodes(grants, action);
    return where === "all" || where.length > 0;
  };
  const strip = ({ label, href }: NavigationEntry) => ({ label, href });
  return { work: work.filter(isOpen).map(strip), administration: administration.filter(isOpen).map(strip) };
}
