import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second on every platform that Node runs on (sysconf CLK_TCK). */
const TICK_MS = 10;

/** CPU time that a process has used so far, all threads, in ms. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command name, in parentheses, may hold spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident set of a process, in KB. */
export function residentKb(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (!match) throw new Error(`process ${pid} has no resident set`);
  return Number(match[1]);
}
