/** What is stored about a Spot, as it is shown. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, DateTime, Duration, Effect } from "effect"
import { SpotControl } from "../../../src/index.ts"
import { layers } from "../../databases.ts"

/** A clock that goes on while it is read, each time by a little more. */
const ticking = (clock: Clock.Clock): Clock.Clock => {
  let reads = 0
  const read = () => clock.currentTimeMillisUnsafe() + Math.floor((reads++) ** 2 / 100)
  return Object.assign(Object.create(clock), {
    currentTimeMillisUnsafe: read,
    currentTimeMillis: Effect.sync(read)
  })
}

const whileItTicks = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Clock.clockWith((clock) => Effect.provideService(self, Clock.Clock, ticking(clock)))

describe.each(Object.entries(layers))("%s", (_, layer) => {
  it.live("shows the times of a cooldown and of a parked Live alike, while the clock goes on", () =>
    SpotControl.SpotControl.use(({ all, cooldown, park, parked }) =>
      Effect.gen(function* () {
        yield* cooldown("main", Duration.hours(1))
        yield* park("main", "live-1", DateTime.makeUnsafe(0))
        const read = whileItTicks(Effect.all([all, parked]))
        const first = yield* read
        expect(first).toMatchObject([[{ cooldown: { reason: expect.any(String) } }], [{ liveId: "live-1" }]])
        for (let at = 0; at < 20; at++) expect(yield* read).toEqual(first)
      })
    ).pipe(whileItTicks, Effect.provide(layer))
  )
})
