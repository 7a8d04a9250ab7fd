import type { ExportFormat } from '@/pages/exports/queries';

/** Return commands that open the file of an export with common tools. The server names files without blanks and quotes. */
export function openingCommands(format: ExportFormat, name: string): string {
  const rows = `duckdb -c "SELECT * FROM '${name}' LIMIT 10"`;
  switch (format) {
    case 'json':
      return `python3 -m json.tool ${name} | less`;
    case 'jsonl':
      return `head -n 3 ${name}\n${rows}`;
    case 'csv':
    case 'parquet':
      return rows;
    case 'sqlite':
      return `datasette ${name}\nsqlite3 ${name} .schema`;
  }
}
