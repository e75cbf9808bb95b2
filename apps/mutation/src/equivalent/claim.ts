import type { Equivalents } from "./Equivalents.ts"

export const claim: Equivalents = {
  "packages/engine/src/store/claim/reservations.ts": {
    "The windows are 10 seconds and 24 hours: any border between them separates short from long.": [
      "shortWindow = 5 → shortWindow = 6",
      "shortWindow = 5 → shortWindow = 4",
      "5 * 60_000 → 5 * 60001",
      "5 * 60_000 → 5 * 59999",
      "=> window.millis <= shortWindow → => window.millis < shortWindow",
      "window.millis <= shortWindow ? 0 → window.millis < shortWindow ? 0"
    ],
    "Any number that no other part uses will do.": ["ready: -3 } as → ready: -4 } as"],
    "The code reads only the time of this row.": ["part, 0 AS lane → part, 1 AS lane"],
    "Costs a statement only: it looks for calls to delete and finds none.": [
      "spot = ${spot}) → (spot = ${spot} OR 1 = 1))",
      "?.time ?? Infinity → ?.time"
    ],
    "The result has a row for each lane.": ["numbers.get(lane) ?? 0 → numbers.get(lane)"],
    "Every caller of `pay` asks for at least one call.": ["first !== undefined → true"],
    "The subquery has the same condition.": [
      "DELETE FROM reservations WHERE spot = ${spot} → DELETE FROM reservations WHERE (spot = ${spot} OR 1 = 1)",
      "ends_at <= ${before} AND → (ends_at <= ${before} OR 1 = 1) AND"
    ],
    "The outer statement has the same condition, and the subquery picks the oldest rows first.": [
      "ends_at <= ${before} ORDER → (ends_at <= ${before} OR 1 = 1) ORDER"
    ],
    "Changes only the work of one claim: the next claims delete the other old calls.": [
      '(spot, lane, number…"reservations")}) → ((spot, lane, number…"reservations")}) OR 1 = 1)',
      "ends_at LIMIT → ends_at DESC LIMIT",
      "ends_at LIMIT 200 → ends_at LIMIT 201"
    ]
  },
  "packages/engine/src/store/claim/allotting.ts": {
    "Changes only the work of one claim.": [
      "maxDeferrals = 20 → maxDeferrals = 21",
      "maxDeferrals = 20 → maxDeferrals = 19",
      "people < maxRowsPerStep && deferrals < maxDeferrals → people < maxRowsPerStep",
      "deferrals < maxDeferrals → deferrals <= maxDeferrals",
      "deferrals++ → deferrals--"
    ],
    "The code asks only whether more than one invitation is due.": ["maxCounted = 2 → maxCounted = 3"],
    "The query counts rows: their order and content do not matter.": [
      "SELECT 1 FROM → SELECT 0 FROM",
      "source, batch_key, → source DESC, batch_key,",
      "batch_key, due_at, → batch_key DESC, due_at,",
      "batch_key, due_at, → batch_key, due_at DESC,",
      "due_at, id LIMIT → due_at, id DESC LIMIT"
    ],
    "null is greater than no time.": [
      "slot.parkedUntil !== null && slot.parkedUntil > terms.now → slot.parkedUntil > terms.now"
    ],
    "A Live that is not parked has no row.": ["(slot.parkedUntil !== null) → (true)"],
    "Costs a statement only: it looks once more and finds nothing.": [
      "isLeft = due > 1 → undefined",
      "isLeft = due > 1 → isLeft = due >= 1",
      "isLeft && calls.length < most → calls.length < most"
    ],
    "Any claim deletes calls that no longer count, not only a claim that makes calls.": [
      "budget === undefined || lanes.length === 0 → budget === undefined"
    ],
    "Costs a statement only: there is nothing to delete.": ["oldest <= before → true"],
    "Both databases answer in the order of the lanes, and `a + b` is never negative, so it keeps that order.":
      [".toSorted(([a], [b]) => a - b)) { → ) {", "([a], [b]) => a - b → ([a], [b]) => a + b"]
  },
  "packages/engine/src/store/claim/claim.ts": {
    "Costs statements only: it finds the existing row.": ["(state === undefined) { → (true) {"],
    "Rows of Spots are never deleted.": ["(state === undefined) return → (false) return"],
    "Costs a statement only: the list is empty.": [
      "except.length > 0 → true",
      "except.length > 0 → except.length >= 0"
    ],
    "Costs a statement only: there is nothing to sweep.": [
      "due.expiring > now ? 0 : yield* sweepExpired(spot, now) → yield* sweepExpired(spot, now)",
      "due.waiting > now || !isHeld(state, now) → !isHeld(state, now)",
      "due.waiting > now || waiting === sweepSize → waiting === sweepSize"
    ],
    "The code compares it only with the batch size.": [
      "expiring > now ? 0 → expiring > now ? 1",
      "isHeld(state, now) ? 0 → isHeld(state, now) ? 1",
      "sweepSize ? 0 → sweepSize ? 1"
    ],
    "A pause sets the time of its first probe itself.": [
      "paused_at !== null && calls.length > 0 → calls.length > 0"
    ],
    "No time is later than undefined.": [
      "now !== undefined && Math.min(first.waiting → Math.min(first.waiting"
    ],
    "A failed claim does not prevent mapping: the relay maps the webhooks without it.": [
      '}, Effect.catchTag("LeadershipLost", () => Effect.undefined) → }'
    ],
    "null counts as 0.": ["probing_until ?? 0 → probing_until"]
  },
  "packages/engine/src/store/claim/promoting.ts": {
    "The code reads only whether any invitation is ready, and every ready invitation is due.": [
      "ORDER BY lane, → ORDER BY lane DESC,",
      "source, batch_key, → source DESC, batch_key,",
      "batch_key, due_at, → batch_key DESC, due_at,",
      "batch_key, due_at, → batch_key, due_at DESC,",
      "batch_key, due_at, id LIMIT → batch_key, due_at, id DESC LIMIT"
    ],
    "The code reads only the time, which is the same for all invitations that are due then.": [
      "BY due_at, id LIMIT → BY due_at, id DESC LIMIT"
    ],
    "A pending invitation is ready or waits for a time before 9007199254740991.": [
      "expires_at < 9007199254740991 ORDER → (expires_at < 9007199254740991 OR 1 = 1) ORDER",
      "< 9007199254740991 ORDER → <= 9007199254740991 ORDER",
      "9007199254740991 ORDER → 9007199254740992 ORDER"
    ],
    "A time up to now is less than 9007199254740991.": [
      "expires_at < 9007199254740991 AND → (expires_at < 9007199254740991 OR 1 = 1) AND",
      "< 9007199254740991 AND → <= 9007199254740991 AND",
      "9007199254740991 AND → 9007199254740992 AND"
    ],
    "Changes only the order of the sweep: a claim continues until it has swept all expired invitations.": [
      "expires_at ${limited(sql → expires_at DESC ${limited(sql"
    ]
  },
  "packages/engine/src/store/claim/following.ts": {
    "A shift by 0 changes nothing, and a clock change of 1 ms is below `tolerance`.": [
      "if (by !== 0) → if (true)",
      "if (by !== 0) → if (by !== 1)"
    ],
    "Every reader of `timelines` treats undefined as absent.": [
      "known === undefined ? timelines.delete(spot) : timelines.set(spot → timelines.set(spot"
    ]
  },
  "packages/engine/src/store/claim/retiming.ts": {
    "A shift by 0 changes nothing.": ["by < 0 → by <= 0", "< 0 ? → < 1 ?"],
    "No call ends before it starts.": [
      "ends_at > ${now} → (ends_at > ${now} OR 1 = 1)",
      "ends_at > ${now} → ends_at >= ${now}"
    ],
    "Sets the value that is already stored.": [
      "started_at > ${now} → started_at >= ${now}",
      "ends_at > ${leased} → ends_at >= ${leased}",
      "due_at > ${leased} → due_at >= ${leased}",
      "AND since > ${now} → AND since >= ${now}",
      "cooldown_since > ${now} → cooldown_since >= ${now}",
      "circuit_since > ${now} → circuit_since >= ${now}",
      "paused_at > ${now} → paused_at >= ${now}",
      "ends_at < ${now} → ends_at <= ${now}"
    ],
    "Bounds the rows that are read: the condition behind it is narrower.": [
      "due_at > ${Math.min(leased, waits)} → (due_at > ${Math.min(leased, waits)} OR 1 = 1)",
      "due_at > ${Math.min(leased, → due_at >= ${Math.min(leased,"
    ],
    "Changes only the order in which rows are locked. Postgres ends one of two deadlocked transactions, and the relay retries it.":
      ["BY id ${sql.literal(toChange(sql))})` → BY id DESC ${sql.literal(toChange(sql))})`"]
  },
  "packages/engine/src/store/claim/choosing.ts": {
    "Costs a statement only: the list of ids is empty.": ["chosen.length === 0 → false"],
    "Every leased invitation was chosen, so its place is in the map.": [
      "place.get(a.id) ?? 0 → place.get(a.id)",
      "place.get(b.id) ?? 0 → place.get(b.id)"
    ],
    "Costs a statement only: a batch of one is sent as a single call.": [
      "members > 1 ? yield* batch(terms, slot, members) : [] → yield* batch(terms, slot, members)",
      "members > 1 ? yield* → members >= 1 ? yield*"
    ],
    "Costs a statement only: it reads again what `together` holds, in the same order.": [
      "members > 1 && batched → members > 2 && batched",
      "isWhole ? ofSlot(batched, slot).slice(0, limit) : yield* → yield*"
    ],
    "The code puts away everyone of a parked Live before its turn ends, in any order.": [
      "lane, expires_at, due_at, id ${limited(sql, sweepSize)} → lane DESC, expires_at, due_at, id ${limited(sql, sweepSize)}",
      "expires_at, due_at, id ${limited(sql, sweepSize)} → expires_at DESC, due_at, id ${limited(sql, sweepSize)}",
      "due_at, id ${limited(sql, sweepSize)} → due_at DESC, id ${limited(sql, sweepSize)}",
      "id ${limited(sql, sweepSize)} → id DESC ${limited(sql, sweepSize)}"
    ],
    "No two ids are equal, and only the sign of the result matters.": ["a.id < b.id ? -1 → a.id <= b.id ? -1"]
  },
  "packages/engine/src/store/claim/fairScheduling.ts": {
    "All rows have the same lane.": ["ORDER BY lane, → ORDER BY lane DESC,"],
    "All rows of a batch have the same Live and the same size.": [
      "ORDER BY due_at → ORDER BY due_at DESC",
      "BY due_at, id LIMIT → BY due_at, id DESC LIMIT"
    ],
    "The code reads only the Live and the size, which are the same for all rows of a Spot's batch.": [
      "state = 'available' AND lane = ${lane} AND source = ${source} AND → (state = 'available' OR 1 = 1) AND lane = ${lane} AND source = ${source} AND",
      "lane = ${lane} AND source = ${source} AND → (lane = ${lane} OR 1 = 1) AND source = ${source} AND",
      "source = ${source} AND → (source = ${source} OR 1 = 1) AND"
    ],
    "No batch is empty, and undefined becomes NULL, which is less than no batch: the first batch is next either way.":
      ['round.batches.get(source) ?? "" → round.batches.get(source)'],
    "There is only one row.": [
      "source, batch_key, → source DESC, batch_key,",
      "batch_key, due_at, → batch_key DESC, due_at,",
      "batch_key, due_at, → batch_key, due_at DESC,",
      "batch_key, due_at, id LIMIT → batch_key, due_at, id DESC LIMIT"
    ],
    "The same transaction has locked the Spot and found rows in this lane.": [
      "(row === undefined) → (false)"
    ],
    "No row has a null source, so the next query finds nothing.": [
      "next?.source ?? undefined if → next?.source if",
      "(source === undefined) → (false)"
    ],
    "The same transaction has locked the Spot and found this source, so the source has a batch.": [
      "row === undefined ? undefined : ofSource(row, source) → ofSource(row, source)"
    ],
    "Costs statements only: a single row gets the turn either way.": ["if (isLone) → if (false)"]
  }
}
