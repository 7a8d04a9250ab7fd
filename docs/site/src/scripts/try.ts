/** Show Scalar's reference. Nothing of it leaves the host: no telemetry, fonts, assistant or proxy. */
import { createApiReference } from '@scalar/api-reference';
import '@scalar/api-reference/style.css';

const place = document.querySelector<HTMLElement>('#reference');
if (place?.dataset.document) {
  createApiReference(place, {
    url: place.dataset.document,
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
