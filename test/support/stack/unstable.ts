import type { TestCustomer } from './customer.ts';

/** Cohorts that a wave did not find stable, each with why: they come live by a promotion of their own. */
export async function unstable(customer: TestCustomer): Promise<string[]> {
  const verdicts = (await customer.entries('verdict')).map(({ data }) => data);
  return verdicts.flatMap(({ subject, verdict, reasons }) =>
    subject.startsWith('wave:') && verdict !== 'pass' ? [`${subject}: ${verdict}, ${reasons.join('; ')}`] : [],
  );
}
