import { writeSync } from 'node:fs';
import { runMain } from './run-main.ts';
import { processTerminal } from './terminal/terminal.ts';

// A reader that has seen enough (`| head`) closes the pipe: that is no fault, and there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    try {
      writeSync(2, `error: cannot write the output: ${error.message}\n`);
    } catch {
      // Nor can that be told.
    }
    process.exit(2);
  });
}

// The exit code is set and the process left to end by itself: process.exit() would cut off what is still being written.
process.exitCode = await runMain(process.argv.slice(2), processTerminal());
