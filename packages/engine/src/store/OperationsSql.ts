/** The operators' requests on SQLite or Postgres. */
import { Effect, Layer } from "effect"
import { Operations } from "../ports/Operations.ts"
import { forgetting } from "./forget/forget.ts"
import { lookingUp } from "./search/lookup.ts"
import { mentioning } from "./search/mentions.ts"
import { namingPeople } from "./search/namedPeople.ts"
import { purge, purgePlan } from "./purge.ts"
import { cancelling } from "./search/cancel.ts"
import { replaying } from "./search/replay.ts"
import { searching } from "./search/search.ts"
import { counting } from "./search/waiting.ts"
import { StoreSql } from "./StoreSql.ts"

/**
 * Serves the operators' requests from the database.
 *
 * @category layers
 */
export const layer: Layer.Layer<Operations, never, StoreSql> = Layer.effect(
  Operations,
  Effect.gen(function* () {
    const store = yield* StoreSql
    const search = searching(store)
    const { waiting, backlog } = counting(store.sql)
    const { plan, replay, remapPlan, remap } = replaying(store)
    const { cancelPlan, cancel } = cancelling(store)

    return Operations.of({
      searchWebhooks: search.webhooks,
      searchInvitations: search.invitations,
      webhook: search.webhook,
      people: namingPeople(store),
      invitations: search.invitationsOf,
      attempts: search.attemptsOf,
      mentions: mentioning(store),
      lookUp: lookingUp(store),
      waiting,
      backlog,
      plan,
      replay,
      remapPlan,
      remap,
      cancelPlan,
      cancel,
      purge: purge(store),
      purgePlan: purgePlan(store),
      ...forgetting(store)
    })
  })
)
