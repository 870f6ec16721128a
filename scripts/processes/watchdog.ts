import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface Watchdog {
  release(): void;
}

/**
 * Ends process `pid` when we end, however we end: a parent that is killed with -9 cannot clean up after itself.
 * A small shell holds the reading end of a pipe; the pipe closes with us, and then the shell kills what it was told to.
 * It ignores Ctrl-C, which reaches the whole foreground group, since its work begins only after that.
 */
export function killWithParent(pid: number): Watchdog {
  const script = 'trap "" INT TERM HUP; if read -r word; then exit 0; fi; kill -9 "$0" 2>/dev/null';
  const shell = spawn('/bin/sh', ['-c', script, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', () => undefined); // without /bin/sh there is no watchdog, and everything else still works
  shell.stdin.on('error', () => undefined);
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return {
    release: () => {
      shell.stdin.write('done\n');
      shell.stdin.end();
    },
  };
}
