/** The senders. They repeat a webhook until the relay acknowledges it, and sometimes afterwards. */
import { Context, DateTime, Effect, Exit, Option } from "effect"
import { HttpClientRequest } from "effect/http"
import { sign } from "@usher/signatures/testing"
import { type Relay, secret, senders, type SourceName } from "./Relay.ts"
import type { World } from "./World.ts"

export interface Delivery {
  readonly id: string
  readonly source: SourceName
  readonly live: string
  readonly emails: ReadonlyArray<string>
  /** Whether the body names people, so that the mapping can read it. */
  readonly isReadable: boolean
  /** Whether a relay has answered with 2xx. */
  isAcknowledged: boolean
}

/** The time that a sender waits for an answer, and the number of its tries. */
const sendTimeout = "10 seconds"
const maxTries = 40

/** Makes the senders. `relays` returns the listening relays. */
export const make = (world: World, relays: () => ReadonlyArray<Relay>) => {
  const process = world.start("senders", { ahead: 0 })
  const chance = world.seed.fork(4)
  const deliveries: Array<Delivery> = []
  let underWay = 0

  /** Sends one request. If the relay dies, nobody answers it. */
  const request = (relay: Relay, delivery: Delivery, signed: HttpClientRequest.HttpClientRequest) =>
    Effect.callback<{ readonly status: number; readonly id: string | undefined }>((resume) => {
      const fiber = world.fork(
        relay.process,
        Effect.flatMap(relay.client.execute(signed), (response) =>
          Effect.map(response.text, (text) => ({
            status: response.status,
            id: /"(wh_\w+)"/.exec(text)?.[1]
          }))
        ),
        Context.empty(),
        (exit) => {
          if (Exit.isSuccess(exit)) resume(Effect.succeed(exit.value))
          else world.trace.note(relay.process.name, `does not answer ${delivery.id}`)
        }
      )
      return Effect.sync(() => {
        if (relay.process.state === "running") fiber.interruptUnsafe()
      })
    })

  const attempt = Effect.fnUntraced(function* (delivery: Delivery) {
    const { id, source, live, emails, isReadable } = delivery
    const listening = relays()
    const relay = listening[chance.between(0, listening.length - 1)]
    if (relay === undefined) return false
    const { headers, body } = yield* sign(senders[source], {
      secret,
      id,
      body: JSON.stringify(isReadable ? { live, emails } : { live }),
      at: yield* DateTime.now
    })
    const signed = HttpClientRequest.post(`https://hooks.example.com/webhooks/${source}`).pipe(
      HttpClientRequest.bodyUint8Array(body, "application/json"),
      HttpClientRequest.setHeaders(headers)
    )
    const answer = Option.getOrUndefined(
      yield* Effect.timeoutOption(request(relay, delivery, signed), sendTimeout)
    )
    world.trace.note("senders", `${id} is answered ${answer?.status ?? "nothing"} ${answer?.id ?? ""}`)
    if (answer === undefined || answer.status >= 300) return false
    delivery.isAcknowledged = true
    return true
  })

  const send = Effect.fnUntraced(function* (delivery: Delivery) {
    for (let tries = 0; tries < maxTries; tries++) {
      if (yield* attempt(delivery)) return
      yield* Effect.sleep(chance.between(100, 60_000))
    }
  })

  const deliver = (delivery: Delivery) => {
    underWay++
    world.fork(process, send(delivery), Context.empty(), () => underWay--)
  }

  return {
    deliveries,
    /** Sends a webhook for some people. */
    post: (fields: Pick<Delivery, "source" | "live" | "emails" | "isReadable">) => {
      const delivery = { ...fields, id: `delivery-${deliveries.length}`, isAcknowledged: false }
      deliveries.push(delivery)
      world.trace.note(
        "senders",
        `${delivery.id} to ${fields.source}: ${fields.live} ${fields.emails.join(" ")}`
      )
      deliver(delivery)
    },
    /** Repeats a webhook, acknowledged or not. */
    repeat: () => {
      const delivery = deliveries[chance.between(0, deliveries.length - 1)]
      if (delivery === undefined) return
      world.trace.note("senders", `${delivery.id} is sent again`)
      deliver(delivery)
    },
    /** Whether no delivery is in progress. */
    isQuiet: () => underWay === 0
  }
}

export type Senders = ReturnType<typeof make>
