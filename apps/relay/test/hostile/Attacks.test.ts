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
import { median, memoryOf, probe, slowest, statuses } from "./probing.ts"
import { addresses, idOf, target } from "./target.ts"

/** In MiB, of a relay whose heap may take 512. */
const mostMemory = 768

/**
 * In milliseconds, of the relay's own work: nobody is answered during one turn of its event loop, so that a turn is short: 200
 * requests that come at the same time take half of it. An answer may wait for several turns, as where the attacker's connections came first. The answer itself also waits for the other work of
 * the machine, the attacker's own among it: ten times as long.
 */
const most = { turn: 400, worked: 1_500, answer: 15_000 }

/** The bound, or 50 times what it takes undisturbed where that is more. */
const bound = (most: number, undisturbed: number) => Math.max(most, 50 * undisturbed)

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
    yield* relay.longestTurn
    // The kernel tells how long the relay works.
    expect(slowest(before, "webhook", "worked")).toBeGreaterThan(0)
    yield* Effect.scoped(attack.run(relay))
    yield* Effect.sleep("500 millis")
    const during = yield* samples
    const turn = yield* relay.longestTurn

    const died = yield* Effect.timeoutOption(relay.ended, 0)
    expect(Option.getOrUndefined(died)).toBeUndefined()
    const { peak } = yield* memoryOf(relay.pid)
    expect(peak).toBeLessThan(mostMemory)
    const id = `after-${attacks.indexOf(attack)}`
    const body = JSON.stringify({ email: `${id}@example.com` })
    const afterwards = yield* relay.deliver("standard-webhooks", { body, id })
    expect(afterwards.status).toBe(202)
    expect((yield* relay.webhook(idOf(afterwards.body)))?.body.toString()).toBe(body)
    const kinds = (["healthz", "webhook"] as const).map((what) => {
      const undisturbed = median(before, what)
      const [answer, worked] = [slowest(during, what), slowest(during, what, "worked")]
      return {
        what,
        count: during.filter((sample) => sample.what === what).length,
        undisturbed: Math.round(undisturbed * 10) / 10,
        slowest: Math.round(answer),
        worked: Math.round(worked),
        isQuick: worked <= bound(most.worked, undisturbed) && answer <= bound(most.answer, undisturbed),
        statuses: statuses(during, what)
      }
    })
    return {
      peak: Math.round(peak),
      turn,
      isTurnShort: turn <= bound(most.turn, median(before, "healthz")),
      kinds
    }
  })

/** On a relay of its own. */
const alone = (attack: Attack) => Effect.scoped(Effect.flatMap(observed, (relayed) => trial(attack, relayed)))

type Figures = Effect.Success<ReturnType<typeof alone>>

/** Everybody is answered in time. The relay refuses a webhook that it has not stored after 2 seconds. */
const isQuick = ({ isTurnShort, kinds }: Figures) =>
  isTurnShort && kinds.every(({ isQuick, statuses }) => isQuick && !statuses.includes(503))

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
          expect({ ...figures, healthz, webhook }).toMatchObject({
            isTurnShort: true,
            healthz: { isQuick: true, statuses: [200] },
            webhook: { isQuick: true, statuses: [202] }
          })
        }).pipe(isolated),
      { timeout: 240_000 }
    )
  }
})
