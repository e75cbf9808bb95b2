/** Handles webhooks that a unique index refused: they are retries, or they are inserted in another place. */
import { Effect } from "effect"
import { type Columns, inserting } from "../rows/manyRows.ts"
import type { Store } from "../rows/store.ts"
import { columns } from "../rows/webhookRow.ts"
import { foremost, type Incoming, inHashOrder, type Place } from "./incoming.ts"
import { knownContents } from "./knownContents.ts"
import { knownIds } from "./knownIds.ts"

/** Another try is needed if another relay stored or deleted a row meanwhile. This many in a row are a fault. */
const maxTries = 8

export interface Settled {
  /** Retries, with the id of the webhook that each repeats. */
  readonly duplicates: ReadonlyMap<Incoming, string>
  readonly inserted: ReadonlyMap<Incoming, Place>
}

const placed: Columns<Incoming & Place> = {
  ...columns,
  first_webhook: ["TEXT", ({ firstWebhook }) => firstWebhook],
  occurrence: ["BIGINT", ({ occurrence }) => occurrence]
}

export const conflicts = (store: Store) => {
  const { sql } = store
  const { firsts, repeated } = knownIds(store)
  const { newest } = knownContents(store)
  const insert = inserting(sql, "webhooks", placed)

  /** Searches by the place in which each was refused. */
  const find = Effect.fnUntraced(function* (
    refused: ReadonlyArray<Incoming>,
    places: ReadonlyMap<Incoming, Place>
  ) {
    const firstOf = (one: Incoming) => places.get(one)?.firstWebhook ?? ""
    const kindOf = (one: Incoming) =>
      one.deliveryId === "" ? "content" : firstOf(one) === "" ? "id" : "repeat"
    const { content = [], id = [], repeat = [] } = Object.groupBy(refused, kindOf)
    return [
      ...(content.length === 0 ? [] : yield* newest(content)),
      ...(id.length === 0 ? [] : yield* firsts(id)),
      ...(repeat.length === 0 ? [] : yield* repeated(repeat, firstOf))
    ]
  })

  /** A webhook in neither result could not be stored. */
  return Effect.fnUntraced(function* (refused: ReadonlyArray<Incoming>) {
    const duplicates = new Map<Incoming, string>()
    const inserted = new Map<Incoming, Place>()
    let open = refused
    let places: ReadonlyMap<Incoming, Place> = new Map()
    for (let tries = 0; open.length > 0 && tries < maxTries; tries++) {
      const next = new Map<Incoming, Place>()
      for (const found of yield* find(open, places)) {
        if ("duplicateOf" in found) duplicates.set(found.one, found.duplicateOf)
        else next.set(found.one, found.place)
      }
      if (next.size === 0) break
      const again = inHashOrder([...next.keys()])
      const isNew = yield* insert(again.map((one) => ({ ...one, ...(next.get(one) ?? foremost) })))
      for (const [index, one] of again.entries())
        if (isNew[index]) inserted.set(one, next.get(one) ?? foremost)
      open = again.filter((_, index) => !isNew[index])
      places = next
    }
    return { duplicates, inserted }
  })
}
