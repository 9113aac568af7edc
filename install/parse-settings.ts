import { suggest } from '../compiler/diagnostics/suggest.ts';
import { type Definition, type Settings, settingDefinitions } from './settings.ts';
import { SettingsError } from './settings-error.ts';

/** Namespaces that belong to the cluster itself. */
const clusterNamespaces = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/**
 * The settings of an installation: presets, over them what `assignments` say (`key=value`; the last of a key counts).
 * Throws a SettingsError for a key that doesn't exist, a value that isn't one, and what doesn't go together.
 */
export function parseSettings(version: string, assignments: readonly string[], { highlyAvailable = false }: { readonly highlyAvailable?: boolean } = {}): Settings {
  const definitions: Readonly<Record<string, Definition<unknown>>> = { ...settingDefinitions(version) };
  const values = Object.fromEntries(
    Object.entries(definitions).map(([key, { preset, highlyAvailable: other }]) => [key, highlyAvailable && other !== undefined ? other : preset]),
  );
  for (const assignment of assignments) {
    const [key, text] = split(assignment);
    const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
    if (definition === undefined) {
      const meant = suggest(key, Object.keys(definitions));
      throw new SettingsError(`there is no setting ${JSON.stringify(key)}`, meant === undefined ? `The settings are ${Object.keys(definitions).join(', ')}.` : `Did you mean ${JSON.stringify(meant)}?`);
    }
    const value = definition.kind.parse(text);
    if (value === undefined) {
      throw new SettingsError(`${key} cannot be ${JSON.stringify(text)}`, `Expected ${definition.kind.expects}.`);
    }
    values[key] = value;
  }
  // Every key of the definitions has a value of its kind by now.
  return checked(values as unknown as Settings, highlyAvailable);
}

function split(assignment: string): readonly [string, string] {
  const at = assignment.indexOf('=');
  if (at < 1) {
    throw new SettingsError(`${JSON.stringify(assignment)} is no setting`, 'Write KEY=VALUE, as meshName=osm.');
  }
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}

function checked(settings: Settings, highlyAvailable: boolean): Settings {
  if (clusterNamespaces.has(settings.namespace)) {
    throw new SettingsError(`smic cannot be installed into ${settings.namespace}`, 'It needs a namespace of its own: its CA lies there, and pods there have no sidecar.');
  }
  if (highlyAvailable && settings.serverReplicas > settings.serverMaxReplicas) {
    throw new SettingsError(`serverReplicas (${settings.serverReplicas}) is above serverMaxReplicas (${settings.serverMaxReplicas})`, 'The autoscaler goes from the one to the other.');
  }
  return { ...settings, meshNamespace: settings.meshNamespace === '' ? settings.namespace : settings.meshNamespace };
}
