/** Selections of jobs as stored: as JSON without the person, whose key has a column of its own. */
import { DateTime, Effect, Predicate, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { JobKind, JobSelection } from "@usher/model/Job"
import { InvitationFilter, WebhookFilter } from "@usher/model/Search"
import { Time } from "@usher/model/Time"
import type { Work } from "../../ports/Jobs.ts"
import { lookUp } from "../rows/person.ts"
import type { Store } from "../rows/store.ts"

const others = { all: Schema.optional(Schema.Literal(true)), asOf: Time }

const Invitations = Schema.fromJsonString(Schema.Struct({ ...InvitationFilter.fields, ...others }))
const Webhooks = Schema.fromJsonString(Schema.Struct({ ...WebhookFilter.fields, ...others }))

const encodeInvitations = Schema.encodeSync(Invitations)
const encodeWebhooks = Schema.encodeSync(Webhooks)

const decodeInvitations = Schema.decodeEffect(Invitations)
const decodeWebhooks = Schema.decodeEffect(Webhooks)

export interface Stored {
  readonly kind: JobKind
  readonly selection: string
  /** The key of the person. */
  readonly person: string | null
}

/** The selection with the time of its plan: by default, `now`. */
export const encode = Effect.fnUntraced(function* (
  { sql, personOf }: Store,
  work: Work,
  now: DateTime.Utc
): Effect.fn.Return<Stored, SqlError.SqlError> {
  const { person } = work.selection
  const [found] =
    person === undefined
      ? []
      : yield* sql<{ key: string }>`SELECT CAST(${lookUp(sql, personOf, person)} AS TEXT) AS key`
  return {
    kind: work.kind,
    selection: jsonOf(work, work.selection.asOf ?? now),
    person: found?.key ?? null
  }
})

const jsonOf = (work: Work, asOf: DateTime.Utc): string => {
  if (work.kind === "remap") {
    const { person: _, ...rest } = work.selection
    return encodeWebhooks({ ...rest, asOf })
  }
  const { person: _, ...rest } = work.selection
  return encodeInvitations({ ...rest, asOf })
}

/** Reads the selection of invitations. */
export const invitationsOf = ({ selection, person }: Stored) =>
  Effect.map(decodeInvitations(selection), (read) => ({ ...read, ...byKey(person) }))

/** Reads the selection of webhooks. */
export const webhooksOf = ({ selection, person }: Stored) =>
  Effect.map(decodeWebhooks(selection), (read) => ({ ...read, ...byKey(person) }))

const byKey = (person: string | null) => (person === null ? {} : { personKey: person })

const Conditions = Schema.fromJsonString(
  Schema.Record(
    Schema.String,
    Schema.NullOr(Schema.Union([Schema.String, Schema.Boolean, Schema.Array(Schema.String)]))
  )
)
const decodeConditions = Schema.decodeOption(Conditions)

/** The selection as a list shows it. */
export const shown = ({ selection, person }: Pick<Stored, "selection" | "person">): JobSelection => {
  const found = decodeConditions(selection)
  const { ids, ...conditions } = found._tag === "Some" ? found.value : {}
  return {
    ...(Predicate.isIterable(ids) && typeof ids !== "string" ? { ids: [...ids].length } : {}),
    ...(person === null ? {} : { person: true as const }),
    conditions
  }
}
