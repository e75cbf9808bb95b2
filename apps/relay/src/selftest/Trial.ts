/** The relay under test and its senders. */
import { Clock, Data, DateTime, Duration, Effect, type Redacted, Ref } from "effect"
import type { Faults, Ledger } from "@usher/sandbox"
import * as SignedDelivery from "./SignedDelivery.ts"
import * as RelayProcess from "./RelayProcess.ts"
import * as Scratch from "./Scratch.ts"
import * as Stored from "./Stored.ts"
import type * as Target from "./Target.ts"
import * as Verdict from "./Verdict.ts"

export interface Options {
  readonly scratch: Scratch.Scratch
  /** The derived configuration file. */
  readonly file: string
  readonly environment: Readonly<Record<string, Redacted.Redacted>>
  readonly targets: ReadonlyArray<Target.Target>
  /** The ledger of the emulated MeltingSpot. */
  readonly ledger: Ledger.Ledger["Service"]
  readonly faults: Faults.Faults["Service"]
}

export type Trial = Effect.Success<ReturnType<typeof make>>

/** The relay keeps refusing deliveries. */
export class Unwilling extends Data.TaggedError("Unwilling")<{ readonly message: string }> {}

/** Starts the relay. */
export const make = Effect.fnUntraced(function* ({
  scratch,
  file,
  environment,
  targets,
  ledger,
  faults
}: Options) {
  const sent: Array<SignedDelivery.SignedDelivery> = []
  const acknowledged = new Set<SignedDelivery.SignedDelivery>()
  const isAcknowledged = (signed: SignedDelivery.SignedDelivery) => acknowledged.has(signed)
  const relay = yield* Ref.make(yield* RelayProcess.start(file, environment))

  /** Makes new deliveries, round-robin over the sources. */
  const next = Effect.fnUntraced(function* (count: number) {
    const now = yield* DateTime.now
    const signedDeliveries = Array.from({ length: count }, (_, index) => index + sent.length).flatMap(
      (number) => {
        const target = targets[number % targets.length]
        return target === undefined ? [] : [target.signed(number, now, shapeOf(number, targets.length))]
      }
    )
    sent.push(...signedDeliveries)
    return signedDeliveries
  })

  const post = (signed: SignedDelivery.SignedDelivery) =>
    Ref.get(relay).pipe(
      Effect.flatMap(({ url }) => SignedDelivery.send(signed, url)),
      Effect.tap((answer) =>
        Effect.sync(() => void (SignedDelivery.isAcknowledged(answer) && acknowledged.add(signed)))
      )
    )

  /** Retries all unacknowledged deliveries, as senders do. */
  const resend = Effect.gen(function* () {
    for (let tries = 0; tries < 20; tries++) {
      const open = sent.filter((signed) => !isAcknowledged(signed))
      if (open.length === 0) return
      const answers = yield* Effect.forEach(open, post, { concurrency: 8 })
      if (!answers.every(SignedDelivery.isAcknowledged)) yield* Effect.sleep("250 millis")
    }
    const left = sent.filter((signed) => !isAcknowledged(signed)).length
    return yield* new Unwilling({ message: `The relay refused ${left} deliveries 20 times` })
  })

  /** Waits until everything is finished, or until nothing has changed for 30 seconds. */
  const settled = Effect.gen(function* () {
    let fewest = Number.POSITIVE_INFINITY
    let movedAt = yield* Clock.currentTimeMillis
    for (;;) {
      const count = yield* Stored.unfinished
      const now = yield* Clock.currentTimeMillis
      if (count === 0 || now - movedAt > Duration.toMillis("30 seconds")) return
      if (count < fewest) {
        fewest = count
        movedAt = now
      }
      yield* Effect.sleep("50 millis")
    }
  }).pipe(Scratch.reading(scratch))

  /** Judges all deliveries. */
  const verdict = Effect.gen(function* () {
    const stored = yield* Scratch.reading(scratch)(Stored.webhooks)
    const { participants } = yield* ledger.state
    return Verdict.judge({ sent, isAcknowledged, stored, participants })
  })

  return {
    scratch,
    ledger,
    faults,
    relay: Ref.get(relay),
    restart: Effect.flatMap(RelayProcess.start(file, environment), (started) => Ref.set(relay, started)),
    next,
    post,
    resend,
    settled,
    sent: (): ReadonlyArray<SignedDelivery.SignedDelivery> => sent,
    isAcknowledged,
    verdict
  }
})

/** For each source, every second delivery repeats the previous delivery id, and two of six are compressed. */
const shapeOf = (number: number, sources: number): Target.Shape => {
  const ordinal = Math.floor(number / sources)
  const idOf = ordinal % 2 === 1 ? number - sources : number
  switch (ordinal % 6) {
    case 2:
      return { idOf, gzip: "before signing" }
    case 5:
      return { idOf, gzip: "after signing" }
    default:
      return { idOf }
  }
}
