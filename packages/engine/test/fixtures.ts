/** What the engine's tests share: an Inbox on a file of its own, a source that signs, a relay on a free port. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { DateTime, Effect, Exit, Layer, Option, Redacted, Schema, Scope, Tracer } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse, HttpRouter, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import type { Invitation } from "@usher/core"
import { Secret, type Sender, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { createServer } from "node:http"
import { databaseFile, layerInboxAt } from "./databases.ts"
import type { Webhook } from "@usher/model"
import {
  Inbox,
  Leadership,
  type Mapped,
  Mapping,
  Operations,
  Quarantine,
  Relay,
  Source,
  Sources,
  Spots
} from "../src/index.ts"

export { layerInboxAt } from "./databases.ts"

export const layerInbox = Layer.unwrap(Effect.map(databaseFile, layerInboxAt))

export const delivery = (fields?: Partial<Webhook.NewWebhook>): Webhook.NewWebhook => ({
  source: "form",
  sender: "typeform",
  deliveryId: "delivery-1",
  headers: { "content-type": "application/json" },
  body: new TextEncoder().encode("{}"),
  traceparent: null,
  ...fields
})

export const alice: Invitation.Invitation = { liveId: "live-1", member: "alice@example.com" }

/** Several people, invited to one Live. */
export const people = (count: number, liveId = "live-1"): ReadonlyArray<Invitation.Invitation> =>
  Array.from({ length: count }, (_, index) => ({ liveId, member: `person-${index}@example.com` }))

/** The first of a list. The test fails where there is none. */
export const firstOf = <A, E, R>(list: Effect.Effect<ReadonlyArray<A>, E, R>) =>
  Effect.flatMap(list, ([first]) => Effect.fromNullishOr(first))

/** Accepts a delivery and maps it, as receiver and mapper would; its id. */
export const store = Effect.fnUntraced(function* (
  invitations: ReadonlyArray<Invitation.Invitation>,
  fields?: Partial<Webhook.NewWebhook>,
  terms: Partial<Mapped.Terms> = {}
) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept(delivery(fields))
  const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
  yield* inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main", ...terms })
  return id
})

/** By the machine's time, in which other processes get on, and this one leaves them the processor. */
const pause = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2)))

/** So many looks find what other fibers of this process do. */
const soon = 50

/**
 * Looks again until the value is as wanted; other fibers and other processes run in between. The limit is the machine's
 * time, which the clock of a test does not stop; it only ends what hangs.
 */
export const eventually = <A, E, R>(look: Effect.Effect<A, E, R>, wanted: (value: A) => boolean) =>
  Effect.suspend(() => {
    const start = performance.now()
    let looks = 0
    const others = Effect.suspend(() => (looks++ < soon ? Effect.yieldNow : pause))
    return Effect.andThen(others, look).pipe(
      Effect.repeat({ until: (value) => wanted(value) || performance.now() - start > 90_000 }),
      Effect.tap((last) =>
        wanted(last) ? Effect.void : Effect.die(new Error(`it is still ${JSON.stringify(last)}`))
      )
    )
  })

/** The invitations of a webhook, once all of them have these statuses. */
export const untilStatus = (webhookId: string, ...statuses: ReadonlyArray<string>) =>
  eventually(
    Operations.Operations.use((operations) => operations.invitations(webhookId)),
    (invitations) => invitations.length > 0 && invitations.every(({ status }) => statuses.includes(status))
  )

/** How many webhooks or invitations have each status. */
export const statuses = (table: "webhooks" | "invitations") =>
  SqlClient.SqlClient.use((sql) =>
    Effect.map(
      sql<{
        status: string
        count: number
      }>`SELECT status, count(*) AS count FROM ${sql(table)} GROUP BY status`,
      (found) => Object.fromEntries(found.map(({ status, count }) => [status, Number(count)]))
    )
  )

export const secret = "whsec_dGhlIHNlY3JldCBvZiB0aGUgZm9ybQ=="

export const sender: Sender.Sender = Option.getOrThrow(Senders.get("standard-webhooks"))

export const makeSource = Effect.fnUntraced(function* (options?: Partial<Source.Options>) {
  const mapping = yield* Mapping.make({ live: { expr: "live" }, member: { expr: "email" } })
  return yield* Source.make({
    name: "form",
    sender,
    secrets: [Secret.make(secret)],
    spot: "main",
    mapping,
    ...options
  })
})

/** The one source, as the only one, and Spots of whose members nothing special is known. */
export const layerSources = (options?: Partial<Source.Options>) =>
  Layer.unwrap(
    Effect.map(makeSource(options), (source) => Sources.layer(new Map([[source.name, source]])))
  ).pipe(Layer.merge(Spots.layerOf()))

/** Serves on a free port of this machine; the client's paths are relative to it. */
export const serve = <A, E, R>(routes: Layer.Layer<A, E, R>) =>
  HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provideMerge(HttpServer.layerTestClient),
    Layer.provide(NodeHttpClient.layerUndici),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
  )

export interface Post {
  readonly sender?: Sender.Sender
  readonly source?: string
  readonly secret?: string
  readonly id?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export const body = JSON.stringify({ live: alice.liveId, email: alice.member })

/** Signs and sends a webhook as its sender would. */
export const post = Effect.fnUntraced(function* (options: Post = {}) {
  const signed = yield* sign(options.sender ?? sender, {
    secret: options.secret ?? secret,
    id: options.id ?? "msg-1",
    body: options.body ?? body,
    at: yield* DateTime.now
  })
  return yield* HttpClientRequest.post(`/webhooks/${options.source ?? "form"}`).pipe(
    HttpClientRequest.bodyUint8Array(signed.body, "application/json"),
    HttpClientRequest.setHeaders({ ...signed.headers, ...options.headers }),
    HttpClient.execute,
    // A sender is no part of our trace.
    Effect.provideService(HttpClient.TracerPropagationEnabled, false)
  )
})

/** The same; the id under which it was accepted. */
export const postForId = (options?: Post) =>
  post(options).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Schema.Struct({ id: Schema.String }))),
    Effect.map(({ id }) => id)
  )

/** What a sender sends along that traces. */
export const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
export const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

export const spotKey = "the-key-of-the-spot"

/** The whole relay on a free port, before an upstream that answers so. */
export const layerRelay = (
  answer: (request: HttpClientRequest.HttpClientRequest) => Response,
  options?: Partial<Source.Options>
) =>
  Layer.unwrap(
    Effect.map(makeSource(options), (source) =>
      serve(
        Relay.layer({
          publicUrl: "https://hooks.example.com",
          sources: [source],
          spots: { main: { secretKey: Redacted.make(spotKey) } }
        }).pipe(
          Layer.provide(
            Layer.succeed(
              HttpClient.HttpClient,
              HttpClient.make((request) =>
                Effect.sync(() => HttpClientResponse.fromWeb(request, answer(request)))
              )
            )
          )
        )
      )
    )
  ).pipe(Layer.provide([Leadership.layerAlone, Quarantine.layerNone]), Layer.provideMerge(layerInbox))

/** A tracer that keeps every span in the array. */
export const layerTracer = (spans: Array<Tracer.NativeSpan>) =>
  Layer.succeed(
    Tracer.Tracer,
    Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
  )

/** Builds the layer, for the test or until it is stopped. */
export const start = Effect.fnUntraced(function* <A, E, R>(layer: Layer.Layer<A, E, R>) {
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  yield* Layer.buildWithScope(layer, scope)
  return { stop: Scope.close(scope, Exit.void) }
})
