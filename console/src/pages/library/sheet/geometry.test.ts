import { describe, expect, it } from 'vitest';

import { fitTiles, gap, placeAfter, rowsOf, tilesInBox } from './geometry';

describe('fitTiles', () => {
  it('fills the width with as many tiles as fit', () => {
    const { columns, width } = fitTiles(1000, 200);
    expect(columns).toBe(4);
    expect(columns * width + (columns - 1) * gap).toBeLessThanOrEqual(1000);
  });

  it('has one column on a page narrower than a tile', () => expect(fitTiles(150, 400).columns).toBe(1));
});

it('cuts a list into rows', () => expect(rowsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]));

describe('tilesInBox', () => {
  const geometry = { columns: 3, width: 100, rowHeight: 112 }; // tiles of 100 x 100, 12 apart

  it('finds the tiles that the box touches', () => {
    expect(tilesInBox(geometry, 8, { left: 50, top: 50, right: 120, bottom: 120 })).toEqual([0, 1, 3, 4]);
    expect(tilesInBox(geometry, 8, { left: -20, top: 230, right: 900, bottom: 900 })).toEqual([6, 7]);
  });

  it('finds nothing between tiles', () => {
    expect(tilesInBox(geometry, 8, { left: 102, top: 0, right: 110, bottom: 400 })).toEqual([]);
  });
});

it('moves by keys and stays on the sheet', () => {
  expect(placeAfter('ArrowDown', 1, 3, 8)).toBe(4);
  expect(placeAfter('ArrowDown', 7, 3, 8)).toBeNull();
  expect(placeAfter('k', 0, 3, 8)).toBeNull();
  expect(placeAfter('End', 2, 3, 8)).toBe(7);
  expect(placeAfter('x', 2, 3, 8)).toBeNull();
});
