import type { ReactNode } from 'react';

interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  align?: 'left' | 'right';
  /** Leaves the column out on a phone. */
  wideOnly?: boolean;
  /** Keeps the title for screen readers only, as of a column of buttons. */
  hideTitle?: boolean;
}

interface TableProps<Row> {
  /** What the rows are, for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** Rows with named columns. It scrolls sideways where it does not fit; put long lists into `virtua` instead. */
export function Table<Row>({ caption, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <div className="relative w-full overflow-x-auto" tabIndex={0} role="region" aria-label={caption}>
      <table className="w-full border-collapse text-sm [&_time]:whitespace-nowrap">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line-strong">
            {columns.map((column) => (
              <th key={column.title} scope="col" className={`h-8 px-2 text-xs font-medium text-ink-soft ${look(column)}`}>
                <span className={column.hideTitle === true ? 'sr-only' : ''}>{column.title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line hover:bg-raised">
              {columns.map((column) => (
                <td key={column.title} className={`h-10 px-2 ${look(column)}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function look<Row>({ align = 'left', wideOnly = false }: Column<Row>): string {
  return `${align === 'right' ? 'text-right' : 'text-left'} ${wideOnly ? 'hidden md:table-cell' : ''}`;
}
