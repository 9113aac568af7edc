import { InvalidArgumentError } from 'commander';
import { type Probe, type ProbeHandler, probeKinds } from '../../server/bootstrap/probe.ts';

/** For `--probe`, which may be given several times: `KIND,CONTAINER,URL[,timeout=SECONDS][,period=SECONDS]`. */
export function repeatedProbe(value: string, previous: readonly Probe[]): readonly Probe[] {
  const [kindName, container = '', url = '', ...settings] = value.split(',');
  const kind = probeKinds.find((known) => known === kindName);
  const [, scheme, port, path = '/'] = /^(http|https|tcp|grpc):\/\/:(\d{1,5})(\/.*)?$/.exec(url) ?? [];
  const numbers = settings.map((setting) => /^(timeout|period)=([1-9]\d{0,8})$/.exec(setting));
  if (kind === undefined || scheme === undefined || numbers.includes(null)) {
    throw new InvalidArgumentError('Write it as liveness,app,http://:8080/healthz,timeout=5.');
  }
  const seconds = (name: string): number | undefined => {
    const found = numbers.find((match) => match?.[1] === name)?.[2];
    return found === undefined ? undefined : Number(found);
  };
  const [timeoutSeconds, periodSeconds] = [seconds('timeout'), seconds('period')];
  return [
    ...previous,
    {
      kind,
      container,
      ...handler(scheme, Number(port), path),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(periodSeconds !== undefined && { periodSeconds }),
    },
  ];
}

function handler(scheme: string, port: number, path: string): ProbeHandler {
  if (scheme === 'http') return { http: { port, path } };
  if (scheme === 'https') return { https: { port, path } };
  return scheme === 'tcp' ? { tcp: { port } } : { grpc: { port, service: path.slice(1) } };
}
