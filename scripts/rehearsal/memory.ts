import { readFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 1000;

export interface MemoryWatch {
  /** Highest sum over the parts at one moment, without those that are only looked at, and the highest of each, in MiB. */
  peak(): { totalMb: number; byPart: Record<string, number> };
  stop(): void;
}

/**
 * Resident memory of processes while they run, by what the kernel says; the pid is asked anew, since parts are restarted.
 * `aside` are shown and not added up: they do not run beside the others in production.
 */
export function watchMemory(parts: Record<string, () => number>, aside: Record<string, () => number> = {}): MemoryWatch {
  const byPart: Record<string, number> = {};
  let totalMb = 0;
  const sample = (): void => {
    let sum = 0;
    for (const [part, pid] of Object.entries({ ...parts, ...aside })) {
      const mb = residentMb(pid());
      if (part in parts) sum += mb;
      byPart[part] = Math.max(byPart[part] ?? 0, mb);
    }
    totalMb = Math.max(totalMb, sum);
  };
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    peak: () => ({
      totalMb: Math.round(totalMb),
      byPart: Object.fromEntries(Object.entries(byPart).map(([k, v]) => [k, Math.round(v)])),
    }),
    stop: () => clearInterval(timer),
  };
}

function residentMb(pid: number): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) / 1024;
  } catch {
    // Not Linux, or gone: nothing to count.
    return 0;
  }
}
