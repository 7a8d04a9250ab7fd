import { expect, it } from 'vitest';

import { arrange } from './arrange';
import type { Medium } from './medium';

const medium = (title: string, fields: Partial<Medium> = {}): Medium => ({
  id: title,
  title,
  type: 'video',
  status: 'processed',
  progress: null,
  duration: 10,
  createdAt: '2026-11-28T10:00:00.000Z',
  warnings: [],
  marker: null,
  ...fields,
});

const media = [medium('take 10'), medium('Take 2', { duration: 90 }), medium('Cat', { type: 'image', duration: null, status: 'failed' })];
const titles = (search: Parameters<typeof arrange>[1]) => arrange(media, search).map(({ title }) => title);

it('keeps the order of the list', () => expect(titles({})).toEqual(['take 10', 'Take 2', 'Cat']));
it('sorts names as people count', () => expect(titles({ sort: 'name' })).toEqual(['Cat', 'Take 2', 'take 10']));
it('sorts the longest first and pictures last', () => expect(titles({ sort: 'length' })).toEqual(['Take 2', 'take 10', 'Cat']));
it('filters by type, status and name', () => {
  expect(titles({ type: 'image,audio' })).toEqual(['Cat']);
  expect(titles({ status: 'processed', name: 'TAKE 1' })).toEqual(['take 10']);
});
