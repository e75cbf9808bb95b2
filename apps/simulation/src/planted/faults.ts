/** The faults that the simulation has to find. */
import type { Fault } from "./Fault.ts"

const store = "packages/engine/src/store"

export const faults: ReadonlyArray<Fault> = [
  {
    name: "no-term",
    title: "a relay that no longer leads goes on claiming",
    edits: [{ file: `${store}/claim/claim.ts`, find: "state.epoch !== epoch", replace: "false" }]
  },
  {
    name: "no-lease",
    title: "a relay settles an answer after it lost the lease",
    edits: [
      {
        file: `${store}/settle/settle.ts`,
        find: 'keys: { id: ["TEXT", ({ claim }) => claim.id], lease: ["TEXT", ({ claim }) => claim.lease] },',
        replace: 'keys: { id: ["TEXT", ({ claim }) => claim.id] },'
      }
    ]
  },
  {
    name: "from-start",
    title: "a call counts against the budget from its start, not from its end",
    edits: [
      {
        file: `${store}/settle/settle.ts`,
        find: 'ends_at = started_at + ${of("lasted")}',
        replace: 'ends_at = started_at + 0 * ${of("lasted")}'
      }
    ]
  },
  {
    name: "given-back",
    title: "a call whose outcome is unknown is given back to the budget",
    edits: [
      {
        file: `${store}/settle/settle.ts`,
        find: "const paidOf = ({ spend, waited = Duration.zero, duration }: Settlement): ReadonlyArray<Paid> =>",
        replace:
          'const paidOf = ({ spend, waited = Duration.zero, duration, outcomes: [{ result }] }: Settlement): ReadonlyArray<Paid> =>\n  spend && errorOf(result)?._tag === "UpstreamUnavailable" ? [{ spend, lasted: -3_600_000 }] :'
      }
    ]
  },
  {
    name: "stood-still",
    title: "the time that a relay stands still just before a call is not counted",
    edits: [
      {
        file: "packages/engine/src/dispatch/calling.ts",
        find: "Math.max(0, passed - Duration.toMillis(duration))",
        replace: "Math.max(0, begun - (call.spend?.since ?? begun))"
      }
    ]
  },
  {
    name: "acknowledged-early",
    title: "a webhook is acknowledged before its commit",
    edits: [
      {
        file: "packages/engine/src/store/InboxSql.ts",
        find: "accept: acceptTogether,",
        replace:
          'accept: (webhook) => Effect.as(Effect.forkDetach(acceptTogether(webhook)), { id: "wh_early", duplicate: false }),'
      }
    ]
  },
  {
    name: "no-expiry",
    title: "an invitation is sent after it has expired",
    edits: [
      {
        file: `${store}/claim/claim.ts`,
        find: "first.expiring > now ? 0 : yield* expire(spot, now)",
        replace: "0"
      },
      {
        file: `${store}/claim/choosing.ts`,
        find: "ready = 1 AND batch = ${turn.batch} AND expires_at > ${now}",
        replace: "ready = 1 AND batch = ${turn.batch}"
      },
      {
        file: `${store}/claim/choosing.ts`,
        find: "lane = ${turn.lane} AND batch = ${turn.batch} AND expires_at > ${now}",
        replace: "lane = ${turn.lane} AND batch = ${turn.batch}"
      },
      { file: `${store}/claim/choosing.ts`, find: "AND +expires_at > ${now}", replace: "" }
    ]
  },
  {
    name: "purges-pending",
    title: "a purge takes invitations that are pending",
    edits: [
      {
        file: `${store}/purge.ts`,
        find: 'sql`ready IS NULL`, sql`settled_at < ${before}`, sql.in("status", statuses)',
        replace: "sql`created_at < ${before}`, sql`${statuses.length} > 0`"
      }
    ]
  },
  {
    name: "no-polling",
    title: "a signal that is lost is never made up for",
    edits: [
      {
        file: "packages/engine/src/dispatch/Dispatcher.ts",
        find: "const longestNap = Duration.seconds(30)",
        replace: "const longestNap = Duration.infinity"
      },
      {
        file: "packages/engine/src/map/Mapper.ts",
        find: "const longestNap = 30_000",
        replace: "const longestNap = Infinity"
      }
    ]
  }
]
