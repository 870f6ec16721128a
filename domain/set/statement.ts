export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const SET_PREDICATE = 'urn:golive:manifest-set:v1';
export const DEPLOYMENT_FILE_PREDICATE = 'urn:golive:deployment-file:v1';

/** What the Atlas Operator says about the set at the freeze. */
export interface SetPredicate {
  customer: string;
  deployment: string;
  /** Raised by one with each freeze. */
  version: number;
  /** `sha256:<hex>` of the set that this one replaces. */
  previous?: string;
  manifests: number;
  agents: number;
  /** ISO 8601, UTC. */
  frozenAt: string;
}

export interface DeploymentFilePredicate {
  customer: string;
  deployment: string;
  version: number;
}

/**
 * An in-toto Statement v1 with exactly one subject. The set has up to a thousand files; naming its digest keeps the
 * statement small enough for a KMS that signs at most 4 KiB.
 */
export interface Statement<Type extends string, Predicate> {
  _type: typeof STATEMENT_TYPE;
  subject: [{ name: string; digest: { sha256: string } }];
  predicateType: Type;
  predicate: Predicate;
}

export type SetStatement = Statement<typeof SET_PREDICATE, SetPredicate>;
export type DeploymentFileStatement = Statement<typeof DEPLOYMENT_FILE_PREDICATE, DeploymentFilePredicate>;

/** `digest` is `sha256:<hex>`; in-toto names the algorithm in the field. */
export function statement<Type extends string, Predicate>(
  name: string,
  digest: string,
  predicateType: Type,
  predicate: Predicate,
): Statement<Type, Predicate> {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: digest.replace(/^sha256:/, '') } }],
    predicateType,
    predicate,
  };
}
