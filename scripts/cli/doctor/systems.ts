import { request } from 'undici';
import { publicKey } from '../../../audit/keys.ts';
import type { Session } from '../session.ts';
import type { Check } from './checks.ts';

/** Orders are refused when they come from more than two minutes ahead; a minute is worth a word. */
const SKEW_MS = 60_000;

/** The customer's systems, each by the call that the CLI itself needs of it. */
export function systemChecks(session: Session): Check[] {
  const { connection, systems, customer } = session;
  const { log, gateway, platform, store } = connection;
  return [
    {
      what: 'log',
      next: 'Check its address and token, and whether the golive log process runs.',
      look: async (signal) => `${log.endpoint}, ${await (await systems.log()).size(signal)} entries`,
    },
    ...(gateway === undefined
      ? []
      : [
          {
            what: 'gateway',
            next: 'Check its address, and whether it and Temporal run.',
            look: (signal: AbortSignal) => ready(gateway, signal),
          },
        ]),
    ...(platform === undefined
      ? []
      : [
          {
            what: 'platform',
            next: 'Check its address and key.',
            look: async (signal: AbortSignal) => {
              const { mintPerHour } = await (await systems.platform()).limits(signal);
              return `${platform.endpoint}, mints ${mintPerHour === null ? 'without a limit' : `${mintPerHour} an hour`}`;
            },
          },
        ]),
    ...(store === undefined
      ? []
      : [
          {
            what: 'manifest bucket',
            next: 'Check endpoint, bucket and credentials.',
            look: async (signal: AbortSignal) =>
              `${store.manifestBucket}, ${(await (await systems.manifests()).list('', signal)).length} objects`,
          },
          {
            what: 'audit bucket',
            next: 'Check endpoint, bucket and credentials.',
            look: async (signal: AbortSignal) => (await (await systems.audit()).size('golive-doctor', signal), store.auditBucket),
          },
        ]),
    {
      what: 'root keys',
      next: `Correct customers.${customer}.rootKeys.`,
      look: async () => connection.rootKeys.map((key) => publicKey(key).keyId).join(', '),
    },
    {
      what: 'deployment file',
      next: 'Deployment Lead has it signed again under the root, or corrects rootKeys.',
      look: async () => {
        const { file, from, keyIds } = await session.file();
        return `version ${file.version} of ${file.customer}/${file.deployment}, from ${from === 's3' ? 'the bucket' : from}, signed by root ${keyIds.join(', ')}`;
      },
    },
    {
      what: 'clock of this machine',
      next: 'Correct it (NTP): orders that come from the future are refused.',
      look: (signal) => skew([log.endpoint, gateway, platform?.endpoint], () => session.io.now(), signal),
    },
  ];
}

async function ready(gateway: string, signal: AbortSignal) {
  const answer = await request(`${gateway.replace(/\/+$/, '')}/readyz`, { signal });
  await answer.body.dump();
  return {
    ok: answer.statusCode === 200,
    detail: answer.statusCode === 200 ? gateway : `${gateway} answers, but is not ready (${answer.statusCode})`,
  };
}

/** Against the Date that servers send with every answer; it is exact to a second. */
async function skew(endpoints: readonly (string | undefined)[], now: () => number, signal: AbortSignal) {
  for (const endpoint of endpoints) {
    if (endpoint === undefined) continue;
    const date = await request(endpoint, { signal }).then(
      async (answer) => (await answer.body.dump(), answer.headers.date),
      () => undefined,
    );
    if (typeof date !== 'string') continue;
    const off = now() - Date.parse(date);
    return {
      ok: Math.abs(off) <= SKEW_MS,
      detail:
        Math.abs(off) < 2_000
          ? 'agrees with the servers'
          : `${Math.round(off / 1000)} s ${off > 0 ? 'ahead of' : 'behind'} ${endpoint}`,
    };
  }
  return { ok: false, detail: 'no server answered with a date' };
}
