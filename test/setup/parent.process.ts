import { join } from 'node:path';
import { startProcess } from '../../scripts/processes/process.ts';

/** Starts a child, says its process id, and waits to be killed. */
const child = await startProcess({
  name: 'Child',
  command: '/bin/sh',
  args: ['-c', 'while :; do sleep 0.1; done'],
  logFile: join(process.argv[2] ?? '.', 'child.log'),
});
process.stdout.write(`${child.pid}\n`);
setInterval(() => undefined, 1_000);
