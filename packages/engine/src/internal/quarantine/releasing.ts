/** What releasing a selection of refused deliveries comes to: what was accepted, what stays and why. */
import type { Released, Stayed } from "../../Quarantine.ts"

/** Deliveries that stay are listed up to this many; all are counted. */
const maxListed = 100

/** How the release of one delivery ended. */
export type Outcome =
  | { readonly _tag: "Released"; readonly duplicate: boolean }
  | ({ readonly _tag: "Stayed" } & Stayed)

/** Counts outcomes, batch after batch. */
export const tally = () => {
  let [released, duplicates] = [0, 0]
  const listed: Array<Stayed> = []
  const reasons = new Map<Stayed["reason"], number>()
  return {
    add: (outcome: Outcome): void => {
      if (outcome._tag === "Released") {
        released += 1
        if (outcome.duplicate) duplicates += 1
        return
      }
      const { _tag, ...stayed } = outcome
      reasons.set(stayed.reason, (reasons.get(stayed.reason) ?? 0) + 1)
      if (listed.length < maxListed) listed.push(stayed)
    },
    result: (unknown: ReadonlyArray<string>): Released => ({
      released,
      duplicates,
      refused: [...reasons.values()].reduce((sum, count) => sum + count, 0),
      reasons: Object.fromEntries(reasons),
      stayed: listed,
      unknown
    })
  }
}
