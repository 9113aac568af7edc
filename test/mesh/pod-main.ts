// The process that the tests run in each pod.
import { programs } from '../../demo/bookstore/programs.ts';
import { runPodProcess } from '../../demo/pod/pod-process.ts';
import { testPrograms } from './programs/test-programs.ts';

await runPodProcess({ ...programs, ...testPrograms });
