import { expect, test } from 'vitest';

import { type Hit, hitBlocks, mergedHits } from './hit-groups';
import { hitReasons, valuesAt } from './hit-reasons';

function hit(videoId: string, score: number, more: Partial<Hit> = {}): Hit {
  return { result_id: `${videoId} ${score}`, video_id: videoId, fused_score: score, metadata: {}, matched_field_instances: [], content_preview: '', ...more } as Hit;
}

test('media come in the order of their best hits', () => {
  const blocks = hitBlocks([hit('a', 0.9), hit('b', 0.8), hit('a', 0.7)], true);
  expect(blocks.map((block) => [block.head?.hit.video_id, block.head?.count, block.hits.length])).toEqual([['a', 2, 2], ['b', 1, 1]]);
});

test('many hits of a medium have one title', () => {
  const blocks = hitBlocks(Array.from({ length: 30 }, (_, place) => hit('a', 1 - place / 100)), true);
  expect(blocks.map((block) => block.hits.length)).toEqual([12, 12, 6]);
  expect(blocks.map((block) => block.head?.count)).toEqual([30, undefined, undefined]);
});

test('hits of several requests are merged by score', () => {
  expect(mergedHits([[hit('a', 0.9), hit('a', 0.1)], [hit('b', 0.5)]]).map((each) => each.fused_score)).toEqual([0.9, 0.5, 0.1]);
  expect(mergedHits([])).toEqual([]);
});

function match(field_path: string, score: number, value_preview: string): Hit['matched_field_instances'][number] {
  return {
    field_path,
    field_display_label: field_path,
    field_instance_key: `${field_path}#${score}`,
    field_instance_path: field_path,
    field_instance_display_label: field_path,
    score,
    value_preview,
  };
}

test('reasons gather the texts of a field, the best first, without repeating one', () => {
  const matches = [match('tags[]', 0.4, 'cup'), match('title', 0.9, 'A cup'), match('text[]', 0.3, 'a CUP'), match('metadata_text', 0.8, 'all'), match('tags[]', 0.5, 'bowl')];
  expect(hitReasons(hit('a', 1, { matched_field_instances: matches }), [], new Map([['tags', 'Tags']]))).toEqual([
    { label: 'title', texts: ['A cup'] },
    { label: 'Tags', texts: ['bowl', 'cup'] },
  ]);
});

test('the values of the fields in conditions are reasons', () => {
  const found = hit('a', 1, { metadata: { scene: { people: [{ name: 'Ann' }, { name: 'Bo' }] } } });
  const condition = { field: 'scene.people[].name', type: 'string', operator: 'is_not_empty' } as const;
  expect(hitReasons(found, [condition], new Map([['scene.people[].name', 'Name']]))).toEqual([{ label: 'Name', texts: ['Ann', 'Bo'] }]);
});

test('the name before a number is not repeated', () => {
  const found = hit('a', 1, { matched_field_instances: [match('scene.people_count', 0.5, 'people count: 5')] });
  expect(hitReasons(found, [], new Map())).toEqual([{ label: 'scene.people_count', texts: ['5'] }]);
});

test('a hit without matches shows its text', () => {
  expect(hitReasons(hit('a', 1, { content_preview: 'A text' }), [], new Map())).toEqual([{ label: '', texts: ['A text'] }]);
  expect(valuesAt({ a: [1, null, [true, 'x']] }, ['a'])).toEqual(['1', 'yes', 'x']);
});
