/** The Lives of a Spot in memory. */
import { DateTime } from "effect"
import { Live } from "../../Live.ts"
import type { LiveQuery } from "../../LiveFilter.ts"
import type { LiveSeed } from "./seeds.ts"
import { choice, text, within } from "./matching.ts"

/** The number of people invited to a Live, and of those who registered. */
export type Counts = (liveId: string) => { readonly invited: number; readonly registrant: number }

export const makeLives = (seeds: ReadonlyArray<LiveSeed>, counts: Counts) => {
  const byId = new Map(seeds.map((seed) => [seed.id, seed]))
  return {
    has: (id: string) => byId.has(id),
    get: (id: string) => liveOf(byId.get(id) ?? { id }, counts),
    /** The Lives of the seeds in their order, then `others`. */
    matching: (query: LiveQuery, others: Iterable<string>) => {
      const all = new Map(byId)
      for (const id of others) if (!all.has(id)) all.set(id, { id })
      return Array.from(all.values())
        .map((seed) => ({ seed, live: liveOf(seed, counts) }))
        .filter(({ seed, live }) => matches(seed, live, query))
        .map(({ live }) => live)
    }
  }
}

const start = DateTime.makeUnsafe("2026-05-04T09:00:00Z")

const liveOf = (seed: LiveSeed, counts: Counts): Live => {
  const { id, title = `Live ${id}`, startDate = start, status = "Planned" } = seed
  return new Live({
    id,
    title,
    startDate,
    endDate: seed.endDate ?? DateTime.add(startDate, { hours: 1 }),
    status,
    computedStatus: status,
    solution: seed.solution ?? "BuiltIn",
    privacy: { visibility: seed.visibility ?? "AnyOne" },
    description: [{ type: "p", children: [{ text: title }] }],
    metrics: {
      averageViewTime: null,
      noShow: null,
      totalReplayView: null,
      attendee: null,
      attendanceRate: null,
      ...counts(id)
    }
  })
}

const matches = (seed: LiveSeed, live: Live, query: LiveQuery): boolean =>
  text(live.title, query["title[eq]"], query["title[contains]"]) &&
  choice(live.status, query["status[eq]"], undefined) &&
  choice(live.solution, query["solution[eq]"], query["solution[in]"]) &&
  choice(seed.builtInType ?? "Conference", query["builtInType[eq]"], query["builtInType[in]"]) &&
  choice(`${live.status === "Ended"}`, query["replay[eq]"], undefined) &&
  within(DateTime.toEpochMillis(live.startDate) / 1000, boundsOf(query, "startDate")) &&
  metrics.every((name) => within(live.metrics[name], boundsOf(query, name)))

const metrics = ["averageViewTime", "invited", "registrant"] as const

const boundsOf = (query: LiveQuery, name: "startDate" | (typeof metrics)[number]) => ({
  lt: query[`${name}[lt]`],
  lte: query[`${name}[lte]`],
  gt: query[`${name}[gt]`],
  gte: query[`${name}[gte]`],
  eq: query[`${name}[eq]`]
})
