/** A quarantine, deliveries that it keeps, and a source whose secret can be corrected. */
import { DateTime, Effect, Layer, Ref } from "effect"
import { Secret, type Sender } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { Inbox, Quarantine, QuarantineSql, type Source, Sources } from "../src/index.ts"
import { Judging } from "../src/receive/judging/judge.ts"
import { body, makeSource, secret } from "./fixtures.ts"
import { sharedJudge } from "./judge.ts"

export const publicUrl = "https://hooks.example.com"
export const mended = `whsec_${btoa("the secret that the sender has")}`

interface Given {
  readonly id?: string
  readonly secret?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the source's own sender. */
  readonly as?: Sender.Sender
  /** The address of its client. */
  readonly client?: string
}

/** A quarantine, with its source as it is configured, which can be mended. */
export const open = Effect.fnUntraced(function* (
  bounds: Quarantine.Bounds = {},
  options: Partial<Source.Options> = {},
  judge: typeof sharedJudge = sharedJudge
) {
  const source = yield* makeSource(options)
  const layer = QuarantineSql.layer({ publicUrl, ...bounds }).pipe(
    Layer.provideMerge(Sources.layer(new Map([[source.name, source]])))
  )
  const services = yield* Effect.provideService(Layer.build(layer), Judging, judge)
  const [quarantine, sources] = yield* Effect.all([Quarantine.Quarantine, Sources.Sources]).pipe(
    Effect.provide(services)
  )
  const configure = (options: Partial<Source.Options>) =>
    Effect.flatMap(makeSource({ ...options }), (source) => sources.replace(new Map([[source.name, source]])))
  const numbers = yield* Ref.make(0)

  /** Signed as the sender signs it. */
  const signed = Effect.fnUntraced(function* (of: Source.Source, given: Given) {
    const target = `/webhooks/${of.name}?token=a-token`
    const number = yield* Ref.getAndUpdate(numbers, (number) => number + 1)
    const delivery = yield* sign(given.as ?? of.sender, {
      secret: given.secret ?? mended,
      body: given.body ?? body,
      at: yield* DateTime.now,
      id: given.id ?? `msg-${number}`,
      url: publicUrl + target,
      headers: { "content-type": "application/json", cookie: "session=1", ...given.headers }
    })
    return { delivery, target }
  })

  /** Refused, as the Receiver refuses it. */
  const refuse = Effect.fnUntraced(function* (given: Given & { readonly of?: Source.Source } = {}) {
    const of = given.of ?? source
    const { delivery, target } = yield* signed(of, given)
    const failed = yield* Effect.flip(of.verifier.verify(delivery))
    return yield* quarantine.keep({ source: of, delivery, target, client: given.client, failed })
  })

  /** Accepted by the present configuration, as the Receiver accepts it. */
  const accept = Effect.fnUntraced(function* (given: Given) {
    const inbox = yield* Inbox.Inbox
    const present = yield* Effect.fromNullishOr((yield* sources.current).get(source.name))
    const { delivery } = yield* signed(present, given)
    return yield* inbox.accept({
      source: present.name,
      sender: present.sender.name,
      ...present.identify(delivery, yield* present.verifier.verify(delivery)),
      dedupeWindow: present.dedupeWindow,
      mappingVersion: present.mapping.version,
      headers: {},
      body: delivery.body,
      traceparent: null
    })
  })
  return { quarantine, configure, refuse, accept, source, sources }
})

export const all = { limit: 100 }
export const by = { by: "ops" }
export const mend = { secrets: [Secret.make(secret), Secret.make(mended)] }

export const stored = (inbox: Inbox.Inbox["Service"]) => inbox.received(100)
