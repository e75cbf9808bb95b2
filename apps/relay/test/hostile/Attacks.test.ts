/** While a stranger attacks, the relay answers everybody else. */
import { describe, expect, it } from "@effect/vitest"
import { beforeAll } from "vitest"
import { Effect, Option } from "effect"
import { ensure } from "../../../dashboard/build/ensure.ts"
import { isolated } from "../harness.ts"
import { isLong } from "../long.ts"
import { shared } from "../shared.ts"
import { type Attack, attacks } from "./attacks.ts"
import { secrets } from "./everySender.ts"
import { median, memoryOf, probe, type Sample, slowest, statuses } from "./probing.ts"
import { addresses, idOf, target } from "./target.ts"

/** In MiB, of a relay whose heap may take 512. */
const mostMemory = 768

/**
 * In milliseconds: how long the slowest answer may take. Where other tests run beside this one, an answer waits for them too:
 * there the relay's own work until the answer counts, and the answer itself may take ten times as long.
 */
const bound = (undisturbed: number) => Math.max(isLong ? 250 : 1_500, 50 * undisturbed)

/** Whether no answer of this kind was held up. */
const wasQuick = (before: ReadonlyArray<Sample>, during: ReadonlyArray<Sample>, what: Sample["what"]) => {
  const most = bound(median(before, what))
  if (isLong) return slowest(during, what) <= most
  return slowest(during, what, "worked") <= most && slowest(during, what) <= 10 * most
}

const kinds = ["healthz", "webhook"] as const satisfies ReadonlyArray<Sample["what"]>

/** A relay that answers somebody at a steady pace. */
const observed = Effect.gen(function* () {
  const relay = yield* target
  const { samples } = yield* probe({
    url: relay.url,
    pid: relay.pid,
    secret: secrets.SECRET,
    from: addresses.probe
  })
  // The first answers wait for what is compiled.
  yield* Effect.sleep("1 second")
  return { relay, samples }
})

type Observed = Effect.Success<typeof observed>

/** Undisturbed and then attacked. */
const trial = (attack: Attack, { relay, samples }: Observed) =>
  Effect.gen(function* () {
    yield* samples
    yield* Effect.sleep(isLong ? "1500 millis" : "600 millis")
    const before = yield* samples
    // The kernel tells how long the relay works.
    expect(slowest(before, "webhook", "worked")).toBeGreaterThan(0)
    yield* Effect.scoped(attack.run(relay))
    yield* Effect.sleep("500 millis")
    const during = yield* samples

    const died = yield* Effect.timeoutOption(relay.ended, 0)
    expect(Option.getOrUndefined(died)).toBeUndefined()
    const { peak } = yield* memoryOf(relay.pid)
    expect(peak).toBeLessThan(mostMemory)
    const id = `after-${attacks.indexOf(attack)}`
    const body = JSON.stringify({ email: `${id}@example.com` })
    const afterwards = yield* relay.deliver("standard-webhooks", { body, id })
    expect(afterwards.status).toBe(202)
    expect((yield* relay.webhook(idOf(afterwards.body)))?.body.toString()).toBe(body)
    return {
      peak: Math.round(peak),
      kinds: kinds.map((what) => ({
        what,
        count: during.filter((sample) => sample.what === what).length,
        undisturbed: Math.round(median(before, what) * 10) / 10,
        slowest: Math.round(slowest(during, what)),
        worked: Math.round(slowest(during, what, "worked")),
        isQuick: wasQuick(before, during, what),
        statuses: statuses(during, what)
      }))
    }
  })

/** On a relay of its own. */
const alone = (attack: Attack) => Effect.scoped(Effect.flatMap(observed, (relayed) => trial(attack, relayed)))

type Figures = Effect.Success<ReturnType<typeof alone>>

const isQuick = ({ kinds }: Figures) => kinds.every(({ isQuick }) => isQuick)

/** Linux tells how much memory a process has taken. */
describe.skipIf(process.platform !== "linux")("during an attack, others are answered:", () => {
  beforeAll(ensure, 120_000)

  /** One relay that survives most attacks, one after the other. In full, each finds a relay of its own. */
  const survivor = shared(observed)
  const first = (attack: Attack) =>
    isLong || attack.leavesWork
      ? alone(attack)
      : Effect.flatMap(survivor, (relayed) => trial(attack, relayed))

  for (const attack of attacks) {
    it.live(
      attack.name,
      () =>
        Effect.gen(function* () {
          // Twice more before it is called slow: something else on the machine may have delayed one answer.
          const again = Effect.repeat(alone(attack), { until: isQuick, times: 1 })
          const figures = yield* Effect.flatMap(first(attack), (figures) =>
            isQuick(figures) ? Effect.succeed(figures) : again
          )
          if (isLong || process.env["USHER_HOSTILE_FIGURES"] !== undefined) {
            process.stdout.write(`${attack.name}\n  ${JSON.stringify(figures)}\n`)
          }
          const [healthz, webhook] = figures.kinds
          expect({ healthz, webhook }).toMatchObject({
            healthz: { isQuick: true, statuses: [200] },
            webhook: { isQuick: true, statuses: [202] }
          })
        }).pipe(isolated),
      { timeout: 240_000 }
    )
  }
})
