import { expect, test } from 'vitest';

import { newRunSearchOf, runsSearchOf } from './run-search';

test('addresses of runs are read', () => {
  expect(newRunSearchOf({ video: ['vid_1', 'vid_2', 'vid_1'], prompt: 'prm_1' })).toEqual({ video: ['vid_1', 'vid_2'], prompt: 'prm_1' });
  expect(newRunSearchOf({ video: 'vid_1', playground: '' })).toEqual({ video: ['vid_1'], playground: true });
  expect(newRunSearchOf({ index: '' })).toEqual({});
  expect(runsSearchOf({ status: 'gone', index: 'idx_1' })).toEqual({ index: 'idx_1' });
});
