import { parseSettings } from '../../install/parse-settings.ts';
import type { Settings } from '../../install/settings.ts';
import { SettingsError } from '../../install/settings-error.ts';
import { Failure } from '../failure.ts';
import type { ManifestFlags } from '../program/install-flags.ts';
import { version } from '../version.ts';

/** The settings that the flags say. Throws a Failure where they can't be used. */
export function settingsOf({ set, namespace, image, ha = false }: Pick<ManifestFlags, 'set' | 'namespace' | 'image' | 'ha'>): Settings {
  const assignments = [...set, ...(namespace === undefined ? [] : [`namespace=${namespace}`]), ...(image === undefined ? [] : [`image=${image}`])];
  try {
    return parseSettings(version, assignments, { highlyAvailable: ha });
  } catch (error) {
    throw error instanceof SettingsError ? new Failure(error.message, error.fix) : error;
  }
}
