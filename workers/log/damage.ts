/** What is stored is not a log that this process could have written. Nothing is repaired: a person has to look. */
export class LogDamaged extends Error {
  override name = 'LogDamaged';
}

/** What a person does who finds the log damaged. */
export const LOOK =
  'Nothing was changed. Leave both buckets as they are, run golive verify on the audit bucket, and compare with the witness.';

export const TWO_WRITERS =
  'Two log processes share this bucket: stop one, then start the other again. Nothing that was acknowledged is lost.';
