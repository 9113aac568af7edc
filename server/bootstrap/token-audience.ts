/** Audience of the service-account tokens that sidecars show for their first certificate: a token for the API server isn't one for smic, nor the other way round. */
export const tokenAudience = 'smic';
