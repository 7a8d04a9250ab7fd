import { expect, test } from 'vitest';

import { onThisServer, renewIn } from './media-link';

const page = { hostname: 'localhost', port: '8000', origin: 'http://localhost:8000' };

test.each([
  ['http://127.0.0.1:8000/media/a.mp4?token=x', 'http://localhost:8000/media/a.mp4?token=x'],
  ['http://localhost:8000/media/a.mp4#t=1', 'http://localhost:8000/media/a.mp4#t=1'],
  ['http://127.0.0.1:9000/media/a.mp4', 'http://127.0.0.1:9000/media/a.mp4'],
  ['https://bucket.s3.amazonaws.com/a?X=1', 'https://bucket.s3.amazonaws.com/a?X=1'],
])('the link %s is opened as %s', (link, opened) => {
  expect(onThisServer(link, page)).toBe(opened);
});

test('a link is renewed five minutes before its end', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(renewIn('2026-01-01T13:00:00Z', now)).toBe(55 * 60_000);
});

test('a short or expired link is renewed early, but not at once', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(renewIn('2026-01-01T12:01:00Z', now)).toBe(30_000);
  expect(renewIn('2026-01-01T11:00:00Z', now)).toBe(10_000);
  expect(renewIn(undefined, now)).toBe(10_000);
});
