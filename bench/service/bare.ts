/** The peer of the decisions: express, strict JSON body, one committed INSERT of about the same size, an answer. Nothing else. */
import express from 'express';
import mysql from 'mysql2/promise';

const [url = '', port = '0'] = process.argv.slice(2);
const pool = mysql.createPool({ uri: url, connectionLimit: 12 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS bench_bare (id BIGINT AUTO_INCREMENT PRIMARY KEY, at DATETIME(6) NOT NULL, tool VARCHAR(64) NOT NULL, body LONGTEXT NOT NULL)',
);
const app = express();
app.use(express.json());
app.post('/', async (request, response) => {
  const { tool, args } = request.body as { tool: string; args: unknown };
  await pool.execute('INSERT INTO bench_bare (at, tool, body) VALUES (UTC_TIMESTAMP(6), ?, ?)', [
    tool,
    JSON.stringify(args),
  ]);
  response.json({ status: 'inserted' });
});
app.listen(Number(port), '127.0.0.1', () => console.log('listening'));
