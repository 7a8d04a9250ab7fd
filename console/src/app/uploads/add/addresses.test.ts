import { expect, it } from 'vitest';

import { addressesOf } from './addresses';

it('reads one address a line and takes titles from paths', () => {
  expect(addressesOf('https://a.example/films/Boat%20trip.mp4?x=1\n\n  https://b.example/ \nnot an address')).toEqual([
    { uri: 'https://a.example/films/Boat%20trip.mp4?x=1', title: 'Boat trip.mp4' },
    { uri: 'https://b.example/', title: 'b.example' },
    { uri: 'not an address', title: 'not an address' },
  ]);
  expect(addressesOf('https://a.example/100%.mp4')[0]?.title).toBe('100%.mp4');
});
