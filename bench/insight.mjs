// What DuckDB makes of a journal: node insight.mjs MODULES FILE THREADS. Prints seconds, and per intent how many page views
// there were and how many of them had a tap, without what attimo leaves out too.
import { createRequire } from 'node:module';
import path from 'node:path';
const [modules, file, threads] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(path.resolve(modules) + '/')('@duckdb/node-api');

const database = await DuckDBInstance.create(':memory:', { threads });
const connection = await database.connect();
const began = process.hrtime.bigint();
const answer = await connection.runAndReadAll(`
    WITH visit AS (
        SELECT pv,
               any_value(intent) FILTER (event = 'view') AS intent,
               bool_or(event = 'view') AS viewed,
               bool_or(event = 'seen') AS seen,
               bool_or(event = 'click') AS tapped,
               bool_or(bot IS NOT NULL) AS bot,
               bool_or(internal) AS internal,
               bool_or(event = 'view' AND purpose IS NOT NULL) AS prefetch
        FROM read_ndjson('${file.replaceAll("'", "''")}', columns = {event: 'VARCHAR', pv: 'VARCHAR', intent: 'VARCHAR',
             bot: 'VARCHAR', internal: 'BOOLEAN', purpose: 'VARCHAR'})
        GROUP BY pv)
    SELECT intent, count(*)::INTEGER AS viewed, count(*) FILTER (tapped)::INTEGER AS tapped FROM visit
    WHERE viewed AND NOT bot AND internal IS NOT TRUE AND NOT (prefetch AND NOT seen)
    GROUP BY intent ORDER BY intent`);
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const rows = answer.getRowObjectsJson().map((row) => [row.intent, row.viewed, row.tapped]);
console.log(JSON.stringify({ seconds, rows }));
