/** Finds the Lives in a configuration: ids, and ids in expressions. */
import type { Resolved } from "../config/ConfigFile.ts"
import { isAddress } from "../config/LiveAddress.ts"
import type { Path } from "../config/Problem.ts"

export interface NamedLive {
  readonly id: string
  /** Every place in the file that names it. */
  readonly paths: ReadonlyArray<Path>
}

/** The shape of MeltingSpot's ids. An expression may also compare other texts. */
const uuid = /(?<=["'])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=["'])/gi

/** The Lives of one Spot, each once. */
export const namedLives = (spot: string, { written }: Resolved): ReadonlyArray<NamedLive> => {
  const paths = new Map<string, Array<Path>>()
  for (const { name, config } of written) {
    const live = config.invite?.live
    if (config.spot !== spot || live === undefined) continue
    // A web address in place of an id is an error of its own.
    const ids = typeof live === "string" ? (isAddress(live) ? [] : [live]) : (live.expr.match(uuid) ?? [])
    for (const id of new Set(ids)) {
      const path = ["sources", name, "invite", "live"]
      paths.set(id, [...(paths.get(id) ?? []), path])
    }
  }
  return [...paths].map(([id, paths]) => ({ id, paths }))
}
