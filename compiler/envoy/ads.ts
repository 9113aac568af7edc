import type { ConfigSource } from './generated/api.ts';

/** From the stream that the configuration itself comes by. */
export const ads: ConfigSource = { ads: {}, resource_api_version: 'V3' };
