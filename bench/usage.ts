/** What a process takes of the machine. Only Linux says it of another process without a program to ask. */
import { readFile } from 'node:fs/promises';

export interface Usage {
  /** What of it is in memory. */
  readonly residentBytes: number;
  /** For how long it has computed since it was started, over all its threads. */
  readonly cpuMs: number;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html counts time in these, whatever the kernel's own are. */
const TICK_MS = 10;

/** Reads what a process takes; null where that cannot be read. */
export async function readUsage(pid: number): Promise<Usage | null> {
  if (process.platform !== 'linux') return null;
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readFile(`/proc/${pid}/stat`, 'utf8'),
  ]);
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  // The name of the program, in brackets, may have anything in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return { residentBytes: Number(kibibytes) * 1_024, cpuMs: (Number(user) + Number(system)) * TICK_MS };
}

/** How many files, and so connections, a process may have open; null where that cannot be read. */
export async function readOpenFilesLimit(): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  // Node.js raises the soft limit to the hard one when it starts, so that it is the one of its children too.
  const [, soft] = /^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8')) ?? [];
  return soft === undefined ? null : Number(soft);
}
