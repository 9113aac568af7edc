// A thread that loads artifacts: see artifact-loader.ts.
import { parentPort } from 'node:worker_threads';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { errorWords } from '../log.ts';
import { checkArtifact } from './check-artifact.ts';
import type { LoadAnswer, LoadRequest } from './load-messages.ts';
import { readArtifact } from './read-artifact.ts';

async function load({ path, passed }: LoadRequest): Promise<LoadAnswer> {
  try {
    const artifact = await readArtifact(path);
    return { artifact, passed: checkArtifact(artifact, passed) };
  } catch (error) {
    const properties = error instanceof Error && 'syscall' in error ? { ...error } : {};
    return { fault: { message: errorWords(error), isArtifacts: error instanceof ArtifactError, properties } };
  }
}

parentPort?.on('message', (request: LoadRequest) => void load(request).then((answer) => parentPort?.postMessage(answer, [])));
