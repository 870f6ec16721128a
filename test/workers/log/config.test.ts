import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifierOf, vkey } from '../../../audit/tlog/note.ts';
import { temporarySigner } from '../../../clients/keys/local.ts';
import { readLogConfig } from '../../../workers/log/config.ts';

const dir = mkdtempSync(join(tmpdir(), 'golive-config-'));
afterAll(() => rmSync(dir, { recursive: true }));

const least = {
  GOLIVE_LOG_PORT: '7400',
  GOLIVE_AUDIT_BUCKET: 'acme-audit',
  GOLIVE_LOG_ORIGIN: 'log.acme.example/q4',
  GOLIVE_LOG_KEY: '/keys/log.pem',
  GOLIVE_LOG_ADD_TOKEN: 'writers-token-0123',
  GOLIVE_LOG_READ_TOKEN: 'readers-token-0123',
};

describe('the settings of the log', () => {
  it('have defaults, and say where each came from without showing a secret', () => {
    const { config, sources } = readLogConfig({ ...least, LOG_LEVEL: 'debug' });
    expect(config).toMatchObject({
      port: 7400,
      host: '127.0.0.1',
      commitEveryMs: 250,
      commitBurst: 4,
      commitAtEntries: 1_000,
      createBucket: false,
      s3: { bucket: 'acme-audit', region: 'us-east-1' },
      workS3: { bucket: 'acme-audit-work' },
      witness: undefined,
      witnessEveryMs: 300_000,
      retention: undefined,
    });
    const of = Object.fromEntries(sources.map(({ env, from, shown }) => [env, `${from}: ${shown}`]));
    expect(of).toMatchObject({
      GOLIVE_LOG_PORT: 'environment: 7400',
      GOLIVE_LOG_COMMIT_MS: 'default: 250',
      GOLIVE_S3_ENDPOINT: 'not set: ',
      GOLIVE_LOG_ADD_TOKEN: 'environment: (secret)',
      LOG_LEVEL: 'environment: debug',
    });
  });

  it('take a secret from a file', () => {
    const file = join(dir, 'token');
    writeFileSync(file, 'token-from-a-file\n');
    const { GOLIVE_LOG_ADD_TOKEN: _token, ...rest } = least;
    const { config, sources } = readLogConfig({ ...rest, GOLIVE_LOG_ADD_TOKEN_FILE: file });
    expect(config.addToken).toBe('token-from-a-file');
    expect(sources.find(({ env }) => env === 'GOLIVE_LOG_ADD_TOKEN')).toMatchObject({ from: 'file', shown: '(secret)' });
    expect(() => readLogConfig({ ...rest, GOLIVE_LOG_ADD_TOKEN_FILE: join(dir, 'none') })).toThrow('GOLIVE_LOG_ADD_TOKEN_FILE');
  });

  it('name the witness by where it is and by its key', () => {
    const key = vkey(verifierOf('witness.acme.example/golive', 'witness', temporarySigner().publicKey));
    const witness = { GOLIVE_LOG_WITNESS_URL: 'http://127.0.0.1:7500', GOLIVE_LOG_WITNESS_KEY: key };
    const { config } = readLogConfig({ ...least, ...witness });
    expect(config.witness).toMatchObject({ url: 'http://127.0.0.1:7500', verifier: { name: 'witness.acme.example/golive' } });
    expect(() => readLogConfig({ ...least, GOLIVE_LOG_WITNESS_KEY: key })).toThrow('belong together');
    expect(() => readLogConfig({ ...least, ...witness, GOLIVE_LOG_WITNESS_KEY: 'key' })).toThrow('not the vkey of a witness');
  });

  it('keep published objects only for a number of days that is given', () => {
    const kept = { ...least, GOLIVE_LOG_RETENTION_MODE: 'compliance' };
    expect(() => readLogConfig(kept)).toThrow('GOLIVE_LOG_RETENTION_DAYS');
    const { config } = readLogConfig({ ...kept, GOLIVE_LOG_RETENTION_DAYS: '400' });
    expect(config.retention).toEqual({ mode: 'compliance', days: 400 });
  });

  it('keep what is replaced out of the bucket that is kept', () => {
    expect(() => readLogConfig({ ...least, GOLIVE_LOG_WORK_BUCKET: 'acme-audit' })).toThrow('another bucket');
  });

  it('are refused all at once', () => {
    const wrong = { ...least, GOLIVE_LOG_PORT: 'ninety', GOLIVE_LOG_COMMIT_MS: '0' };
    expect(() => readLogConfig(wrong)).toThrow(/GOLIVE_LOG_PORT.*GOLIVE_LOG_COMMIT_MS/s);
  });
});
