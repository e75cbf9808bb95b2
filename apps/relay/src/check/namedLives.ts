/** The Lives that a configuration names: those in the place of an id, and ids in the expressions for one. */
import type { Resolved } from "../config/ConfigFile.ts"
import { isAddress } from "../config/LiveAddress.ts"
import type { Path } from "../config/Problem.ts"

export interface NamedLive {
  readonly id: string
  /** Every place that names it. */
  readonly paths: ReadonlyArray<Path>
}

/** Of MeltingSpot's shape. An expression compares other texts as well. */
const uuid = /(?<=["'])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=["'])/gi

/** A web address is wrong already. */
const isId = (text: string) => !isAddress(text)

/** Of one Spot, each once. */
export const namedLives = (spot: string, { written }: Resolved): ReadonlyArray<NamedLive> => {
  const paths = new Map<string, Array<Path>>()
  for (const { name, config } of written) {
    const live = config.invite?.live
    if (config.spot !== spot || live === undefined) continue
    const ids = typeof live === "string" ? [live].filter(isId) : (live.expr.match(uuid) ?? [])
    for (const id of new Set(ids)) {
      const path = ["sources", name, "invite", "live"]
      paths.set(id, [...(paths.get(id) ?? []), path])
    }
  }
  return [...paths].map(([id, paths]) => ({ id, paths }))
}
