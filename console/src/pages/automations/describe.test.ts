import { expect, test } from 'vitest';

import { describePlace, describeResult } from './describe';
import type { Automation } from './queries';

test('an import automation is described by its files', () => {
  const automation = { kind: 'import', source_prefix: 'clips/', file_pattern: '*.mp4' } as Automation;
  expect(describePlace(automation, 'Films')).toBe('Films: clips/ (*.mp4)');
});

test('an export automation is described by its folder', () => {
  expect(describePlace({ kind: 'export', destination_subpath: null } as Automation, 'Films')).toBe('Films');
  expect(describePlace({ kind: 'export', destination_subpath: 'results' } as Automation, 'Films')).toBe('Films: results');
});

test('why nothing was done is said in the words of the server', () => {
  expect(describeResult({ action: 'nothing', message: 'No file is new.' })).toBe('No file is new.');
  expect(describeResult({ action: 'run_blocked', message: 'The import brought no media.' })).toBe('Run not started: The import brought no media.');
  expect(describeResult({ action: 'import_started', message: null })).toBe('Import started');
});
