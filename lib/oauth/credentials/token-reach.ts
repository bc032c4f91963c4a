import type { credentials } from "#drizzle/schema/credentials.ts";
import { getBindingStage } from "#lib/platform/crypto/binding.ts";
import type { HostsState, TokenReach } from "./allowed-hosts.ts";

/** Returns where the tokens of a stored credential can go. */
export function readReach({
  type,
  allowedHosts,
  hostsState,
}: Pick<typeof credentials.$inferSelect, "type" | "allowedHosts" | "hostsState">): TokenReach {
  return { type, allowedHosts, hostsState: readHostsState(hostsState) };
}

/** After an upgrade, a mark of it is one that was put into the database, so it doesn't count. */
export function readHostsState(state: HostsState): HostsState {
  return state === "pending" && getBindingStage() === "bound" ? "entered" : state;
}
