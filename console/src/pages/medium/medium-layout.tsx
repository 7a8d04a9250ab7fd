import type { ReactNode } from 'react';

const rows = {
  still: 'lg:grid-rows-[minmax(24rem,1fr)_auto_auto]',
  timed: 'lg:grid-rows-[minmax(24rem,5fr)_auto_minmax(12rem,2fr)]',
};

interface MediumLayoutProps {
  /** Whether the medium has no times. */
  still: boolean;
  header: ReactNode;
  stage: ReactNode;
  results: ReactNode;
  timeline: ReactNode;
  text: ReactNode;
}

/**
 * The places of a medium's page: player and results beside each other, the timeline and the transcript under
 * them. On a narrow screen they follow each other, the results after the timeline.
 */
export function MediumLayout({ still, header, stage, results, timeline, text }: MediumLayoutProps) {
  return (
    <div className="flex min-h-full flex-col lg:h-full lg:min-h-[52rem]">
      {header}
      <div className={`grid gap-x-2 gap-y-4 pb-4 lg:min-h-0 lg:flex-1 lg:grid-cols-[minmax(0,3fr)_minmax(22rem,2fr)] ${still ? rows.still : rows.timed}`}>
        <div className="flex min-h-0 min-w-0 flex-col px-4 lg:pr-0">{stage}</div>
        <div className="min-w-0 lg:col-span-2 lg:row-start-2">{timeline}</div>
        <div className="min-h-0 min-w-0 px-4 lg:col-start-2 lg:row-start-1 lg:overflow-auto lg:pl-2" tabIndex={-1}>
          {results}
        </div>
        <div className="flex min-h-0 min-w-0 flex-col lg:col-span-2 lg:row-start-3">{text}</div>
      </div>
    </div>
  );
}
