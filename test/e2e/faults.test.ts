import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../rehearsal/platform/router.ts';
import { controlAction } from '../../rehearsal/platform/control.schema.ts';
import { controlAction as slackAction } from '../../rehearsal/slack/control.ts';
import { readFaults } from '../../scripts/rehearsal/fault-file.ts';
import { root } from '../../scripts/stack/root.ts';

const FOLDER = join(root, 'rehearsal', 'faults');

describe('the fault files for rehearsals', () => {
  it('can be read, and platform and Slack understand what they do to them', async () => {
    const files = await readdir(FOLDER);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      for (const fault of await readFaults(join(FOLDER, file))) {
        if ('slack' in fault) expect(slackAction.safeParse(fault.slack)).toMatchObject({ success: true });
        if (!('platform' in fault)) continue;
        const understood = [fault.platform, { customer: 'acme', ...fault.platform }].map((a) => controlAction.safeParse(a));
        expect(understood.filter((u) => u.success)).toHaveLength(1);
        const { cohort, operation } = fault.platform;
        const mended = { customer: 'acme', cohort, action: fault.mend?.action };
        if (fault.mend) expect(controlAction.safeParse(mended)).toMatchObject({ success: true });
        if (operation !== undefined) expect(ROUTES.map((route) => route.name)).toContain(operation);
      }
    }
  });
});
