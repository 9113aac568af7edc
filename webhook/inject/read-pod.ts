import type { PodObject } from './pod-object.ts';
import { Refusal } from './refusal.ts';

type Shape = 'text' | 'number' | 'boolean' | 'port' | { readonly list: Shape } | { readonly values: Shape } | { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

const header: Shape = { fields: { name: 'text', value: 'text' }, required: ['name'] };
const httpGet: Shape = { fields: { path: 'text', port: 'port', host: 'text', scheme: 'text', httpHeaders: { list: header } }, required: ['port'] };
const handler = { httpGet, tcpSocket: { fields: { port: 'port', host: 'text' }, required: ['port'] } } as const satisfies Readonly<Record<string, Shape>>;
const probe: Shape = { fields: { ...handler, grpc: { fields: { port: 'number', service: 'text' }, required: ['port'] }, timeoutSeconds: 'number', periodSeconds: 'number' } };
const security: Shape = { fields: { runAsUser: 'number', privileged: 'boolean', capabilities: { fields: { add: { list: 'text' } } } } };
const container: Shape = {
  fields: {
    name: 'text',
    command: { list: 'text' },
    env: { list: { fields: { name: 'text', value: 'text' }, required: ['name'] } },
    ports: { list: { fields: { name: 'text', containerPort: 'number', protocol: 'text' }, required: ['containerPort'] } },
    restartPolicy: 'text',
    securityContext: security,
    volumeMounts: { list: { fields: { name: 'text', mountPath: 'text' }, required: ['name'] } },
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: { fields: { postStart: { fields: handler }, preStop: { fields: handler } } },
  },
  required: ['name'],
};
const pod: Shape = {
  fields: {
    metadata: { fields: { annotations: { values: 'text' } } },
    spec: {
      fields: {
        containers: { list: container },
        initContainers: { list: container },
        ephemeralContainers: { list: container },
        volumes: { list: { fields: { name: 'text' }, required: ['name'] } },
        hostNetwork: 'boolean',
        os: { fields: { name: 'text' }, required: ['name'] },
        nodeSelector: { values: 'text' },
        securityContext: security,
      },
      required: ['containers'],
    },
  },
  required: ['spec'],
};

/**
 * A pod or template as the injector reads it. What is null counts as left out, as in Kubernetes.
 * @throws Refusal where something that the injector reads isn't what Kubernetes has there
 */
export function readPod(value: unknown): PodObject {
  const written = withoutNulls(value);
  check(written, pod, '');
  return written as PodObject;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, part]) => (part === null || part === undefined ? [] : [[key, withoutNulls(part)]])));
}

function check(value: unknown, shape: Shape, path: string): void {
  const wrong = (what: string): never => {
    throw new Refusal(`${path === '' ? 'the pod' : path} must be ${what}`);
  };
  if (typeof shape === 'string') {
    const types = { text: ['string'], number: ['number'], boolean: ['boolean'], port: ['string', 'number'] }[shape];
    if (!types.includes(typeof value)) wrong({ text: 'a text', number: 'a number', boolean: 'true or false', port: 'a number or a name' }[shape]);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) return wrong('a list');
    value.forEach((item, index) => check(item, shape.list, `${path}[${index}]`));
  } else {
    if (!isMapping(value)) return wrong('a mapping');
    const inside = path === '' ? '' : `${path}.`;
    for (const [key, part] of Object.entries(value)) {
      const known = 'values' in shape ? shape.values : Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      if (known !== undefined) check(part, known, `${inside}${key}`);
    }
    const missing = 'values' in shape ? undefined : shape.required?.find((field) => !Object.hasOwn(value, field));
    if (missing !== undefined) wrong(`given its ${missing}`);
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
