import type { Command } from 'commander';
import { createProgram } from './create-program.ts';

/** The program as a description only, for what is made from it: its commands do nothing. */
export function describeProgram(): Command {
  const nothing = async (): Promise<void> => {};
  return createProgram({
    compile: nothing,
    lint: nothing,
    explain: nothing,
    serve: nothing,
    status: nothing,
    bootstrap: nothing,
    agent: nothing,
    webhook: nothing,
    inject: nothing,
    manifests: nothing,
    install: nothing,
    uninstall: nothing,
    version: nothing,
    completion: nothing,
    demo: nothing,
    operate: { check: nothing, supportDump: nothing, namespace: { add: nothing, remove: nothing, ignore: nothing, list: nothing }, metrics: { switch: nothing }, verify: { connectivity: nothing } },
    proxy: { table: nothing, config: nothing, get: nothing },
    ca: { init: nothing, issue: nothing, rotate: nothing, show: nothing },
  });
}
