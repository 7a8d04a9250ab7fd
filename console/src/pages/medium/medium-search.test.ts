import { expect, test } from 'vitest';

import { linkToSecond } from './link-to-second';
import { chosenRun, type Run, type RunState } from './medium-data';
import { mediumSearchOf } from './medium-search';

test.each([
  [{ t: '12.5', run: 'run_1' }, { t: 12.5, run: 'run_1' }],
  [{ t: 3, segment: 'seg_1', compare: 'run_2' }, { t: 3, segment: 'seg_1', compare: 'run_2' }],
  [{ t: '-1', run: '' }, {}],
  [{ t: 'x', run: ['run_1'] }, {}],
])('the address %j means %j', (search, expected) => {
  expect(mediumSearchOf(search)).toEqual(expected);
});

test.each([
  [null, '12.39'],
  [24, '12.375'],
  [25, '12.36'],
])('a link at %s frames a second has the second %s, and what is shown', (frameRate, second) => {
  const search = { t: 1, run: 'run_1', compare: 'run_2', segment: 'seg_1' };
  expect(linkToSecond('http://a/media/vid_1?t=1#x', search, 12.39, frameRate)).toBe(
    `http://a/media/vid_1?t=${second}&run=run_1&compare=run_2`,
  );
});

test('a link to a picture has no second', () => {
  expect(linkToSecond('http://a/media/vid_1', {}, null, null)).toBe('http://a/media/vid_1');
});

const run = (id: string) => ({ run_id: id }) as Run;
const state = (id: string, successful: number) => ({ run_id: id, successful_segments: successful }) as RunState;

test('the run of the address is shown, else the newest with results, else the newest', () => {
  const runs = [run('new'), run('done'), run('old')];
  const states = [state('new', 0), state('done', 3), state('old', 5)];
  expect(chosenRun(runs, states, 'old')?.run_id).toBe('old');
  expect(chosenRun(runs, states, 'gone')?.run_id).toBe('done');
  expect(chosenRun(runs, [], undefined)?.run_id).toBe('new');
  expect(chosenRun([], [], undefined)).toBeUndefined();
});
