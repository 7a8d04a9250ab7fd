import type { SourceFile } from '@/pages/imports/queries';

/** The files that failed for one reason. */
export interface FailureGroup {
  key: string;
  code: string | null;
  /** The sentence of the first failure. */
  message: string | null;
  isRetryable: boolean;
  files: SourceFile[];
}

/** A line of the list of failures: a reason, or a file under it. */
type FailureLine = { kind: 'group'; group: FailureGroup } | { kind: 'file'; file: SourceFile; group: FailureGroup };

/** Group files by the reason of their failure, the most frequent first. */
export function failureGroups(files: readonly SourceFile[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const file of files) {
    const code = textOf(file.failure?.code);
    const message = textOf(file.failure?.message);
    const key = code ?? message ?? '';
    const group = groups.get(key) ?? { key, code, message, isRetryable: false, files: [] };
    group.files.push(file);
    group.isRetryable ||= file.failure?.retryable === true;
    groups.set(key, group);
  }
  return [...groups.values()].sort((one, other) => other.files.length - one.files.length);
}

/** Lay groups out as one list, each followed by its files. */
export function failureLines(groups: readonly FailureGroup[]): FailureLine[] {
  return groups.flatMap((group) => [
    { kind: 'group' as const, group },
    ...group.files.map((file) => ({ kind: 'file' as const, file, group })),
  ]);
}

/** Return what a file says beyond the sentence of its group. */
export function ownMessage(file: SourceFile, group: FailureGroup): string | null {
  const message = textOf(file.failure?.message);
  return message === group.message ? null : message;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
