import { beforeEach, expect, test } from 'vitest';

import type { Models } from '@/api/client';
import { beginSession, endSession } from '@/app/session/session';

import { lengthProblems, serverProblems } from './draft-problems';
import { keepDraft, keptDraft } from './draft-storage';
import { createBody, draftOf, emptyDraft, keptSettings, mayHavePath, sameDraft, updateBody } from './prompt-draft';

const prompt: Models['Prompt'] = {
  prompt_id: 'prm_1',
  user_id: 'usr_1',
  name: 'Scenes',
  description: '',
  prompt_text: 'Describe the scene.',
  json_schema: { type: 'object', properties: { summary: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } } },
  video_level: { instructions_text: 'Sum up.', json_schema: { type: 'object', properties: {} }, included_segment_fields: ['summary'] },
  semantic_indexing: { disabled_segment_fields: ['tags[]', 'transcription'], disabled_video_level_fields: [] },
  is_active: true,
  execution_config: { video_segmentation_type: 'smart' },
  selection_filter: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
};

test('a prompt that is not edited is saved as it was', () => {
  const body = updateBody(draftOf(prompt), keptSettings(prompt));
  expect(body).toMatchObject({ json_schema: prompt.json_schema, video_level: prompt.video_level, semantic_indexing: prompt.semantic_indexing });
  expect(body).not.toHaveProperty('execution_config');
});

test('a removed field leaves the settings of the search', () => {
  const draft = { ...draftOf(prompt), schema: '{"type": "object", "properties": {"summary": {"type": "string"}}}' };
  expect(updateBody(draft, keptSettings(prompt))?.semantic_indexing?.disabled_segment_fields).toEqual(['transcription']);
});

test.each([
  ['people[].name', true],
  ['people[].age', false],
  ['price.amount', true],
  ['gone', false],
])('a schema with people and a reference can have %s: %s', (path, expected) => {
  const people = { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } };
  expect(mayHavePath({ type: 'object', properties: { people, price: { $ref: '#/$defs/money' } } }, path)).toBe(expected);
});

test('a prompt without a media-wide result removes the stored one', () => {
  expect(updateBody({ ...draftOf(prompt), videoLevel: null }, keptSettings(prompt))).toMatchObject({ video_level: null, clear_video_level: true });
});

test('a draft whose schema is no JSON has no body', () => {
  expect(createBody({ ...emptyDraft, schema: '{' }, null)).toBeNull();
});

test('spaces in the JSON are no change', () => {
  const draft = draftOf(prompt);
  expect(sameDraft(draft, { ...draft, schema: JSON.stringify(prompt.json_schema) })).toBe(true);
  expect(sameDraft(draft, { ...draft, name: 'Other' })).toBe(false);
});

test('lengths and errors of the server stand at their fields', () => {
  expect(Object.keys(lengthProblems({ ...emptyDraft, name: 'ab' }))).toEqual(['name', 'promptText']);
  const errors = [
    { field: 'video_level.json_schema.type', message: 'must be object' },
    { field: 'prompt_text', message: 'too short' },
    { field: 'target', message: 'unknown' },
  ];
  expect(serverProblems(errors)).toEqual({
    problems: { videoLevelSchema: 'video_level.json_schema.type: must be object', promptText: 'too short' },
    others: [{ field: 'target', message: 'unknown' }],
  });
});

beforeEach(() => sessionStorage.clear());

test('a draft is kept for its person alone', () => {
  const session = { key: 'sk_one', owner: 'one', scopes: [], name: 'a', expiresAt: null };
  beginSession(session);
  keepDraft('prm_1', emptyDraft, 'then');
  expect(keptDraft('prm_1')).toMatchObject({ draft: emptyDraft, basedOn: 'then' });
  endSession('expired');
  beginSession({ ...session, key: 'sk_two' });
  expect(keptDraft('prm_1')).not.toBeNull();
  beginSession({ ...session, owner: 'two' });
  expect(keptDraft('prm_1')).toBeNull();
  keepDraft('prm_1', emptyDraft, 'then');
  endSession('signed-out');
  expect(keptDraft('prm_1')).toBeNull();
});
