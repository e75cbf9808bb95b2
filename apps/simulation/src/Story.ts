/** The history of all rows. Triggers write it in the transaction that changes a row, so it excludes rolled back changes. */
import type { DatabaseSync } from "node:sqlite"

export interface Line {
  readonly at: number
  /** The system time of the process, in milliseconds since 1970. */
  readonly time: number
  readonly process: string
  readonly what: "webhook" | "invitation" | "lead" | "answer" | "reservation"
  /** The id of the webhook or the invitation, or the name of the Spot. */
  readonly id: string
  /** The status after the change, `deleted`, the term of the leader, or the time until which a call counts. */
  readonly status: string
  readonly lease_token: string | null
  /** The Live of an invitation. */
  readonly live: string | null
  /** The address of an invitation, or the delivery id of a webhook. */
  readonly person: string | null
  readonly due_at: number | null
  readonly expires_at: number | null
  readonly attempts: number | null
}

/** The functions that the triggers call on their connection. */
export interface Narrator {
  readonly process: () => string
  readonly at: () => number
  readonly time: () => number
}

export const attach = (db: DatabaseSync, { process, at, time }: Narrator) => {
  db.function("story_process", process)
  db.function("story_at", at)
  db.function("story_time", time)
}

const columns = "at, time, process, what, id, status, lease_token, live, person, due_at, expires_at, attempts"

const webhook = (row: "NEW" | "OLD", status = `${row}.status`) =>
  line("webhook", `${row}.id`, status, `NULL, NULL, ${row}.delivery_id, NULL, NULL, NULL`)

const line = (what: Line["what"], id: string, status: string, rest = "NULL, NULL, NULL, NULL, NULL, NULL") =>
  `INSERT INTO story (${columns}) VALUES (story_at(), story_time(), story_process(), '${what}', ${id}, ${status}, ${rest});`

const invitation = (row: "NEW" | "OLD", status = `${row}.status`) =>
  line(
    "invitation",
    `${row}.id`,
    status,
    `${row}.lease_token, ${row}.live_id, (SELECT member FROM people WHERE id = ${row}.person), ${row}.due_at, ${row}.expires_at, ${row}.attempts`
  )

const reservation = line(
  "reservation",
  "NEW.lane || '/' || NEW.number",
  "NEW.ends_at",
  "NULL, NULL, NULL, NEW.started_at, NEW.ends_at, NULL"
)

const on = (name: string, when: string, table: string, statement: string, condition = "1") =>
  `CREATE TRIGGER story_${name} AFTER ${when} ON ${table} WHEN ${condition} BEGIN ${statement} END;`

const triggers = [
  on("webhook_came", "INSERT", "webhooks", webhook("NEW")),
  on("webhook_changed", "UPDATE OF status", "webhooks", webhook("NEW"), "NEW.status <> OLD.status"),
  on("webhook_gone", "DELETE", "webhooks", webhook("OLD", "'deleted'")),
  on("invitation_came", "INSERT", "invitations", invitation("NEW")),
  on(
    "invitation_changed",
    "UPDATE OF status, lease_token",
    "invitations",
    invitation("NEW"),
    "NEW.status <> OLD.status OR NEW.lease_token IS NOT OLD.lease_token"
  ),
  on("invitation_gone", "DELETE", "invitations", invitation("OLD", "'deleted'")),
  on("lead_first", "INSERT", "spots", line("lead", "NEW.name", "NEW.term")),
  on("lead", "UPDATE OF term", "spots", line("lead", "NEW.name", "NEW.term"), "NEW.term <> OLD.term"),
  on("reservation", "INSERT", "reservations", reservation),
  on("reservation_changed", "UPDATE", "reservations", reservation),
  on(
    "answer",
    "INSERT",
    "attempt_invitations",
    line(
      "answer",
      "NEW.invitation_id",
      "CASE WHEN NEW.participant IS NULL THEN COALESCE(json_extract(NEW.error, '$._tag'), 'Unlisted') ELSE 'Participant' END"
    )
  )
]

/** Creates the triggers, once, on a migrated database. */
export const begin = (db: DatabaseSync) =>
  db.exec(`CREATE TABLE story (n INTEGER PRIMARY KEY, at REAL NOT NULL, time INTEGER NOT NULL, process TEXT NOT NULL, what TEXT NOT NULL, id TEXT NOT NULL,
    status TEXT NOT NULL, lease_token TEXT, live TEXT, person TEXT, due_at INTEGER, expires_at INTEGER, attempts INTEGER);
    ${triggers.join("\n")}`)

export const read = (db: DatabaseSync): ReadonlyArray<Line> =>
  // `begin` has created every column.
  db.prepare(`SELECT ${columns} FROM story ORDER BY n`).all() as unknown as ReadonlyArray<Line>
