/** A relay's folder with webhooks that were accepted and nothing more: the receiver alone has taken them. */
import { Effect } from "effect"
import * as program from "../contenders/program.ts"
import type { Load } from "../load/Load.ts"

export const make = Effect.fnUntraced(function* (load: Load, people: number, peoplePerLive: number) {
  const folder = yield* program.folder
  const receiving = Effect.gen(function* () {
    const { url } = yield* program.start("programs/receiver.ts", {}, folder)
    const job = { url, bytes: 1_000, connections: 64, rate: null, seconds: 600, warmUpSeconds: 0 }
    const { accepted } = yield* load.run({ ...job, deliveries: people, peoplePerLive })
    if (accepted === people) return
    return yield* Effect.die(new Error(`${accepted} of ${people} deliveries were accepted`))
  })
  yield* Effect.scoped(receiving)
  return folder
})
