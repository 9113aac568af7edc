/** A hook of uvu's that says why it failed: uvu itself doesn't. */
export function reporting(hook: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await hook();
    } catch (error) {
      console.error(error);
      throw error;
    }
  };
}
