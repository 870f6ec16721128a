import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { loadKeyFile } from '../../../clients/keys/local.ts';
import { createS3Store } from '../../../clients/store/s3.ts';
import { openLog } from '../../../workers/log/process.ts';
import { crashingStore, type Crash, type CrashingLog } from './crashing.ts';
import { logSettings, minted, range } from './opened.ts';

/** A log that works through its batches and kills itself at one call to S3 or to its key, before or after the call. */
const { s3, work, keyFile, crashAt, batches }: CrashingLog = JSON.parse(process.argv[2] ?? '{}') as CrashingLog;

const calls: boolean[] = [];
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  // The signal may come a moment late, and nothing may happen until then.
  for (;;);
};
const at: Crash = async (writes, call) => {
  const number = calls.push(writes) - 1;
  if (crashAt?.number === number && crashAt.side === 'before') die();
  const answer = await call();
  if (crashAt?.number === number) die();
  return answer;
};

const key = await loadKeyFile(keyFile);
const parts = {
  audit: crashingStore(createS3Store(s3), at),
  work: crashingStore(createS3Store({ ...s3, bucket: work }), at),
  signer: { ...key, sign: (bytes: Uint8Array) => at(true, () => key.sign(bytes)) },
};
const log = await openLog(parts, logSettings, pino({ level: 'silent' }));
const headers = { authorization: `Bearer ${logSettings.addToken}` };
const post = (url: string, payload: object) => log.app.inject({ method: 'POST', url, payload, headers });

for (const batch of batches) {
  if (batch === 'publish') await post('/publish', {});
  else {
    const added = await post('/add', { entries: range(...batch).map((n) => minted(n)) });
    writeSync(1, `${JSON.stringify({ batch, indexes: added.json<{ indexes: number[] }>().indexes })}\n`);
  }
}
// What is removed in the background has its turn.
for (let before = -1; before !== calls.length; await new Promise((resolve) => setTimeout(resolve, 150))) before = calls.length;
writeSync(1, `${JSON.stringify({ calls })}\n`);
die();
