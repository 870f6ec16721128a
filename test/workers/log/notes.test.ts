import { describe, expect, it } from 'vitest';
import { createHttpRecorder } from '../../../clients/recorder/http.ts';
import type { NewEntry } from '../../../domain/entry.ts';
import { minted, openedLog, READ_TOKEN } from './opened.ts';

const NOTE_TOKEN = 'gateways-token-0123';

const refused = (id: string): NewEntry => ({
  v: 1,
  id,
  at: '2026-03-01T08:01:00.000Z',
  kind: 'gateway.refused',
  customer: 'acme',
  deployment: 'q4',
  actor: 'gateway',
  data: { from: '2026-03-01T08:00:00.000Z', to: '2026-03-01T08:01:00.000Z', counts: { bad_signature: 3 } },
});
const note = refused('acme/q4/gateway-refused/ab12/1');

async function withLog(noteToken: string | undefined, use: (url: string) => Promise<void>): Promise<void> {
  const log = await openedLog({ noteToken });
  try {
    await use(log.url);
  } finally {
    await log.close(1000);
  }
}

const post = (url: string, entries: unknown[], token: string) =>
  fetch(`${url}/add`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ entries }),
  });

describe('the token of a gateway', () => {
  it('adds what it turned away', async () => {
    await withLog(NOTE_TOKEN, async (url) => {
      expect(await createHttpRecorder({ url, token: NOTE_TOKEN }).add([note])).toEqual([0]);
    });
  });

  it('adds what its breakers did, and not what those of another part did', async () => {
    const breaker = (part: string): NewEntry => ({
      ...{ v: 1, id: 'acme/q4/breaker/gateway/Temporal/1/open', at: '2026-03-01T08:01:00.000Z', kind: 'breaker.changed' },
      ...{ customer: 'acme', deployment: 'q4', actor: 'golive' },
      data: { dependency: 'Temporal', part, state: 'open', because: 'No answer.' },
    });
    await withLog(NOTE_TOKEN, async (url) => {
      expect((await post(url, [breaker('engine')], NOTE_TOKEN)).status).toBe(403);
      expect((await post(url, [breaker('gateway')], NOTE_TOKEN)).status).toBe(200);
    });
  });

  it('adds nothing else: no other kind, not beside a note either, and no note under the id of something else', async () => {
    await withLog(NOTE_TOKEN, async (url) => {
      // An order under this id could never be answered any more.
      const squatter = refused('acme/q4/command/slack-0123456789');
      for (const entries of [[minted(1)], [note, minted(1)], [squatter]]) {
        expect((await post(url, entries, NOTE_TOKEN)).status).toBe(403);
      }
      expect(await (await fetch(`${url}/size`, { headers: { authorization: `Bearer ${READ_TOKEN}` } })).json()).toEqual({
        size: 0,
      });
    });
  });

  it.each(['/size', '/state/acme/q4', '/entries', '/deployments'])('reads nothing: %s', async (path) => {
    await withLog(NOTE_TOKEN, async (url) => {
      expect((await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${NOTE_TOKEN}` } })).status).toBe(401);
    });
  });

  it('is nobody’s when the log was given none, whatever is sent as one', async () => {
    await withLog(undefined, async (url) => {
      for (const token of ['', 'undefined', NOTE_TOKEN]) expect((await post(url, [note], token)).status).toBe(401);
    });
  });
});
