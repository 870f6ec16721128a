import type { WindowName } from '../activities/contract.ts';
import { insist } from './insist.ts';
import type { DeploymentRun } from './deployment-run.ts';
import { settleWindow } from './proxies.ts';
import { summary } from './summary.ts';

/** Watches a window's rows beside the work, until each is settled by its facts. */
export const settleRows = (run: DeploymentRun, window: WindowName): Promise<unknown> =>
  insist(run, `rows of ${window}`, () =>
    settleWindow.executeWithOptions(summary(`${window}: each row by its facts`), [{ name: run.input.name, window }]),
  );
