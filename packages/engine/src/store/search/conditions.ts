/** Translates filters to SQL. */
import { DateTime } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { InvitationFilter, WebhookFilter } from "@usher/model/Search"
import { lookUp } from "../rows/person.ts"
import type { Store } from "../rows/store.ts"

type Conditions = ReadonlyArray<Statement.Fragment>

/** A filter that names its person by the id under which they are stored. */
export interface ByKey {
  readonly personKey?: string | undefined
}

/** Conditions on `webhooks`. */
export const ofWebhooks = ({ sql, personOf }: Store, filter: WebhookFilter & ByKey): Conditions => [
  ...common(sql, filter, "webhooks.received_at"),
  ...given(filter.source, (source) => sql`webhooks.source = ${source}`),
  ...ofPerson(
    { sql, personOf },
    filter,
    (key) => sql`webhooks.id IN (SELECT l.webhook_id FROM invitations i
      JOIN webhook_invitations l ON l.invitation_id = i.id WHERE i.person = ${key})`
  ),
  ...given(
    filter.live,
    (live) => sql`EXISTS (SELECT 1 FROM webhook_invitations l JOIN invitations i ON i.id = l.invitation_id
      WHERE l.webhook_id = webhooks.id AND i.live_id = ${live})`
  ),
  ...given(filter.text, (text) => bodyContains(sql, text))
]

/** Conditions on `invitations`. */
export const ofInvitations = ({ sql, personOf }: Store, filter: InvitationFilter & ByKey): Conditions => [
  ...common(sql, filter, "invitations.created_at"),
  ...given(filter.spot, (spot) => sql`invitations.spot = ${spot}`),
  ...given(filter.live, (live) => sql`invitations.live_id = ${live}`),
  ...ofPerson({ sql, personOf }, filter, (key) => sql`invitations.person = ${key}`),
  ...given(
    filter.source,
    (source) => sql`EXISTS (SELECT 1 FROM webhook_invitations l JOIN webhooks w ON w.id = l.webhook_id
      WHERE l.invitation_id = invitations.id AND w.source = ${source})`
  ),
  ...given(filter.error, (error) =>
    error === null ? sql`invitations.last_error IS NULL` : sql`invitations.last_error = ${error}`
  ),
  ...given(
    filter.webhook,
    (webhook) =>
      sql`invitations.id IN (SELECT invitation_id FROM webhook_invitations WHERE webhook_id = ${webhook})`
  )
]

/** Whether an index finds all matches, so that the table need not be walked. */
export const isNarrow = (filter: (InvitationFilter | WebhookFilter) & ByKey): boolean =>
  filter.ids !== undefined ||
  filter.person !== undefined ||
  filter.personKey !== undefined ||
  ("webhook" in filter && filter.webhook !== undefined)

/** Ignores the case of ASCII letters. Bodies are bytes and need not be text. */
export const bodyContains = (sql: SqlClient.SqlClient, text: string): Statement.Fragment =>
  sql.onDialectOrElse({
    pg: () =>
      sql`position(lower(encode(${new TextEncoder().encode(text)}, 'escape')) IN lower(encode(body, 'escape'))) > 0`,
    orElse: () => sql`instr(lower(CAST(body AS TEXT)), lower(${text})) > 0`
  })

const common = (
  sql: SqlClient.SqlClient,
  {
    ids,
    status,
    from,
    to
  }: Pick<InvitationFilter & WebhookFilter, "ids" | "from" | "to"> & {
    readonly status?: ReadonlyArray<string>
  },
  time: string
): Conditions => [
  ...given(ids, (ids) => sql.in("id", ids)),
  ...given(status, (status) => sql.in("status", status)),
  ...given(from, (from) => sql`${sql.literal(time)} >= ${DateTime.toEpochMillis(from)}`),
  ...given(to, (to) => sql`${sql.literal(time)} < ${DateTime.toEpochMillis(to)}`)
]

const ofPerson = (
  { sql, personOf }: Pick<Store, "sql" | "personOf">,
  { person, personKey }: Pick<InvitationFilter & ByKey, "person" | "personKey">,
  condition: (key: Statement.Fragment) => Statement.Fragment
): Conditions => [
  ...given(person, (person) => condition(lookUp(sql, personOf, person))),
  ...given(personKey, (key) => condition(sql`${key}`))
]

const given = <A>(value: A | undefined, condition: (value: A) => Statement.Fragment): Conditions =>
  value === undefined ? [] : [condition(value)]
