import { describe, expect, it } from 'vitest';

import { mediaTypes, sheetSearchOf, toggled } from './library-search';

describe('sheetSearchOf', () => {
  it('keeps known values in a fixed order', () => {
    expect(sheetSearchOf({ sort: 'name', type: 'image,video', status: 'failed', marker: 'any', name: 'rain', density: 4 })).toEqual({
      sort: 'name',
      type: 'video,image',
      status: 'failed',
      marker: 'any',
      name: 'rain',
      density: 4,
    });
  });

  it('leaves out usual and unknown values', () => {
    expect(sheetSearchOf({ sort: 'newest', type: 'film', status: 3, marker: 'pink', name: '', density: 2 })).toEqual({});
    expect(sheetSearchOf({ sort: 'size', density: 1.5 })).toEqual({});
    expect(sheetSearchOf({ density: 5 })).toEqual({});
  });
});

describe('toggled', () => {
  it('adds and removes a value', () => {
    expect(toggled(mediaTypes, undefined, 'audio')).toBe('audio');
    expect(toggled(mediaTypes, 'audio', 'video')).toBe('video,audio');
    expect(toggled(mediaTypes, 'audio', 'audio')).toBeUndefined();
  });
});
