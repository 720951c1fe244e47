/** Resource usage of a process. Only Linux reports it for another process without an extra program. */
import { readFile } from 'node:fs/promises';

export interface Usage {
  /** Its resident memory. */
  readonly residentBytes: number;
  /** Its processor time since its start, over all threads. */
  readonly cpuMs: number;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html counts in these ticks, whatever the kernel's own are. */
const TICK_MS = 10;

/** Reads the usage of a process; null where it cannot be read. */
export async function readUsage(pid: number): Promise<Usage | null> {
  if (process.platform !== 'linux') return null;
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ]);
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  // The program's name, in brackets, may contain any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return { residentBytes: Number(kibibytes) * 1_024, cpuMs: (Number(user) + Number(system)) * TICK_MS };
}

/** How many files, and so connections, a process may have open; null where that cannot be read. */
export async function readOpenFilesLimit(): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  // Node.js raises the soft limit to the hard one at its start, so it holds for its children too.
  const [, soft] = /^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8')) ?? [];
  return soft === undefined ? null : Number(soft);
}
