/** The faults that the simulation has to find. Each is planted as text in place of text; the product knows nothing of it. */

export interface Fault {
  readonly name: string
  /** The wrong behavior of a product with this fault. */
  readonly title: string
  /** By file: a piece that the file contains once, an arrow, and its replacement. */
  readonly edits: Readonly<Record<string, ReadonlyArray<string>>>
}

const engine = "packages/engine/src"
const claim = `${engine}/store/claim/claim.ts`
const settle = `${engine}/store/settle/settle.ts`

export const faults: ReadonlyArray<Fault> = [
  {
    name: "no-term",
    title: "a relay that has lost leadership still claims",
    edits: { [claim]: ["state.term !== term → false"] }
  },
  {
    name: "no-lease",
    title: "a relay settles an answer after it lost the lease",
    edits: {
      [settle]: [
        'keys: { id: ["TEXT", ({ claim }) => claim.id], lease_token: ["TEXT", ({ claim }) => claim.leaseToken] }, → keys: { id: ["TEXT", ({ claim }) => claim.id] },'
      ]
    }
  },
  {
    name: "from-start",
    title: "a call counts against the budget from its start, not from its end",
    edits: {
      [settle]: ['ends_at = started_at + ${of("lasted")} → ends_at = started_at + 0 * ${of("lasted")}']
    }
  },
  {
    name: "given-back",
    title: "a call with an unknown outcome is returned to the budget",
    edits: {
      [settle]: [
        'const endedOf = ({ reservation, waited = Duration.zero, duration }: Settlement): ReadonlyArray<EndedCall> => → const endedOf = ({ reservation, waited = Duration.zero, duration, outcomes: [{ result }] }: Settlement): ReadonlyArray<EndedCall> =>\n  reservation && errorOf(result)?._tag === "UpstreamUnavailable" ? [{ reservation, lasted: -3_600_000 }] :'
      ]
    }
  },
  {
    name: "stood-still",
    title: "the time between the reservation of a call and the call, such as a freeze, is not counted",
    edits: {
      [`${engine}/dispatch/calling.ts`]: ["Math.max(0, passed - Duration.toMillis(duration)) → 0 * passed"]
    }
  },
  {
    name: "acknowledged-early",
    title: "a webhook is acknowledged before its commit",
    edits: {
      [`${engine}/store/InboxSql.ts`]: [
        'accept: acceptTogether, → accept: (webhook) => Effect.as(Effect.forkDetach(acceptTogether(webhook)), { id: "wh_early", duplicate: false }),'
      ]
    }
  },
  {
    name: "no-expiry",
    title: "an invitation is sent after it has expired",
    edits: {
      [claim]: ["due.expiring > now ? 0 : yield* sweepExpired(spot, now) → 0"],
      [`${engine}/store/claim/choosing.ts`]: [
        "state = 'available' AND batch_key = ${slot.batch} AND expires_at > ${now} → state = 'available' AND batch_key = ${slot.batch}",
        "lane = ${slot.lane} AND batch_key = ${slot.batch} AND expires_at > ${now} → lane = ${slot.lane} AND batch_key = ${slot.batch}",
        "AND +expires_at > ${now} → "
      ]
    }
  },
  {
    name: "uncancels",
    title: "a later webhook sends what an operator cancelled",
    edits: {
      [`${engine}/store/map/requests.ts`]: [
        'if (row.status === "cancelled" && row.cancelled_by !== null) return undefined → '
      ]
    }
  },
  {
    name: "purges-pending",
    title: "a purge deletes pending invitations",
    edits: {
      [`${engine}/operate/Purging.ts`]: [
        "Invitation.FinishedStatus.literals → Invitation.InvitationStatus.literals"
      ],
      [`${engine}/store/purge.ts`]: [
        "sql`state = 'finished'` → sql`created_at < ${before}`",
        "sql`settled_at < ${before}` → sql`id <> ''`",
        "Invitation.FinishedStatus.literals → Invitation.InvitationStatus.literals"
      ]
    }
  },
  {
    name: "no-polling",
    title: "a lost signal has no replacement",
    edits: {
      [`${engine}/dispatch/Dispatcher.ts`]: [
        "const maxPollInterval = Duration.seconds(30) → const maxPollInterval = Duration.infinity"
      ],
      [`${engine}/map/Mapper.ts`]: ["const maxPollInterval = 30_000 → const maxPollInterval = Infinity"]
    }
  }
]
