// Stands in for the `duckdb` program, which Debian does not have: -c SQL, -csv, -noheader, as docs/events.md uses them.
import { DuckDBInstance } from '@duckdb/node-api';

const words = process.argv.slice(2);
const sql = words[words.indexOf('-c') + 1];
const cell = (value) => {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
const answer = await connection.runAndReadAll(sql);
if (words.includes('-csv'))
  for (const row of answer.getRows()) console.log(row.map(cell).join(','));
