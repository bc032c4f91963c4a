/** Cookie that holds which nodes are open in the tree, so that the server renders it as it was left. */
export const openNodesCookie = "sallyport.tree";

/** A cookie holds 4096 bytes; beyond this many the nodes opened first are forgotten. */
const mostKept = 400;
const keyLength = 8;

/**
 * What a node is remembered by: the last eight digits of its id, which are random in a UUIDv7. Two nodes with the same
 * ones open together, which does no harm.
 */
export function openKey(nodeId: string): string {
  return nodeId.slice(-keyLength);
}

/** Reads what `formatOpenNodes` wrote; nothing of anything else. */
export function parseOpenNodes(text: string | undefined): string[] {
  if (!text || !/^([0-9a-f]{8})+$/.test(text)) return [];
  return text.match(/.{8}/g) ?? [];
}

/** The keys of open nodes, in the order in which they were opened. */
export function formatOpenNodes(keys: Iterable<string>): string {
  return [...keys].slice(-mostKept).join("");
}
