/** What a run over a WS_SOAP transport calls, its templates rendered. Holds no secret. */
export type SoapCall = {
  /** Null for a raw envelope. */
  operation: string | null;
  arguments: Record<string, unknown>;
  /** Header blocks as XML. */
  headers: string;
  /** A raw envelope, else null. */
  envelope: string | null;
  /** SOAPAction of a raw envelope. */
  action: string;
  /** Whether it may be sent again after a Fault. */
  safeToRepeat: boolean;
};
