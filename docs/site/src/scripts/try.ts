/** Show Scalar's reference. Nothing of it leaves the host: no telemetry, fonts, assistant or proxy. */
import type { createApiReference } from '@scalar/api-reference';

interface Scalar {
  createApiReference: typeof createApiReference;
}

const place = document.querySelector<HTMLElement>('#reference');
const { document: description, scalar } = place?.dataset ?? {};
if (place && description && scalar) {
  // The files of Scalar are copied as they are: bundling them again takes longer than the rest of the build.
  const loaded = (await import(/* @vite-ignore */ scalar)) as Scalar;
  loaded.createApiReference(place, {
    url: description,
    servers: [{ url: window.location.origin }],
    telemetry: false,
    withDefaultFonts: false,
    agent: { disabled: true },
    proxyUrl: '',
    hideClientButton: true,
    showDeveloperTools: 'never',
    authentication: { preferredSecurityScheme: 'ApiKey' },
  });
}
