import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Tables with their columns, constraints and indexes, in an order of their own. */
export const schema = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.onDialectOrElse({
    pg: () => sql<{ line: string }>`
      SELECT format('%s %s %s %s %s %s %s', table_name, column_name, data_type, is_nullable, column_default, collation_name, attstorage) AS line
        FROM information_schema.columns JOIN pg_attribute ON attrelid = table_name::regclass AND attname = column_name
        WHERE table_schema = 'public'
      UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
      UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT format('%s %s', relname, reloptions) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      ORDER BY 1`,
    orElse: () => sql<{ line: string }>`
      SELECT t.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || COALESCE(c.dflt_value, '') || ' ' || (c.pk > 0) || ' ' || l.strict AS line
        FROM sqlite_schema t JOIN pragma_table_info(t.name) c JOIN pragma_table_list(t.name) l WHERE t.type = 'table'
      UNION ALL SELECT t.name || ' refers to ' || f."table" || ' ' || f."from" || ' ' || f."to"
        FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
      UNION ALL SELECT t.name || ' ' || i."unique" || ' ' || i.origin || ' ' ||
          (SELECT group_concat(name) FROM pragma_index_info(i.name)) || ' ' ||
          COALESCE(replace(s.sql, char(10), ' '), '')
        FROM sqlite_schema t JOIN pragma_index_list(t.name) i LEFT JOIN sqlite_schema s ON s.name = i.name
      ORDER BY 1`
  })
}).pipe(
  Effect.map((rows) =>
    rows
      .map(({ line }) => line.replaceAll(/\s+/g, " "))
      .filter((line) => !/usher_(?:admin_)?migrations/.test(line))
  )
)
