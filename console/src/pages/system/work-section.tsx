import type { Models } from '@/api/client';
import { Table } from '@/components/ui/layout/table';
import { words } from '@/words/en';

import { countOf, endedOf } from './counts';
import { Section } from './section';

/** The queues: imports, runs and deliveries that wait, are at work, have ended, have failed. */
export function WorkSection({ state }: { state: Models['SystemState'] }) {
  const rows = [
    { name: words.system.imports, work: state.imports },
    { name: words.system.runs, work: state.runs },
    { name: words.system.deliveries, work: state.deliveries },
  ];
  return (
    <Section title={words.system.work}>
      <Table
        caption={words.system.workTable}
        columns={[
          { title: words.system.kind, cell: (row) => row.name },
          { title: words.system.waiting, align: 'right', cell: (row) => countOf(row.work.waiting, false) },
          { title: words.system.atWork, align: 'right', cell: (row) => countOf(row.work.at_work, false) },
          { title: words.system.ended, align: 'right', cell: (row) => countOf(endedOf(row.work), row.work.at_least) },
          {
            title: words.system.failed,
            align: 'right',
            cell: (row) => countOf(row.work.by_status.failed ?? 0, row.work.at_least),
          },
        ]}
        rows={rows}
        rowKey={(row) => row.name}
      />
    </Section>
  );
}
