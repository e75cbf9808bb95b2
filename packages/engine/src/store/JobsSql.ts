/** Keeps jobs in the table `jobs`. The row of a job is locked during its step, so that only one relay works on it. */
import { Clock, DateTime, Duration, Effect, Layer } from "effect"
import type { Statement } from "effect/sql"
import { isEnded, type Job, type JobState } from "@usher/model/Job"
import * as Search from "@usher/model/Search"
import { type Beginning, Jobs, type Work } from "../ports/Jobs.ts"
import { type KeyRange, newestId, nextRange } from "./rows/keyRanges.ts"
import { skipLocked, type Store, text } from "./rows/store.ts"
import { retried, toInboxUnavailable, transaction } from "./rows/transaction.ts"
import { cancelling } from "./search/cancel.ts"
import { none } from "./search/change.ts"
import * as conditions from "./search/conditions.ts"
import { replaying } from "./search/replay.ts"
import { everything } from "./search/selecting.ts"
import * as stored from "./search/storedSelection.ts"
import { StoreSql } from "./StoreSql.ts"

/** How long an ended job is kept. */
const keep = Duration.days(30)

/** Why a job fails that an earlier or a later version stored. */
const unreadable = "this version can't read its selection"

/** The most jobs that take turns. */
const maxRunning = 100

interface Row extends stored.Stored {
  readonly id: string
  readonly up_to: string
  readonly mark: string
  readonly state: JobState
  readonly reason: string | null
  readonly done: number
  readonly total: number | null
  readonly begun_by: string
  readonly created_at: number
  readonly ended_at: number | null
  readonly act: string | null
}

/**
 * Keeps the jobs in the database, beside the Inbox.
 *
 * @category layers
 */
export const layer: Layer.Layer<Jobs, never, StoreSql> = Layer.effect(
  Jobs,
  Effect.map(StoreSql, (store) => make(store))
)

const make = (store: Store): Jobs["Service"] => {
  const { sql, random, events, signals } = store

  /** Tells the page, after the commit. */
  const show = ({ id, state }: Pick<Row, "id" | "state">) => events.emit(() => [{ type: "job", id, state }])

  /** Tells also the loops of all relays. */
  const tell = (row: Pick<Row, "id" | "state">) => Effect.andThen(show(row), signals.publish("job"))

  const begin = Effect.fn("Jobs.begin")(function* (work: Work, { act, by, total }: Beginning) {
    const now = yield* DateTime.now
    const row: Row = {
      id: `job_${yield* random.ulid}`,
      ...(yield* stored.encode(store, work, now)),
      up_to: yield* endOf(work),
      mark: "",
      state: "running",
      reason: null,
      done: 0,
      total: total ?? null,
      begun_by: text(by),
      created_at: DateTime.toEpochMillis(now),
      ended_at: null,
      act: act ?? null
    }
    yield* retried(sql`INSERT INTO jobs ${sql.insert([{ ...row, selection: text(row.selection) }])}`)
    yield* tell(row)
    return jobOf(row)
  }, toInboxUnavailable)

  /** Items that are added later are left out. */
  const endOf = ({ kind, selection }: Work) =>
    Search.isEmpty({ ...selection })
      ? Effect.succeed("")
      : conditions.isNarrow(selection)
        ? Effect.succeed(everything.upTo)
        : newestId(sql, tableOf(kind))

  const find = (id: string) =>
    Effect.map(sql<Row>`SELECT * FROM jobs WHERE id = ${id}`, ([row]) => row && jobOf(row))

  /** Changes a job in one of these states. Undefined if it is in none. */
  const update = (id: string, from: ReadonlyArray<JobState>, changes: Statement.Fragment) =>
    sql<Row>`UPDATE jobs SET ${changes} WHERE id = ${id} AND ${sql.in("state", from)} RETURNING *`.pipe(
      retried,
      Effect.map(([changed]) => changed),
      Effect.tap((changed) => (changed === undefined ? Effect.void : tell(changed)))
    )

  /** Changes a job in one of these states, and returns it as it is then. */
  const change = (...changes: Parameters<typeof update>) =>
    Effect.andThen(update(...changes), find(changes[0])).pipe(toInboxUnavailable)

  const resume = Effect.fnUntraced(function* (id: string, act?: string) {
    const going = sql`state = 'running', reason = NULL, ended_at = NULL, act = COALESCE(act, ${act ?? null})`
    const resumed = yield* update(id, ["paused", "failed"], going)
    return { job: yield* find(id), isActWaiting: act !== undefined && resumed?.act === act }
  }, toInboxUnavailable)

  const stop = (id: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      change(id, ["running", "paused", "failed"], sql`state = 'stopped', reason = NULL, ended_at = ${now}`)
    )

  const { cancelBatch } = cancelling(store)
  const { remapBatch, replayBatch } = replaying(store)

  const work = (row: Row, range: KeyRange) => {
    switch (row.kind) {
      case "replay":
        return Effect.flatMap(stored.invitationsOf(row), (selection) => replayBatch(selection, range))
      case "cancel":
        return Effect.flatMap(stored.invitationsOf(row), (selection) =>
          cancelBatch(selection, row.begun_by, range)
        )
      case "remap":
        return Effect.flatMap(stored.webhooksOf(row), (selection) => remapBatch(selection, range))
    }
  }

  const rangeAfter = ({ kind, mark, up_to }: Row) =>
    up_to === everything.upTo
      ? Effect.succeed(mark === "" ? everything : undefined)
      : nextRange(sql, tableOf(kind), { above: mark, upTo: up_to })

  const finish = Effect.fnUntraced(function* (id: string, state: JobState, reason: string | null) {
    const now = yield* Clock.currentTimeMillis
    yield* sql`UPDATE jobs SET state = ${state}, reason = ${reason}, ended_at = ${now} WHERE id = ${id}`
    return { state, change: none }
  })

  /** The step and its mark are one transaction. Undefined if the job does not run here. */
  const stepOf = Effect.fnUntraced(
    function* (id: string) {
      const [row] = yield* sql<Row>`SELECT * FROM jobs WHERE id = ${id} AND state = 'running'
      ${skipLocked(sql, "jobs")}`
      if (row === undefined) return undefined
      const range = yield* rangeAfter(row)
      if (range === undefined) return yield* finish(id, "done", null)
      const change = yield* work(row, range)
      yield* sql`UPDATE jobs SET mark = ${range.upTo}, done = done + ${change.count} WHERE id = ${id}`
      return { state: row.state, change }
    },
    (step, id) => Effect.catchTag(step, "SchemaError", () => finish(id, "failed", unreadable))
  )

  const step = Effect.fn("Jobs.step")(function* (id: string) {
    const done = yield* transaction(sql)(stepOf(id))
    if (done === undefined) return false
    yield* done.change.announce
    const told = { id, state: done.state }
    yield* isEnded(done.state) ? tell(told) : show(told)
    return true
  }, toInboxUnavailable)

  const list = Effect.fnUntraced(function* ({ limit, after }: Search.PageOptions) {
    const below = after === undefined ? sql.literal("1 = 1") : sql`id < ${after}`
    const rows = yield* sql<Row>`SELECT * FROM jobs WHERE ${below} ORDER BY id DESC LIMIT ${limit + 1}`
    const items = rows.slice(0, limit)
    return { items: items.map(jobOf), next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
  }, toInboxUnavailable)

  const report: Jobs["Service"]["report"] = (write) =>
    Effect.gen(function* () {
      const [row] = yield* sql<Row>`SELECT * FROM jobs WHERE act IS NOT NULL
        AND state IN ('done', 'stopped', 'failed') ORDER BY id LIMIT 1 ${skipLocked(sql, "jobs")}`
      if (row === undefined || row.act === null) return false
      yield* sql`UPDATE jobs SET act = NULL WHERE id = ${row.id}`
      yield* write(row.act, jobOf(row))
      return true
    }).pipe(transaction(sql), toInboxUnavailable)

  return Jobs.of({
    begin,
    list,
    get: (id) => toInboxUnavailable(find(id)),
    pause: (id) => change(id, ["running"], sql`state = 'paused'`),
    resume,
    stop,
    running: Effect.map(
      sql<{ id: string }>`SELECT id FROM jobs WHERE state = 'running' ORDER BY id LIMIT ${maxRunning}`,
      (rows) => rows.map(({ id }) => id)
    ).pipe(toInboxUnavailable),
    step,
    report,
    trim: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.map(
        retried(
          sql`DELETE FROM jobs WHERE state IN ('done', 'stopped', 'failed') AND act IS NULL
            AND ended_at <= ${now - Duration.toMillis(keep)} RETURNING id`
        ),
        (deleted) => deleted.length
      )
    ).pipe(toInboxUnavailable)
  })
}

const tableOf = (kind: Row["kind"]) => (kind === "remap" ? "webhooks" : "invitations")

const jobOf = (row: Row): Job => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  reason: row.reason,
  selection: stored.shown(row),
  done: row.done,
  total: row.total,
  by: row.begun_by,
  createdAt: DateTime.makeUnsafe(row.created_at),
  endedAt: row.ended_at === null || !isEnded(row.state) ? null : DateTime.makeUnsafe(row.ended_at)
})
