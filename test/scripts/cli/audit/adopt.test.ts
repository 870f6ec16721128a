import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { signDirectRecord } from '../../../../audit/direct.ts';
import { verifierOf } from '../../../../audit/tlog/note.ts';
import { policyText } from '../../../../audit/tlog/policy.ts';
import { createHttpRecorder } from '../../../../clients/recorder/http.ts';
import type { S3Store } from '../../../../clients/store/s3.ts';
import type { DirectRecord } from '../../../../domain/direct.ts';
import type { ConnectionsFile } from '../../../../scripts/cli/connections.ts';
import { envelopeText, signJson } from '../../../../audit/envelope.ts';
import { COMMAND_PAYLOAD_TYPE } from '../../../../domain/command.ts';
import { runCli } from '../../../../scripts/cli/run.ts';
import { connectSystems } from '../../../../scripts/cli/wiring.ts';
import { freshS3Store } from '../../../clients/store/stores.ts';
import { directRecord } from '../../../support/direct-record.ts';
import { sharedS3, uniqueName } from '../../../support/servers/shared.ts';
import { draftsOf, type SignedDeployment } from '../../../support/signed-deployment.ts';
import { smallDeployment } from '../../../support/verified.ts';
import { ADD_TOKEN, openedLog, READ_TOKEN, type OpenedLog } from '../../../workers/log/opened.ts';

let dir: string;
let made: SignedDeployment;
let log: OpenedLog;
let stores: S3Store[];
let recorder: ReturnType<typeof createHttpRecorder>;

/** A deployment that was opened in a real log on S3, and no Temporal, gateway or platform at all. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'golive-adopt-'));
  const bucket = uniqueName('audit');
  made = await smallDeployment({}, (file) => void (file.audit.bucket = bucket));
  const { file, evidence, rootKey } = made;
  const [audit, work, manifests] = await Promise.all([freshS3Store(bucket), freshS3Store(), freshS3Store(`${bucket}-manifests`)]);
  stores = [audit, work, manifests];
  log = await openedLog({ audit, work, prefix: file.audit.prefix, origin: file.logOrigin, witnessEveryMs: 600_000 });
  recorder = createHttpRecorder({ url: log.url, token: ADD_TOKEN });

  const [opened] = draftsOf(made.drafts, 'deployment.opened');
  const [signature] = draftsOf(made.drafts, 'evidence').filter(({ entry }) => entry.id.endsWith('/file'));
  if (!opened || !signature) throw new Error('no deployment was opened');
  const documents = {
    'deployment.yaml': opened.entry.data.deploymentFile.digest.slice(7),
    'deployment.dsse.json': signature.entry.data.evidence.digest.slice(7),
  };
  for (const [name, hex] of Object.entries(documents)) {
    const bytes = evidence.get(hex) ?? Buffer.of();
    await manifests.put(`${file.deployment}/${name}`, bytes);
    await audit.put(`${file.audit.prefix}/evidence/${hex}`, bytes);
  }
  await recorder.add([opened.entry, signature.entry]);

  const policy = policyText({
    log: verifierOf(file.logOrigin, 'log', log.signer.publicKey),
    witnesses: [],
    rootKeys: [rootKey],
  });
  await writeFile(join(dir, 'policy'), policy);
  await writeFile(join(dir, 'add-token'), `${ADD_TOKEN}\n`);
  await connections('golive.yaml', { addTokenFile: 'add-token' });
  await connections('reader.yaml', {});

  async function connections(name: string, token: { addTokenFile?: string }): Promise<void> {
    const s3 = sharedS3();
    const content: ConnectionsFile = {
      apiVersion: 'golive/v1',
      kind: 'Connections',
      temporal: { address: '127.0.0.1:1', namespace: 'default' },
      customers: {
        [file.customer]: {
          log: { endpoint: log.url, token: READ_TOKEN, ...token },
          store: {
            ...{ endpoint: s3.endpoint, region: s3.region, accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey },
            ...{ manifestBucket: `${bucket}-manifests`, auditBucket: bucket, auditPrefix: file.audit.prefix },
          },
          rootKeys: [rootKey],
          auditPolicy: policy,
        },
      },
    };
    await writeFile(join(dir, name), stringify(content));
  }
});
afterAll(async () => {
  await recorder.close();
  await log.close(100);
  for (const store of stores) store.close();
  await rm(dir, { recursive: true, force: true });
});

async function golive(...words: string[]) {
  const said = { out: '', err: '' };
  const argv = words.includes('--connections') ? words : [...words, '--connections', join(dir, 'golive.yaml')];
  const code = await runCli(
    argv,
    {
      stdout: (text) => void (said.out += text),
      stderr: (text) => void (said.err += text),
      isTTY: false,
      now: () => Date.parse('2026-03-02T12:00:00.000Z'),
      columns: 140,
    },
    (connections, customer) => ({
      ...connectSystems(connections, customer),
      commands: async () => ({ handIn: async ({ envelope }) => (handedIn.push(envelope), { id: 'order' }) }),
    }),
  );
  return { code, ...said };
}
/** Orders that were handed in to the engine. */
const handedIn: string[] = [];
const adopt = (...words: string[]) => golive('audit', 'adopt', ...words);

async function left(name: string, over: Partial<DirectRecord> = {}, signedBy?: string): Promise<string> {
  const record = directRecord(made.file, over);
  const signer = made.signers.get(signedBy ?? record.person);
  if (!signer) throw new Error('nobody to sign');
  await writeFile(join(dir, name), await signDirectRecord(record, signer));
  return join(dir, name);
}

/** An order as it is left beside what was done under it. */
async function ordered(id: string, path: string): Promise<string> {
  const signer = [...made.signers.values()][0];
  if (!signer) throw new Error('nobody to sign');
  const { customer, deployment } = made.file;
  const value = { id, kind: 'halt', customer, deployment };
  const text = envelopeText(await signJson({ payloadType: COMMAND_PAYLOAD_TYPE, value, signers: [signer] }));
  await writeFile(path, text);
  return text;
}

const size = async (): Promise<number> => {
  const { out } = await golive('audit', 'summary', '--json');
  return (JSON.parse(out) as { entries: { total: number } }).entries.total;
};
const documents = async (): Promise<number> => (await (stores[0] as S3Store).list(`${made.file.audit.prefix}/evidence/`)).length;

describe('golive audit adopt', () => {
  it('refuses all files when one of them is wrong, and writes nothing', async () => {
    const [entries, kept] = [await size(), await documents()];
    const right = await left('right.json', { commandId: 'halt-right-1' });
    const cfo = made.file.people.find((p) => p.roles.includes('cfo'))?.id ?? '';
    const forged = await left('forged.json', {}, cfo);
    expect(await adopt(right, forged)).toMatchObject({
      code: 5,
      out: '',
      err: expect.stringMatching(/forged\.json: The record is not signed by .*\nNothing was entered\.\nGive the file/s) as string,
    });
    const { code, out } = await adopt(right, forged, '--json');
    expect([code, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([5, 'unsigned']);
    expect((await adopt(await left('role.json', { role: 'cfo' }))).code).toBe(5);
    expect((await adopt(await left('staging.json', { environment: 'staging' }))).code).toBe(5);
    expect((await adopt(join(dir, 'policy'))).code).toBe(2);
    expect(await adopt(join(dir, 'nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('nowhere') as string });
    expect([await size(), await documents()]).toEqual([entries, kept]);
  });

  it('says without a token that may write how to give one, and writes nothing', async () => {
    const kept = await documents();
    const file = await left('halt.json');
    expect(await adopt(file, '--connections', join(dir, 'reader.yaml'))).toMatchObject({
      code: 2,
      err: expect.stringContaining(`customers.${made.file.customer}.log.addTokenFile`) as string,
    });
    expect(await documents()).toBe(kept);
  });

  it('says with --dry-run what would be entered, for which no such token is needed', async () => {
    const [entries, kept] = [await size(), await documents()];
    const { code, out, err } = await adopt(await left('halt.json'), '--dry-run', '--connections', join(dir, 'reader.yaml'));
    expect([code, err]).toEqual([0, 'Nothing was written: this was a dry run.\n']);
    expect(out).toContain('would be entered: halt of wave research by');
    expect([await size(), await documents()]).toEqual([entries, kept]);
  });

  it('enters a stop once, without Temporal, and gives the first entry when it is brought again', async () => {
    const file = await left('halt.json');
    const index = await size();
    expect(await adopt(file)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`halt.json: recorded as entry #${index}: halt of wave research`) as string,
    });
    const again = await adopt(file, '--connections', join(dir, 'reader.yaml'));
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining(`was entered before as #${index}`) as string });
    expect(await size()).toBe(index + 1);
    const told = (await golive('history')).out.replace(/\s+/g, ' ');
    expect(told).toContain('without Temporal at 2026-03-02 09:00:00 UTC: adopted, 1 applied, 1 unknown');
  });

  it('enters the parts of a large stop, each as an entry, beside what was entered before', async () => {
    const next = await size();
    const parts = await Promise.all(
      [1, 2].map((part) => left(`part-${part}.json`, { commandId: 'halt-parts-1', part, parts: 2 })),
    );
    const { code, out } = await adopt(join(dir, 'halt.json'), ...parts, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      dryRun: false,
      records: [
        { index: next - 1, enteredBefore: true, outcomes: { applied: 1, notApplied: 0, unknown: 1 } },
        { index: next, enteredBefore: false, part: 1, parts: 2 },
        { index: next + 1, enteredBefore: false, part: 2, parts: 2 },
      ],
    });
  });

  it('leaves a log that golive verify finds nothing wrong with', async () => {
    await recorder.publish();
    const { bucket, prefix } = made.file.audit;
    const ran = await golive('verify', `s3://${bucket}/${prefix}`, '--policy', join(dir, 'policy'));
    expect(ran.code, ran.out + ran.err).toBe(0);
  });

  it('hands the signed order in as well, so that the engine records what stands; not in a dry run', async () => {
    const record = await left('with-order.json', { commandId: 'halt-with-order-1' });
    const order = join(dir, 'the-order.json');
    const text = await ordered('halt-with-order-1', order);
    expect((await adopt(record, order, '--dry-run')).code).toBe(0);
    expect(handedIn).toEqual([]);
    const { code, err } = await adopt(record, order);
    expect([code, handedIn]).toEqual([0, [text]]);
    expect(err).toContain('the engine records the stop as it stands at the platform');
  });

  it('finds the order that was left beside the records, and says when it is not there', async () => {
    handedIn.length = 0;
    const record = await left('golive-halt-beside-1.intent.dsse.json', { commandId: 'halt-beside-1' });
    expect((await adopt(record)).err).toContain('Give ' + join(dir, 'golive-halt-beside-1.order.dsse.json') + ' as well');
    expect(handedIn).toEqual([]);
    const text = await ordered('halt-beside-1', join(dir, 'golive-halt-beside-1.order.dsse.json'));
    expect((await adopt(record)).code).toBe(0);
    expect(handedIn).toEqual([text]);
  });
});
