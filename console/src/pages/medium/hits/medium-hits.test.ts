import { expect, test } from 'vitest';

import { mediumHits } from './medium-hits';

const result = (result_id: string, start_time: number | null, text_score: number | null) => ({
  result_id,
  start_time,
  end_time: start_time === null ? null : start_time + 5,
  text_score,
});

test('hits come in order of time, each compared with the best', () => {
  const hits = mediumHits([result('b', 20, 0.8), result('a', 5, 0.4), result('whole', null, 0.9)]);
  expect(hits.map(({ id, start, end }) => [id, start, end])).toEqual([['a', 5, 10], ['b', 20, 25]]);
  expect(hits.map(({ strength }) => strength.toFixed(2))).toEqual(['0.44', '0.89']);
});

test('hits of conditions have no score and are equal', () => {
  expect(mediumHits([result('a', 0, null)])).toEqual([{ id: 'a', start: 0, end: 5, score: null, strength: 1 }]);
});
