// Preloaded into a measured process (`node --import`): as it ends, writes its peak memory in bytes to the file in SMIC_BENCH_USAGE.
import { readFileSync, writeFileSync } from 'node:fs';

// Linux carries a parent's peak over into its child's maxRSS; VmHWM is the process' own.
function peakBytes() {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

process.on('exit', () => writeFileSync(process.env.SMIC_BENCH_USAGE, String(peakBytes())));
