import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tenant } from '../../activities/ports.ts';
import { slackChannel } from '../../clients/notify/slack/channel.ts';
import { httpPlatform } from '../../clients/platform/http.ts';
import { createHttpLogReader } from '../../clients/recorder/http-reader.ts';
import { createHttpRecorder } from '../../clients/recorder/http.ts';
import { createS3Store } from '../../clients/store/s3.ts';
import { withBreakers, type BreakersOf } from '../../workers/breakers.ts';
import { json, listening, type Listening } from '../support/http/listening.ts';

/** More than enough to open one. */
const CALLS = 8;

/** One server stands for every system of the customer; all of them answer 500. */
describe('a worker whose dependencies do not answer', () => {
  let server: Listening;
  let shown: Record<string, boolean> = {};
  beforeEach(async () => {
    server = await listening();
    server.answer = json(500, {});
    shown = {};
  });
  afterEach(() => server.close());

  function worker(kind: BreakersOf['worker']): Tenant {
    const { endpoint } = server;
    const s3 = { endpoint, region: 'eu-west-1', bucket: 'b', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const store = createS3Store(s3);
    const bare = {
      ...{ customer: 'acme', manifests: store, audit: store, platform: httpPlatform({ endpoint, key: 'key' }) },
      recorder: createHttpRecorder({ url: endpoint, token: 'add' }),
      log: createHttpLogReader({ url: endpoint, token: 'read' }),
      notify: { slack: slackChannel({ botToken: 'xoxb', apiUrl: `${endpoint}/` }) },
    } as unknown as Tenant;
    const show: BreakersOf['show'] = ({ customer, dependency, part }, isOpen) => {
      shown[`${customer} ${dependency} ${part}`] = isOpen;
    };
    const guarded = withBreakers(new Map([['acme', bare]]), { worker: kind, part: `${kind}-1`, show }).get('acme');
    if (!guarded) throw new Error('no tenant');
    return guarded;
  }
  const often = async (call: () => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < CALLS; n++) await call().catch(() => undefined);
  };

  it('shows each of them closed from its start, and open once it is not asked any more', async () => {
    const tenant = worker('control');
    expect(shown).toEqual({
      'acme S3 control-1': false,
      'acme log control-1': false,
      'acme platform control-1': false,
      'acme Slack control-1': false,
    });
    await often(() => tenant.audit.get('key'));
    expect(shown).toMatchObject({ 'acme S3 control-1': true, 'acme log control-1': false });
    await often(() => tenant.platform.limits());
    await often(() => tenant.recorder.entry(1));
    await often(async () => tenant.notify.slack?.posted({ channel: 'C1', deployment: 'acme/q4', sinceMs: 0 }));
    expect(Object.values(shown)).toEqual([true, true, true, true]);
  });

  it('is not kept from the others by one that is away', async () => {
    const tenant = worker('engine');
    await often(() => tenant.audit.get('key'));
    server.answer = json(200, { mintPerHour: 3000 });
    expect(await tenant.platform.limits()).toEqual({ mintPerHour: 3000 });
  });

  it('and that stops asks the platform every time, whatever came of the call before', async () => {
    const tenant = worker('stop');
    const before = server.asked.length;
    const setMode = () => tenant.platform.fences('q4');
    await often(setMode);
    expect(server.asked.length - before).toBeGreaterThanOrEqual(CALLS);
    expect(Object.keys(shown).some((name) => name.includes('platform'))).toBe(false);
  });
});
