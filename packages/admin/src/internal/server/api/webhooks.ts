import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import { Operations, Sources } from "@usher/engine"
import type { Webhook } from "@usher/model/Webhook"
import { AuditLog, recordSearch } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import * as wire from "../wire.ts"

export const webhooks = HttpApiBuilder.group(
  Api.AdminApi,
  "webhooks",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const sources = yield* Sources.Sources
    const audit = yield* AuditLog

    return handlers
      .handle(
        "search",
        Effect.fnUntraced(function* ({ payload: { limit = Page.defaultLimit, after, ...filter } }) {
          yield* recordSearch(audit, "webhooks.search", filter)
          const { items, ...page } = yield* operations.searchWebhooks(filter, { limit, after })
          const people = yield* operations.people(items.map(({ id }) => id))
          const listed = (webhook: Webhook) => ({
            ...wire.webhook(webhook),
            people: people.get(webhook.id) ?? nobody
          })
          return { ...page, items: items.map(listed) }
        }, unavailable)
      )
      .handle(
        "get",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* audit.read("webhooks.get", { id })
          const webhook = yield* operations.webhook(id)
          if (webhook === undefined) {
            return yield* new Problem.NotFound({ detail: `There is no webhook ${id}, or it was purged.` })
          }
          const source = (yield* sources.current).get(webhook.source)
          return {
            webhook: wire.webhook(webhook),
            headers: webhook.headers,
            body: yield* wire.body(webhook),
            verification: source === undefined ? null : { scheme: source.sender.scheme.scheme },
            invitations: yield* operations.invitations(id)
          }
        }, unavailable)
      )
  })
)

const nobody = { first: null, count: 0, isMore: false }
