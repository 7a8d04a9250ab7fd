import { expect, test } from 'vitest';

import type { ImportAutomation } from '@/pages/automations/queries';
import { optionsOf } from '@/pages/runs/start/run-form';

import { bodyOf, valuesOf } from './import-values';

const usual = optionsOf(null);

test('a new automation needs a connector', () => {
  const values = valuesOf(null);
  expect(bodyOf(values, usual, null)).toBeNull();
  const chosen = { ...values, selection: { ...values.selection, connectorId: 'con_1', pattern: '' } };
  expect(bodyOf(chosen, usual, null)).toEqual({
    connector_id: 'con_1',
    source_prefix: '',
    file_pattern: '*',
    recursive: true,
    debounce_interval: '5m',
    enabled: true,
    paused: false,
    prompt_preset: null,
  });
});

test('a pause survives a change of the settings', () => {
  const saved = {
    connector_id: 'con_1',
    source_prefix: 'clips/',
    file_pattern: '*.mp4',
    recursive: false,
    debounce_interval: '1h',
    enabled: true,
    paused: true,
    prompt_preset: { prompt_id: 'prm_1' },
  } as ImportAutomation;
  const body = bodyOf(valuesOf(saved), optionsOf({ video_segmentation_type: 'fixed', video_segment_duration: 5 }), saved);
  expect(body).toMatchObject({ paused: true, debounce_interval: '1h', recursive: false, source_prefix: 'clips/' });
  expect(body?.prompt_preset).toMatchObject({ prompt_id: 'prm_1', video_segmentation_type: 'fixed', video_segment_duration: 5 });
});

test('an option that is not valid keeps the form', () => {
  const values = { ...valuesOf(null), promptId: 'prm_1' };
  const chosen = { ...values, selection: { ...values.selection, connectorId: 'con_1' } };
  expect(bodyOf(chosen, { ...usual, videoType: 'fixed', videoSeconds: 0 }, null)).toBeNull();
});
