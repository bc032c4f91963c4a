import type { CredentialFields } from "#lib/oauth/credentials/definition.ts";

/** The nodes that a credential names, with their fields, so that each can be refused where it was entered. */
export function listNodeUses(input: CredentialFields): { field: string; nodeId: string | null }[] {
  if (input.type === "application") return [];
  return [
    ...input.roleMapping.map(({ nodeId }, index) => ({ field: `roleMapping.${index}.nodeId`, nodeId })),
    { field: "defaultRole.nodeId", nodeId: input.defaultRole?.nodeId ?? null },
    ...input.offeredAt.map((nodeId, index) => ({ field: `offeredAt.${index}`, nodeId })),
  ];
}
