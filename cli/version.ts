import packageJson from '../package.json' with { type: 'json' };

/** smic's own version, from package.json. */
export const version: string = packageJson.version;
