/** Whether the database can be written now. */
import { Effect } from "effect"
import { InboxUnavailable } from "../../Inbox.ts"
import { type Store, unavailable } from "./store.ts"

/** One look for all who ask at the same time. */
export const check =
  ({ sql }: Store) =>
  (asked: ReadonlyArray<void>) =>
    Effect.gen(function* () {
      yield* sql`UPDATE usher_migrations SET name = name WHERE migration_id = -1`
      const [sealed] = yield* sql<{
        message: string
      }>`SELECT value AS message FROM settings WHERE name = 'sealed'`
      if (sealed !== undefined) return yield* new InboxUnavailable({ cause: sealed })
      return asked
    }).pipe(unavailable, Effect.withTracerEnabled(false))
