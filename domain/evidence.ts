/** A document kept beside the log, named by the SHA-256 of its bytes. */
export interface EvidenceRef {
  /** Key in the audit bucket. */
  ref: string;
  /** `sha256:<hex>` */
  digest: string;
}

export type Outcome = 'applied' | 'not-applied' | 'unknown';
