import type { Program } from '../../../demo/pod/pod-process.ts';

/** Makes the process run as the user that option `id` is. */
export const user: Program = async ({ id }) => {
  process.setgid?.(Number(id));
  process.setuid?.(Number(id));
  return {};
};
