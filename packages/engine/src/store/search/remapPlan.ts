/** Plans a remap: which webhooks are mapped again, and which of their invitations stay. */
import { Effect, Stream } from "effect"
import * as Search from "@usher/model/Search"
import { oldestFirst } from "../rows/keyRanges.ts"
import type { Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import * as conditions from "./conditions.ts"

/** Webhooks with these statuses can be mapped again. */
export const remappable = ["unmappable", "ignored", "mapped"] as const

export const remapPlan = (store: Store) =>
  Effect.fnUntraced(function* (filter: Search.Selection<Search.WebhookFilter>) {
    const { sql } = store
    const where = [
      ...conditions.ofWebhooks(store, { ...filter, status: filter.status ?? ["unmappable"] }),
      sql.in("status", remappable)
    ]
    const invitations = new Set<string>()
    let webhooks = 0
    const batches = Search.isEmpty({ ...filter }) ? Stream.empty : oldestFirst(store, "webhooks")
    yield* Stream.runForEach(batches, ({ above, upTo }) => {
      const matching = sql`SELECT id FROM webhooks WHERE ${sql.and([sql`id > ${above}`, sql`id <= ${upTo}`, ...where])}`
      return Effect.gen(function* () {
        webhooks += (yield* matching).length
        const requested = yield* sql<{
          id: string
        }>`SELECT DISTINCT invitation_id AS id FROM webhook_invitations
          WHERE webhook_id IN (${matching})`
        for (const { id } of requested) invitations.add(id)
      })
    })
    return { webhooks, invitations: invitations.size }
  }, toInboxUnavailable)
