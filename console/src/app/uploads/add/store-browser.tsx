import { useInfiniteQuery } from '@tanstack/react-query';
import { File, Folder } from 'lucide-react';
import { VList } from 'virtua';

import { api, type Models, unwrap } from '@/api/client';
import { formatBytes } from '@/components/numbers/format';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { SkeletonRows } from '@/components/ui/feedback/skeleton';
import { Checkbox } from '@/components/ui/forms/checkbox';
import { words } from '@/words/en';

import { crumbsOf, levelOf } from './folder-level';

/** Files in one listing. A listing goes on behind the last file. */
const pageFiles = 1000;

interface StoreBrowserProps {
  connectorId: string;
  prefix: string;
  onPrefix: (prefix: string) => void;
  chosen: ReadonlySet<string>;
  onChosen: (chosen: ReadonlySet<string>) => void;
}

/** The folders and files of a store. Files can be chosen. */
export function StoreBrowser({ connectorId, prefix, onPrefix, chosen, onChosen }: StoreBrowserProps) {
  const listing = useInfiniteQuery({
    queryKey: ['connectors', connectorId, 'files', prefix],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.POST('/api/v2/connectors/{connector_id}/browse', {
          params: { path: { connector_id: connectorId } },
          body: { prefix, pattern: '*', recursive: true, limit: pageFiles, start_after: pageParam },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => (page.length < pageFiles ? undefined : page.at(-1)?.path),
  });
  const level = levelOf(listing.data?.pages.flat() ?? [], prefix);
  const toggle = (paths: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const path of paths) {
      if (isChosen) next.add(path);
      else next.delete(path);
    }
    onChosen(next);
  };
  const all = level.files.filter(({ problem }) => problem === null).map(({ path }) => path);
  const chosenHere = all.filter((path) => chosen.has(path)).length;
  return (
    <div className="flex flex-col rounded-md border border-line">
      <div className="flex min-h-10 flex-wrap items-center gap-1 border-b border-line px-3 py-1">
        <Crumbs prefix={prefix} onPrefix={onPrefix} />
        {all.length > 0 && (
          <span className="ml-auto">
            <Checkbox
              label={words.uploads.allFiles}
              checked={chosenHere === all.length}
              indeterminate={chosenHere > 0 && chosenHere < all.length}
              onChange={(isChosen) => toggle(all, isChosen)}
            />
          </span>
        )}
      </div>
      {listing.isPending && <SkeletonRows rows={4} className="h-6 w-full" />}
      {listing.isError && (
        <div className="p-3">
          <ProblemNotice error={listing.error} onRetry={() => void listing.refetch()} />
        </div>
      )}
      {listing.isSuccess && level.folders.length + level.files.length === 0 && <p className="p-6 text-center text-ink-soft">{words.uploads.emptyFolder}</p>}
      {level.folders.length + level.files.length > 0 && (
        <VList style={{ height: 240 }} tabIndex={0} role="region" aria-label={words.uploads.files}>
          {[
            ...level.folders.map((folder) => (
              <button
                key={folder.prefix}
                type="button"
                onClick={() => onPrefix(folder.prefix)}
                className="flex h-8 w-full items-center gap-2 px-3 text-left -outline-offset-2 hover:bg-raised"
              >
                <Folder size={16} aria-hidden className="shrink-0 text-ink-soft" />
                <span className="min-w-0 flex-1 truncate">{folder.name}</span>
                <span className="text-xs text-ink-soft">{words.uploads.filesIn(folder.files, listing.hasNextPage)}</span>
              </button>
            )),
            ...level.files.map((file) =>
              file.problem === null ? (
                <FileRow key={file.path} file={file} isChosen={chosen.has(file.path)} onToggle={(isChosen) => toggle([file.path], isChosen)} />
              ) : (
                <UnreadableRow key={file.path} name={file.path.slice(prefix.length)} />
              ),
            ),
          ]}
        </VList>
      )}
      {listing.hasNextPage && (
        <Button look="quiet" className="m-1" disabled={listing.isFetchingNextPage} onClick={() => void listing.fetchNextPage()}>
          {words.uploads.moreFiles}
        </Button>
      )}
    </div>
  );
}

function Crumbs({ prefix, onPrefix }: { prefix: string; onPrefix: (prefix: string) => void }) {
  return (
    <nav aria-label={words.uploads.folders} className="flex min-w-0 flex-wrap items-center">
      {[{ name: words.uploads.root, prefix: '' }, ...crumbsOf(prefix)].map((crumb) => (
        <span key={crumb.prefix} className="flex min-w-0 items-center">
          {crumb.prefix !== '' && <span className="px-1 text-ink-soft">/</span>}
          <button
            type="button"
            aria-current={crumb.prefix === prefix ? 'page' : undefined}
            onClick={() => onPrefix(crumb.prefix)}
            className="max-w-48 truncate rounded-md px-1 hover:underline"
          >
            {crumb.name}
          </button>
        </span>
      ))}
    </nav>
  );
}

function FileRow({ file, isChosen, onToggle }: { file: Models['CloudFile']; isChosen: boolean; onToggle: (isChosen: boolean) => void }) {
  return (
    <div className="flex h-8 items-center gap-2 px-3 hover:bg-raised">
      <File size={16} aria-hidden className="shrink-0 text-ink-soft" />
      <span className="min-w-0 flex-1 truncate">
        <Checkbox label={file.name} checked={isChosen} onChange={onToggle} />
      </span>
      <span className="text-xs text-ink-soft">{formatBytes(file.size_bytes)}</span>
    </div>
  );
}

function UnreadableRow({ name }: { name: string }) {
  return (
    <div className="flex h-8 items-center gap-2 px-3">
      <File size={16} aria-hidden className="shrink-0 text-ink-soft" />
      <span className="min-w-0 flex-1 truncate text-ink-soft" title={name}>
        {name}
      </span>
      <span className="text-xs text-warning">{words.imports.unreadableName}</span>
    </div>
  );
}
