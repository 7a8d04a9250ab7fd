import { shellQuoted } from '@/components/ui/copying/request-snippet';
import type { ExportFormat } from '@/pages/exports/queries';

/** Return a command for a POSIX shell that opens the file of an export with a common tool. */
export function openingCommands(format: ExportFormat, name: string): string {
  const file = shellQuoted(name);
  const rows = `duckdb -c ${shellQuoted(`SELECT * FROM '${name.replaceAll("'", "''")}' LIMIT 10`)}`;
  switch (format) {
    case 'json':
      return `python3 -m json.tool ${file} | less`;
    case 'jsonl':
      return `head -n 3 ${file}\n${rows}`;
    case 'csv':
    case 'parquet':
      return rows;
    case 'sqlite':
      return `datasette ${file}\nsqlite3 ${file} .schema`;
  }
}
