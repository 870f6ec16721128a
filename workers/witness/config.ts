import { z } from 'zod';
import { parseVkey, type Verifier } from '../../audit/tlog/note.ts';
import { port, readSettings, type SettingSource, type Settings } from '../config.ts';

const logs = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .transform((texts, ctx): Verifier[] =>
    texts.flatMap((text) => {
      const verifier = parseVkey(text);
      if (verifier?.type === 'log') return [verifier];
      ctx.addIssue({ code: 'custom', message: `"${text.slice(0, 80)}" is not the vkey of a log (name+id+key)` });
      return [];
    }),
  );

/** Everything that the witness takes from its environment. It needs neither S3 nor Temporal. */
const settings = {
  port: { env: 'GOLIVE_WITNESS_PORT', schema: port, about: 'port to listen on' },
  host: { env: 'GOLIVE_WITNESS_HOST', schema: z.string().default('127.0.0.1'), about: 'address to listen on' },
  name: { env: 'GOLIVE_WITNESS_NAME', schema: z.string().min(1), about: "the witness's key name, as policies have it" },
  key: { env: 'GOLIVE_WITNESS_KEY', schema: z.string().min(1), about: 'PEM file or awskms:<key> to cosign with' },
  logs: { env: 'GOLIVE_WITNESS_LOGS', schema: logs, about: 'vkeys of the logs to watch, with commas between them' },
  state: { env: 'GOLIVE_WITNESS_STATE', schema: z.string().min(1), about: 'file that holds what was cosigned' },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    about: 'how much the process says',
  },
} satisfies Settings;

export interface WitnessConfig {
  port: number;
  host: string;
  name: string;
  key: string;
  logs: Verifier[];
  state: string;
  logLevel: string;
}

export function readWitnessConfig(environment?: NodeJS.ProcessEnv): { config: WitnessConfig; sources: SettingSource[] } {
  const { values, sources } = readSettings(settings, environment);
  return { config: values, sources };
}
