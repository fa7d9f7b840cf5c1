import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';

interface Env {
  readonly ORIGIN: string;
  readonly WRITER: DurableObjectNamespace<Writer>;
}

/** The least that stores: one object, one row a call. */
export class Writer extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)');
  }

  write(): number {
    const { id } = this.ctx.storage.sql
      .exec<{ id: number }>('INSERT INTO rows (at) VALUES (?) RETURNING id', Date.now())
      .one();
    return id;
  }

  /** The least that reads. */
  last(): number {
    const { id } = this.ctx.storage.sql.exec<{ id: number | null }>('SELECT MAX(id) AS id FROM rows').one();
    return id ?? 0;
  }
}

/** What the gateway's rows are divided by: Hono with nothing else in front of the same work. */
const app = new Hono<{ Bindings: Env }>();
app.get('/json', (c) => c.json({ ok: true }));
app.get('/book', (c) => fetch(`${c.env.ORIGIN}/book${new URL(c.req.url).search}`));
app.post('/write/:name', async (c) =>
  c.json({ id: await c.env.WRITER.getByName(c.req.param('name')).write() }),
);
app.get('/read/:name', async (c) => c.json({ id: await c.env.WRITER.getByName(c.req.param('name')).last() }));

export default app;
