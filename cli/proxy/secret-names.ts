/** Names of the secrets that a part of a configuration gets by SDS, each once: its certificates, and what others' are checked against. */
export function secretNames(value: unknown): readonly string[] {
  return [...new Set([...secretReferences(value)].map(({ name }) => name))].sort();
}

export interface SecretReference {
  readonly name: string;
  readonly kind: 'tls_certificate' | 'validation_context';
}

const references: Readonly<Record<string, SecretReference['kind']>> = {
  tls_certificate_sds_secret_configs: 'tls_certificate',
  validation_context_sds_secret_config: 'validation_context',
};

/** The same with their kinds, as often as they are named. */
export function* secretReferences(value: unknown): Generator<SecretReference> {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, member] of Object.entries(value) as readonly (readonly [string, unknown])[]) {
    const kind = Object.hasOwn(references, key) ? references[key] : undefined;
    if (kind === undefined) {
      yield* secretReferences(member);
      continue;
    }
    for (const config of Array.isArray(member) ? (member as readonly unknown[]) : [member]) {
      if (typeof config === 'object' && config !== null && 'name' in config && typeof config.name === 'string') {
        yield { name: config.name, kind };
      }
    }
  }
}
