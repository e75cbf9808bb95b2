/** The folder of a relay with accepted webhooks that nobody has mapped: the receiver alone has taken them. */
import { Effect } from "effect"
import * as program from "../contenders/program.ts"
import type { Load } from "../load/Load.ts"
import * as jobs from "./jobs.ts"

export const make = Effect.fnUntraced(function* (load: Load, people: number, peoplePerLive: number) {
  const folder = yield* program.folder
  const receiving = Effect.gen(function* () {
    const { url } = yield* program.start("programs/receiver.ts", {}, folder)
    const { accepted } = yield* load.run({ ...jobs.all(url, people, 600), peoplePerLive })
    if (accepted === people) return
    return yield* Effect.die(new Error(`${accepted} of ${people} deliveries were accepted`))
  })
  yield* Effect.scoped(receiving)
  return folder
})
