import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** The server that `npm run dev` passes requests of the API on to. */
const server = 'http://127.0.0.1:8000';

export default defineConfig({
  resolve: { alias: { '@': new URL('src', import.meta.url).pathname } },
  plugins: [react(), tailwindcss()],
  build: { assetsInlineLimit: 0, sourcemap: false, target: 'es2023' },
  server: { proxy: { '/api': server, '/media': server, '/upload-parts': server, '/docs': server } },
  test: { environment: 'happy-dom', isolate: false, include: ['{src,checks}/**/*.test.{ts,tsx}'] },
});
