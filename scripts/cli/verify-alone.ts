import { setFlagsFromString } from 'node:v8';
import { endedBadly } from './ending.ts';
import { EXIT, type CliIo } from './io.ts';
import { newProgram } from './program.ts';
import { addCommonOptions, type Cli } from './verb.ts';
import { verifyVerb } from './verbs/verify.ts';

/** `golive verify` without the rest of golive: an auditor's machine loads what verifies, in a third of the memory. */
export async function runVerify(argv: string[], io: CliIo): Promise<number> {
  // Nearly all that is read is garbage at once: collecting it early costs little, and keeps a large log below 200 MB.
  setFlagsFromString('--heap-growing-percent=10');
  const cli: Pick<Cli, 'io' | 'exitCode'> = { io, exitCode: EXIT.ok };
  try {
    const program = newProgram(io);
    addCommonOptions(program);
    verifyVerb(program, cli);
    await program.parseAsync(argv, { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return endedBadly(error, argv, io);
  }
}
