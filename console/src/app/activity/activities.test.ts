import { expect, test } from 'vitest';

import { type Activities, changed, inOrder, summaryOf, titled, withoutEnded } from './activities';
import { exports } from './kinds/exports';
import { imports } from './kinds/imports';
import { runs } from './kinds/runs';
import type { StreamEvent } from './stream/event';

const kind = { name: 'runs', unnamed: 'Prompt run' };
const none: Activities = new Map();

function event(type: string, payload: Record<string, unknown>): StreamEvent {
  return { id: 'e', type, at: '2026-08-03T09:30:00.000Z', runId: null, videoId: 'vid_1', indexId: null, payload };
}

test('later changes keep what they do not tell', () => {
  const first = changed(none, kind, { id: 'run_1', title: 'Scenes', progress: 0.2, startedAt: 'a' });
  const [activity] = inOrder(changed(first, kind, { id: 'run_1', progress: 0.5, startedAt: 'b' }));
  expect(activity).toMatchObject({ title: 'Scenes', progress: 0.5, status: 'working', startedAt: 'a' });
});

test('an event out of order does not start an ended activity again', () => {
  const ended = changed(none, kind, { id: 'run_1', status: 'done' });
  expect(changed(ended, kind, { id: 'run_1', status: 'working' })).toBe(ended);
});

test('a title that was asked for fills a gap, and replaces none that an event has told', () => {
  const unnamed = changed(none, kind, { id: 'run_1' });
  expect(inOrder(titled(unnamed, kind, 'run_1', 'file.mp4'))[0]?.title).toBe('file.mp4');
  const named = changed(unnamed, kind, { id: 'run_1', title: 'Scenes' });
  expect(titled(named, kind, 'run_1', 'file.mp4')).toBe(named);
  expect(titled(none, kind, 'run_1', 'file.mp4')).toBe(none);
});

test('what is under way stands first, and what has ended can be cleared', () => {
  let all = changed(none, kind, { id: 'a', status: 'done' });
  all = changed(all, kind, { id: 'b' });
  all = changed(all, kind, { id: 'c', status: 'failed' });
  expect(inOrder(all).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  expect(inOrder(withoutEnded(all)).map(({ id }) => id)).toEqual(['b']);
  expect(summaryOf(all)).toEqual({ working: 1, failed: 1, progress: null });
});

test('old ended activities make room', () => {
  let all = changed(none, kind, { id: 'at work' });
  for (let count = 0; count < 400; count += 1) all = changed(all, kind, { id: String(count), status: 'done' });
  expect(all.size).toBe(300);
  expect(inOrder(all)[0]?.id).toBe('at work');
});

test('a run over one medium shows its segments', () => {
  const payload = { run_id: 'run_1', status: 'processing', total_media: 1, completed_media: 0, total_segments: 8, completed_segments: 2 };
  expect(runs.read(event('prompt_run.progress', payload))).toMatchObject({ progress: 0.25, detail: '0 of 1 medium', status: 'working' });
});

test('a medium gives its import a title and a page', () => {
  const change = imports.read(event('media.created', { import_job_id: 'imp_1', title: 'city-walk', part_index: 0 }));
  expect(change).toEqual({ id: 'imp_1', title: 'city-walk', href: '/media/vid_1' });
});

test('an import with failed files is done with failures', () => {
  const payload = { job_id: 'imp_1', status: 'completed', total_files: 3, imported: 2, failed: 1 };
  expect(imports.read(event('import_job.partial_completed', payload))).toMatchObject({ status: 'partial', detail: '3 of 3 files', progress: 1 });
});

test('the end of an export is told with its page and its reason', () => {
  const payload = { export_id: 'exp_1', export_type: 'index', target_id: 'idx_1', status: 'failed', error: 'The file is too large.' };
  expect(exports.read(event('export.failed', payload))).toMatchObject({ id: 'exp_1', status: 'failed', error: 'The file is too large.', href: '/exports/exp_1' });
  expect(exports.read(event('export.ready', { ...payload, status: 'completed', error: null }))).toMatchObject({ status: 'done', error: null });
});
