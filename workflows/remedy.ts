import { log, sleep } from '@temporalio/workflow';
import { tell } from './children.ts';
import { failureCode } from './failures.ts';
import type { RemedyInput } from './messages/remedy.ts';
import { mintNew, noteBlocked, reconcile, restore, revokeOld, smokeNew } from './proxies.ts';
import { summary } from './summary.ts';

const AGAIN_AFTER = '1 minute';

/** What one order mends: a stop that ends, new credentials, an outcome that nobody knows. */
export async function remedy(input: RemedyInput): Promise<void> {
  for (;;) {
    try {
      return await mended(input);
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      log.warn('what the order mends could not be mended', { kind: input.kind, code });
      if (code !== 'side_effect_unknown') return refused(input, code);
      await sleep(AGAIN_AFTER, summary(`${input.kind} again (${code})`));
    }
  }
}

async function mended({ name, index, kind }: RemedyInput): Promise<void> {
  const ref = { name, index };
  switch (kind) {
    case 'resume':
    case 'lift':
    case 'promote':
      return goOn(ref, await restore.executeWithOptions(summary('back to what was authorised'), [ref]));
    case 'reconcile':
      return goOn(ref, await reconcile.executeWithOptions(summary('platform and log compared'), [ref]));
    case 'reissue':
      await revokeOld.executeWithOptions(summary('what was valid ends'), [ref]);
      await mintNew.executeWithOptions(summary('new credentials'), [ref]);
      await smokeNew.executeWithOptions(summary('each is tried'), [ref]);
      return;
    default:
      return;
  }
}

/** Whom the stop had set aside goes on, under the order that ended it. */
async function goOn({ name, index }: Pick<RemedyInput, 'name' | 'index'>, { again }: { again: string[] }): Promise<void> {
  for (const cohort of again) await tell(name, cohort, { to: 'retry', index });
}

async function refused({ name, kind, index }: RemedyInput, code: NonNullable<ReturnType<typeof failureCode>>): Promise<void> {
  await noteBlocked.executeWithOptions(summary(`${kind}: ${code}`), [{ name, what: `${kind} #${index}`, code }]);
}
