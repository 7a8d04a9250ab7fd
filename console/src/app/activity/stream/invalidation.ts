import type { QueryKey } from '@tanstack/react-query';

import type { StreamEvent } from '@/app/activity/stream/event';

/** The first parts of the keys of answers that events can change. */
export const liveResources: readonly unknown[] = [
  'videos',
  'indexes',
  'runs',
  'segments',
  'imports',
  'uploads',
  'search',
  'connectors',
  'automations',
  'webhooks',
  'saved-searches',
  'exports',
];

/** Return the keys of the answers that an event makes stale. */
export function staleKeysOf({ type, videoId }: StreamEvent): QueryKey[] {
  const [resource = '', action = ''] = type.split('.');
  switch (resource) {
    case 'media':
      return action === 'processing' ? [['videos'], ['runs']] : [['videos']];
    case 'prompt_run':
      return action === 'progress' || action === 'started' ? [['runs']] : [['runs'], ['videos'], ['search']];
    case 'segment':
      return videoId === null ? [] : [['segments', videoId], ...(action === 'retried' ? [['runs'], ['search']] : [])];
    case 'import_job':
      return action === 'progress' ? [['imports']] : [['imports'], ['uploads'], ['automations']];
    case 'deletion':
      return action === 'started' ? [['videos'], ['indexes']] : [['videos'], ['indexes'], ['runs'], ['search']];
    case 'connector':
      return [['connectors']];
    case 'webhook':
      return [['webhooks']];
    case 'search':
      return [['saved-searches']];
    case 'export':
      return [['exports'], ['automations']];
    default:
      return [];
  }
}

/** Collects keys, and hands them over at most once in a while, so that a burst of events is one reading. */
export class Collector {
  private readonly keys = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = -Infinity;

  constructor(
    private readonly handOver: (keys: QueryKey[]) => void,
    private readonly interval = 1000,
    private readonly first = 100,
  ) {}

  add(keys: readonly QueryKey[]): void {
    for (const key of keys) this.keys.set(JSON.stringify(key), key);
    if (this.keys.size === 0 || this.timer !== undefined) return;
    const wait = Math.max(this.first, this.last + this.interval - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.last = performance.now();
      const collected = [...this.keys.values()];
      this.keys.clear();
      this.handOver(collected);
    }, wait);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.keys.clear();
  }
}
