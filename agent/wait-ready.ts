/** Milliseconds. */
const pause = 100;

/** Settles with true as soon as Envoy's admin interface (`http://127.0.0.1:15000`) says that it's ready, with false if it doesn't within so many seconds. */
export async function waitReady(admin: string, seconds: number): Promise<boolean> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until) {
    if (await isReady(admin)) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return false;
}

async function isReady(admin: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${admin}/ready`, { signal: AbortSignal.timeout(1_000) });
    return ok;
  } catch {
    return false;
  }
}
