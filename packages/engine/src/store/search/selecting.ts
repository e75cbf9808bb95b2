/** Walks the rows of a selection in batches. */
import { DateTime, Stream } from "effect"
import type { Statement } from "effect/sql"
import * as Search from "@usher/model/Search"
import { type KeyRange, oldestFirst, type Table } from "../rows/keyRanges.ts"
import type { Store } from "../rows/store.ts"
import * as conditions from "./conditions.ts"

type Chosen = Search.Selection<Search.InvitationFilter | Search.WebhookFilter>

/** All ids. */
export const everything: KeyRange = { above: "", upTo: "~" }

export const selecting = (store: Store) => {
  const { sql } = store
  return {
    /** The batches that hold the selection. An empty selection selects nothing. */
    batchesOf: (selection: Chosen, table: Table) =>
      Search.isEmpty({ ...selection })
        ? Stream.empty
        : conditions.isNarrow(selection)
          ? Stream.make(everything)
          : oldestFirst(store, table),

    within: ({ above, upTo }: KeyRange): ReadonlyArray<Statement.Fragment> => [
      sql`id > ${above}`,
      sql`id <= ${upTo}`
    ],

    /** Of the rows that match now, those that matched before `asOf`, by the column with the time of the change. */
    pinned: ({ asOf }: Chosen, column: string): ReadonlyArray<Statement.Fragment> =>
      asOf === undefined
        ? []
        : [sql`(${sql.literal(column)} IS NULL OR ${sql.literal(column)} < ${DateTime.toEpochMillis(asOf)})`]
  }
}
