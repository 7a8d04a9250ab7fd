import { expect, test } from 'vitest';

import { groupsOf, inWords, withEvents } from './event-groups';

const catalogue = ['media.created', 'prompt_run.started', 'prompt_run.failed', 'media.deleted'];

test('events are grouped by their subject', () => {
  expect(groupsOf(catalogue)).toEqual([
    { subject: 'media', events: ['media.created', 'media.deleted'] },
    { subject: 'prompt_run', events: ['prompt_run.started', 'prompt_run.failed'] },
  ]);
  expect(inWords('prompt_run')).toBe('Prompt run');
});

test('chosen events keep the order of the catalogue', () => {
  const chosen = withEvents(catalogue, ['media.deleted'], ['media.created', 'prompt_run.failed'], true);
  expect(chosen).toEqual(['media.created', 'prompt_run.failed', 'media.deleted']);
  expect(withEvents(catalogue, chosen, ['media.created', 'media.deleted'], false)).toEqual(['prompt_run.failed']);
});
