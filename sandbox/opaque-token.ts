/** An opaque token that is good at the moment (RFC 7662). */
export interface OpaqueToken {
  clientId: string;
  audience: string;
  expiresAt: number;
  tokenId: string;
}
