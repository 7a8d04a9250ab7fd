import { FileInput } from 'lucide-react';

import type { ActivityChange, ActivityKind, ActivityStatus } from '@/app/activity/kinds/kind';
import { countOf, type StreamEvent, textOf } from '@/app/activity/stream/event';
import { api, type Models, unwrap } from '@/api/client';
import { words } from '@/words/en';

/** Imports of files: of uploads, of addresses and from connectors. */
export const imports: ActivityKind = {
  name: 'imports',
  icon: FileInput,
  unnamed: words.activity.unnamed.imports,
  read: (event) => (event.type === 'media.created' ? ofMedium(event) : event.type.startsWith('import_job.') ? ofEvent(event) : null),
  load: async () => {
    const jobs = await unwrap(api.GET('/api/v2/import-jobs', { params: { query: { limit: 50 } } }));
    return jobs.map(ofJob).filter(({ status }) => status === 'working');
  },
  titleOf: async (id) => {
    const job = await unwrap(api.GET('/api/v2/import-jobs/{job_id}', { params: { path: { job_id: id } } }));
    const title = titleOfJob(job) ?? job.progress.current_file ?? null;
    if (title === null) throw new Error('The import has no file yet.');
    return title;
  },
};

/** The imports of many files that this page has heard of. No single medium gives them a title. */
const ofManyFiles = new Set<string>();

interface Counters {
  files: number;
  ended: number;
  parts: number;
  partsEnded: number;
}

function progressOf({ files, ended, parts, partsEnded }: Counters): Pick<ActivityChange, 'progress' | 'detail'> {
  const progress = parts > 1 ? partsEnded / parts : files > 0 && ended > 0 ? ended / files : null;
  return { progress, detail: files > 0 ? words.activity.files(ended, files) : '' };
}

function statusOf(status: string | null, failed: number, error: string | null): ActivityStatus {
  switch (status) {
    case 'completed':
      return failed > 0 || error !== null ? 'partial' : 'done';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'working';
  }
}

function ofEvent({ payload, at }: StreamEvent): ActivityChange | null {
  const id = textOf(payload, 'job_id');
  if (id === null) return null;
  const failed = countOf(payload, 'failed') + countOf(payload, 'parts_failed');
  const ended = countOf(payload, 'imported') + countOf(payload, 'failed') + countOf(payload, 'skipped');
  const parts = { parts: countOf(payload, 'parts_total'), partsEnded: countOf(payload, 'parts_completed') + countOf(payload, 'parts_failed') };
  const files = countOf(payload, 'total_files');
  if (files > 1) ofManyFiles.add(id);
  return {
    id,
    ...(files > 1 ? ofMany(id) : {}),
    status: statusOf(textOf(payload, 'status'), failed, textOf(payload, 'error')),
    error: textOf(payload, 'error'),
    startedAt: at,
    ...progressOf({ files, ended, ...parts }),
  };
}

function ofMany(id: string): Pick<ActivityChange, 'title' | 'href'> {
  return { title: words.activity.manyFiles, href: `/imports/${encodeURIComponent(id)}` };
}

/** The first medium of an import of one file gives it its title and its page. */
function ofMedium({ payload, videoId }: StreamEvent): ActivityChange | null {
  const id = textOf(payload, 'import_job_id');
  const title = textOf(payload, 'title');
  if (id === null || title === null || countOf(payload, 'part_index') > 0 || ofManyFiles.has(id)) return null;
  return { id, title, href: videoId === null ? null : `/media/${encodeURIComponent(videoId)}` };
}

/** Return the title of the first medium, else the name of the file that failed. */
function titleOfJob({ outputs, failed_files: failed }: Models['ImportJob']): string | null {
  return outputs.items[0]?.title ?? failed[0]?.file_name ?? null;
}

function ofJob(job: Models['ImportJob']): ActivityChange {
  const { progress } = job;
  const title = titleOfJob(job);
  return {
    id: job.job_id,
    ...(title === null ? {} : { title }),
    ...(progress.total_files > 1 ? ofMany(job.job_id) : {}),
    status: statusOf(job.status, progress.failed + progress.parts_failed, job.error_message),
    error: job.error_message,
    startedAt: job.started_at ?? job.created_at ?? '',
    ...progressOf({
      files: progress.total_files,
      ended: progress.imported + progress.failed + progress.skipped,
      parts: progress.parts_total,
      partsEnded: progress.parts_completed + progress.parts_failed,
    }),
  };
}
