import { Effect } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { columnTypes } from "../columns.ts"

/**
 * The Lives, and the number of their invitations by status, so that no count walks the invitations. Triggers keep both:
 * they count whatever changes an invitation (docs/decisions/0013-count-lives-by-triggers.md).
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { id, whole, strict } = columnTypes(sql)

  // `starts_at` is 2^53 - 1 while it is unknown, so that these Lives are listed first.
  yield* sql`CREATE TABLE lives (
    spot ${id} NOT NULL,
    live_id ${id} NOT NULL,
    title TEXT,
    starts_at ${whole} NOT NULL DEFAULT 9007199254740991,
    ends_at ${whole},
    read_at ${whole},
    read_again_at ${whole} NOT NULL DEFAULT 0,
    error TEXT,
    PRIMARY KEY (spot, live_id)
  ) ${strict}`
  yield* sql`CREATE INDEX lives_reading ON lives (spot, read_again_at)`
  yield* sql`CREATE INDEX lives_starting ON lives (starts_at, spot, live_id)`

  // `status` is that of the invitations; 'waiting' stands for pending and sending. On Postgres each connection writes
  // rows of its own, so that no transaction waits for another.
  yield* sql`CREATE TABLE live_counts (
    spot ${id} NOT NULL,
    live_id ${id} NOT NULL,
    status ${id} NOT NULL,
    writer ${whole} NOT NULL DEFAULT 0,
    count ${whole} NOT NULL,
    PRIMARY KEY (spot, live_id, status, writer)
  ) ${strict}`
  yield* sql.onDialectOrElse({ pg: () => triggersPostgres(sql), orElse: () => triggersSqlite(sql) })
  yield* sql`INSERT INTO live_counts (spot, live_id, status, count)
    SELECT spot, live_id, ${counted(sql)}, count(*) FROM invitations GROUP BY 1, 2, 3`
  yield* sql`INSERT INTO lives (spot, live_id) SELECT DISTINCT spot, live_id FROM live_counts`
})

const counted = (sql: SqlClient.SqlClient, row = "") =>
  sql.literal(`CASE WHEN ${row}status IN ('pending', 'sending') THEN 'waiting' ELSE ${row}status END`)

const triggersSqlite = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const add = (row: "NEW" | "OLD", count: number) => {
    const name = (column: string) => sql.literal(`${row}.${column}`)
    return sql`INSERT INTO live_counts (spot, live_id, status, count)
      VALUES (${name("spot")}, ${name("live_id")}, ${counted(sql, `${row}.`)}, ${sql.literal(String(count))})
      ON CONFLICT (spot, live_id, status, writer) DO UPDATE SET count = count + excluded.count;`
  }
  yield* sql`CREATE TRIGGER lives_added AFTER INSERT ON invitations BEGIN
    ${add("NEW", 1)}
    INSERT INTO lives (spot, live_id) VALUES (NEW.spot, NEW.live_id) ON CONFLICT (spot, live_id) DO NOTHING;
  END`
  yield* sql`CREATE TRIGGER lives_changed AFTER UPDATE OF status ON invitations
    WHEN ${counted(sql, "OLD.")} <> ${counted(sql, "NEW.")} BEGIN
    ${add("OLD", -1)}
    ${add("NEW", 1)}
  END`
  yield* sql`CREATE TRIGGER lives_removed AFTER DELETE ON invitations BEGIN
    ${add("OLD", -1)}
  END`
})

/** One trigger for each statement, however many rows it changes. */
const triggersPostgres = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const rows = (table: "added" | "removed", count: number) =>
    sql`SELECT spot, live_id, ${counted(sql)} AS status, ${sql.literal(String(count))} AS count FROM ${sql.literal(table)}`
  const add = (
    changes: Statement.Fragment
  ) => sql`INSERT INTO live_counts (spot, live_id, status, writer, count)
    SELECT spot, live_id, status, pg_backend_pid(), sum(count) FROM (${changes}) AS changes
    GROUP BY spot, live_id, status HAVING sum(count) <> 0 ORDER BY spot, live_id, status
    ON CONFLICT (spot, live_id, status, writer) DO UPDATE SET count = live_counts.count + excluded.count;`
  yield* sql`CREATE FUNCTION count_lives() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
    IF TG_OP = 'INSERT' THEN
      ${add(rows("added", 1))}
      INSERT INTO lives (spot, live_id) SELECT DISTINCT spot, live_id FROM added ORDER BY spot, live_id
        ON CONFLICT (spot, live_id) DO NOTHING;
    ELSIF TG_OP = 'UPDATE' THEN
      ${add(sql`${rows("added", 1)} UNION ALL ${rows("removed", -1)}`)}
    ELSE
      ${add(rows("removed", -1))}
    END IF;
    RETURN NULL;
  END $body$`
  const trigger = (name: string, event: string, tables: string) =>
    sql.literal(
      `CREATE TRIGGER ${name} AFTER ${event} ON invitations REFERENCING ${tables} FOR EACH STATEMENT EXECUTE FUNCTION count_lives()`
    )
  yield* sql`${trigger("lives_added", "INSERT", "NEW TABLE AS added")}`
  yield* sql`${trigger("lives_changed", "UPDATE", "NEW TABLE AS added OLD TABLE AS removed")}`
  yield* sql`${trigger("lives_removed", "DELETE", "OLD TABLE AS removed")}`
})
