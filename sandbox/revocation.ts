import { randomBytes } from "node:crypto";

/**
 * Ids for tokens that can be taken back without keeping a list: an id begins with the time when it was made, and taking
 * back means "none that was made before now". Ids of an earlier run stay good.
 */
export interface TokenIds {
  next(): string;
  /** Takes back every token given so far, or those of one client. */
  revoke(clientId?: string): void;
  isRevoked(tokenId: string, clientId: string): boolean;
}

export function createTokenIds(now: () => number = Date.now): TokenIds {
  let latest = 0;
  const goodFrom = new Map<string, number>();
  const EVERY_CLIENT = "*";

  return {
    next() {
      latest = Math.max(now(), latest);
      return `${latest.toString(36)}.${randomBytes(12).toString("base64url")}`;
    },
    revoke(clientId = EVERY_CLIENT) {
      latest = Math.max(now(), latest) + 1;
      goodFrom.set(clientId, latest);
    },
    isRevoked(tokenId, clientId) {
      if (goodFrom.size === 0) return false;
      const madeAt = Number.parseInt(tokenId, 36);
      return madeAt < Math.max(goodFrom.get(EVERY_CLIENT) ?? 0, goodFrom.get(clientId) ?? 0);
    },
  };
}
