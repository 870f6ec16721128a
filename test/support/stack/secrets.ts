import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestStack } from './stack.ts';

export interface Secret {
  /** Whose it is; a test that finds one says this and never the secret. */
  of: string;
  secret: string;
}

/** Everything in a stack that nobody may read who has no business with it: tokens, platform keys, credentials in the vault, private keys. */
export async function secretsOf(stack: TestStack<string>): Promise<Secret[]> {
  const { parts, dir } = stack;
  const found: Secret[] = [
    { of: 'the key to /control', secret: parts.controlKey },
    { of: 'S3', secret: parts.s3.secretKey },
  ];
  for (const [customer, { platform, cluster, log, s3 }] of Object.entries(parts.secrets)) {
    const accounts = Object.entries(s3).map(([party, { secretKey }]) => [`S3 of ${party}`, secretKey]);
    const tokens = { ...platform, cluster, ...log, ...(Object.fromEntries(accounts) as Record<string, string>) };
    found.push(...Object.entries(tokens).map(([what, secret]) => ({ of: `${customer}: ${what}`, secret })));
  }
  const vault = await readFile(join(dir, 'platform', 'vault', 'secrets.jsonl'), 'utf8');
  for (const line of vault.trim().split('\n')) {
    const { vaultRef, secret } = JSON.parse(line) as { vaultRef: string; secret: string };
    found.push({ of: vaultRef, secret });
  }
  for (const customer of Object.values(stack.customers)) {
    const { keys, rootKey } = customer.generated.paths;
    for (const path of [rootKey, ...Object.values(keys)]) {
      const body = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
      found.push({ of: path, secret: body.join('') });
    }
  }
  return found;
}

/** What every process of a stack has said so far. */
export async function processLogs(dir: string): Promise<string[]> {
  const files = await readdir(dir, { recursive: true });
  return Promise.all(files.filter((file) => file.endsWith('.log')).map((file) => readFile(join(dir, file), 'utf8')));
}
