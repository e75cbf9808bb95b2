import { type Equivalent, of } from "./Equivalent.ts"

export const claim: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/ports/Budget.ts",
    "No share is negative and all together are at most 1, so that none is above 1.",
    [
      "const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))",
      "maximum: 1 }))",
      "maximum: 2 }))"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/choosing.ts",
    "No invitation is leased for an empty list of ids: it only costs a statement.",
    ["if (chosen.length === 0) return []", "chosen.length === 0", "false"]
  ),
  ...of(
    "packages/engine/src/store/claim/choosing.ts",
    "Each leased invitation was chosen, so that its place is known.",
    [
      "return readable.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))",
      "place.get(a.id) ?? 0",
      "place.get(a.id)"
    ],
    [
      "return readable.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))",
      "place.get(b.id) ?? 0",
      "place.get(b.id)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/choosing.ts",
    "A batch of one is never more than one, so that it goes as a single call: it only costs a statement.",
    [
      "const together = members > 1 ? yield* batch(terms, turn, members) : []",
      "members > 1 ? yield* batch(terms, turn, members) : []",
      "yield* batch(terms, turn, members)"
    ],
    ["const together = members > 1 ? yield* batch(terms, turn, members) : []", "members > 1", "members >= 1"]
  ),
  ...of(
    "packages/engine/src/store/claim/choosing.ts",
    "It asks for what it has already in `together`, in the same order: it only costs a statement.",
    ["const isWhole = members > 1 && together.length < members", "> 1 &&", "> 2 &&"],
    [
      "const alone = isWhole",
      "isWhole ? ofTurn(together, turn).slice(0, limit) : yield* (turn.source === null ? urgent : ofSource)(terms, turn, limit)",
      "yield* (turn.source === null ? urgent : ofSource)(terms, turn, limit)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/choosing.ts",
    "Everybody of the parked Live is put away before its turn ends, in whatever order.",
    ["ORDER BY lane, expires_at, due_at, id ${limited(sql, stretch)} ${skip})", "BY lane,", "BY lane DESC,"],
    [
      "ORDER BY lane, expires_at, due_at, id ${limited(sql, stretch)} ${skip})",
      "lane, expires_at,",
      "lane, expires_at DESC,"
    ],
    [
      "ORDER BY lane, expires_at, due_at, id ${limited(sql, stretch)} ${skip})",
      "expires_at, due_at,",
      "expires_at, due_at DESC,"
    ],
    [
      "ORDER BY lane, expires_at, due_at, id ${limited(sql, stretch)} ${skip})",
      "due_at, id ${limited(sql,",
      "due_at, id DESC ${limited(sql,"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/spends.ts",
    "The windows are 10 seconds and 24 hours: the border between short and long ones may be anywhere between.",
    ["const shortWindow = 5 * 60_000", "= 5 *", "= 6 *"],
    ["const shortWindow = 5 * 60_000", "= 5 *", "= 4 *"],
    ["const shortWindow = 5 * 60_000", "* 60_000", "* 60001"],
    ["const shortWindow = 5 * 60_000", "* 60_000", "* 59999"],
    ["window.millis <= shortWindow", "window.millis <= shortWindow", "window.millis < shortWindow"],
    [
      "const wait = window.millis + (window.millis <= shortWindow ? 0 : margin)",
      "(window.millis <= shortWindow",
      "(window.millis < shortWindow"
    ]
  ),
  ...of("packages/engine/src/store/claim/spends.ts", "Only its own number: no other question has it.", [
    "export const parts = { numbers: -1, oldest: -2, ready: -3 } as const",
    "-3 }",
    "-4 }"
  ]),
  ...of("packages/engine/src/store/claim/spends.ts", "Of this line only the time is read.", [
    "sql`SELECT ${number(parts.oldest)} AS part, 0 AS lane, ${nothing} AS count,",
    "part, 0 AS",
    "part, 1 AS"
  ]),
  ...of(
    "packages/engine/src/store/claim/spends.ts",
    "Calls to forget are looked for in vain: it only costs a statement.",
    [
      "(SELECT min(ends_at) FROM spends WHERE spot = ${spot}) AS time`",
      "spot = ${spot}",
      "(spot = ${spot} OR 1 = 1)"
    ],
    [
      "oldest: Number(figures.find(({ part }) => part === parts.oldest)?.time ?? Infinity)",
      "figures.find(({ part }) => part === parts.oldest)?.time ?? Infinity",
      "figures.find(({ part }) => part === parts.oldest)?.time"
    ]
  ),
  ...of("packages/engine/src/store/claim/spends.ts", "The answer has a line for each lane.", [
    "const number = (numbers.get(lane) ?? 0) + 1",
    "numbers.get(lane) ?? 0",
    "numbers.get(lane)"
  ]),
  ...of("packages/engine/src/store/claim/spends.ts", "`pay` asks for at least one call.", [
    "if (first !== undefined) yield* sql`INSERT INTO spends ${sql.insert([first, ...rest])}`",
    "first !== undefined",
    "true"
  ]),
  ...of(
    "packages/engine/src/store/claim/spends.ts",
    "The rows are chosen by the same condition within the statement.",
    [
      "sql`DELETE FROM spends WHERE spot = ${spot} AND ends_at <= ${before} AND (spot, lane, number) IN",
      "spot = ${spot}",
      "(spot = ${spot} OR 1 = 1)"
    ],
    [
      "sql`DELETE FROM spends WHERE spot = ${spot} AND ends_at <= ${before} AND (spot, lane, number) IN",
      "ends_at <= ${before}",
      "(ends_at <= ${before} OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/spends.ts",
    "The rows that are chosen are checked by the same condition, and the oldest are chosen first.",
    [
      '(SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY ends_at LIMIT 200 ${skipLocked(sql, "spends")})`',
      "ends_at <= ${before}",
      "(ends_at <= ${before} OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/spends.ts",
    "Only how much work is done at once: the other old calls are forgotten by the next claims.",
    [
      "sql`DELETE FROM spends WHERE spot = ${spot} AND ends_at <= ${before} AND (spot, lane, number) IN",
      "(spot, lane, number) IN (SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY e…",
      "((spot, lane, number) IN (SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY …"
    ],
    [
      '(SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY ends_at LIMIT 200 ${skipLocked(sql, "spends")})`',
      "BY ends_at LIMIT",
      "BY ends_at DESC LIMIT"
    ],
    [
      '(SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY ends_at LIMIT 200 ${skipLocked(sql, "spends")})`',
      "LIMIT 200 ${skipLocked(sql,",
      "LIMIT 201 ${skipLocked(sql,"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/claim.ts",
    "It finds the row that is there: it only costs statements.",
    ["if (state === undefined) {", "state === undefined", "true"]
  ),
  ...of("packages/engine/src/store/claim/claim.ts", "Rows of Spots are never deleted.", [
    'if (state === undefined) return yield* Effect.die("a row that was just inserted is there")',
    "state === undefined",
    "false"
  ]),
  ...of(
    "packages/engine/src/store/claim/claim.ts",
    "Nothing is deferred for an empty list: it only costs a statement.",
    [
      "if (except.length > 0) yield* defer(except, now, now + wholeMillis(lease))",
      "except.length > 0",
      "true"
    ],
    [
      "if (except.length > 0) yield* defer(except, now, now + wholeMillis(lease))",
      "(except.length > 0)",
      "(except.length >= 0)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/claim.ts",
    "There is nothing to sweep: it only costs a statement.",
    [
      "const expired = first.expiring > now ? 0 : yield* expire(spot, now)",
      "first.expiring > now ? 0 : yield* expire(spot, now)",
      "yield* expire(spot, now)"
    ],
    [
      "const woken = first.waiting > now ? 0 : yield* wake(spot, now)",
      "first.waiting > now ? 0 : yield* wake(spot, now)",
      "yield* wake(spot, now)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/claim.ts",
    "It is only compared with the size of a whole step.",
    ["const expired = first.expiring > now ? 0 : yield* expire(spot, now)", "? 0 :", "? 1 :"],
    ["const woken = first.waiting > now ? 0 : yield* wake(spot, now)", "? 0 :", "? 1 :"]
  ),
  ...of("packages/engine/src/store/claim/claim.ts", "A pause sets the time of its first probe itself.", [
    "if (paused_at !== null && calls.length > 0) {",
    "paused_at !== null && calls.length > 0",
    "calls.length > 0"
  ]),
  ...of("packages/engine/src/store/claim/claim.ts", "No time is after undefined.", [
    "now !== undefined &&",
    "now !== undefined && Math.min(first.waiting, first.expiring) > now",
    "Math.min(first.waiting, first.expiring) > now"
  ]),
  ...of(
    "packages/engine/src/store/claim/claim.ts",
    "What hinders a claim is no reason not to map: the webhooks are mapped without it.",
    ["},", ', Effect.catchTag("Deposed", () => Effect.undefined)', ""]
  ),
  ...of("packages/engine/src/store/claim/claim.ts", "Null counts as 0.", [
    "Math.max(rests_until, probing_until ?? 0, paused_at === null ? 0 : (probe_at ?? Infinity))",
    "probing_until ?? 0",
    "probing_until"
  ]),
  ...of(
    "packages/engine/src/store/claim/waking.ts",
    "Only tells whether anything is ready: whichever of it is named, it is due by now.",
    ["ORDER BY lane, source, batch, due_at, id LIMIT 1) AS ready,", "BY lane,", "BY lane DESC,"],
    ["ORDER BY lane, source, batch, due_at, id LIMIT 1) AS ready,", "lane, source,", "lane, source DESC,"],
    ["ORDER BY lane, source, batch, due_at, id LIMIT 1) AS ready,", "source, batch,", "source, batch DESC,"],
    ["ORDER BY lane, source, batch, due_at, id LIMIT 1) AS ready,", "batch, due_at,", "batch, due_at DESC,"],
    [
      "ORDER BY lane, source, batch, due_at, id LIMIT 1) AS ready,",
      "due_at, id LIMIT",
      "due_at, id DESC LIMIT"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/waking.ts",
    "Only the time is read, which is the same for all that are due at once.",
    [
      "(SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 0 ORDER BY due_at, id LIMIT 1) AS waiting,",
      "due_at, id LIMIT",
      "due_at, id DESC LIMIT"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/waking.ts",
    "What is pending is ready or waits for its time, which is sooner than never.",
    [
      "(SELECT expires_at FROM invitations WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991",
      "expires_at < 9007199254740991",
      "(expires_at < 9007199254740991 OR 1 = 1)"
    ],
    [
      "(SELECT expires_at FROM invitations WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991",
      "expires_at < 9007199254740991",
      "expires_at <= 9007199254740991"
    ],
    [
      "(SELECT expires_at FROM invitations WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991",
      "9007199254740991",
      "9007199254740992"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/waking.ts",
    "What is not after now is not never.",
    [
      "WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991 AND expires_at <= ${now}",
      "expires_at < 9007199254740991",
      "(expires_at < 9007199254740991 OR 1 = 1)"
    ],
    [
      "WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991 AND expires_at <= ${now}",
      "expires_at < 9007199254740991",
      "expires_at <= 9007199254740991"
    ],
    [
      "WHERE spot = ${spot} AND status = 'pending' AND expires_at < 9007199254740991 AND expires_at <= ${now}",
      "9007199254740991",
      "9007199254740992"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/waking.ts",
    "Only in which order they are swept: a claim goes on until all that have expired are.",
    [
      "ORDER BY expires_at ${limited(sql, stretch)} ${skip})",
      "BY expires_at ${limited(sql,",
      "BY expires_at DESC ${limited(sql,"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Only how much work is done at once.",
    ["const mostPutAway = 20", "= 20", "= 21"],
    ["const mostPutAway = 20", "= 20", "= 19"],
    [
      "while (isLeft && calls.length < most && people < enough && putAways < mostPutAway) {",
      "isLeft && calls.length < most && people < enough && putAways < mostPutAway",
      "isLeft && calls.length < most && people < enough"
    ],
    [
      "while (isLeft && calls.length < most && people < enough && putAways < mostPutAway) {",
      "putAways < mostPutAway)",
      "putAways <= mostPutAway)"
    ],
    ["putAways++", "putAways++", "putAways--"]
  ),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Whether more than one is due is all that is asked.",
    ["const mostReady = 2", "= 2", "= 3"]
  ),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Rows are counted, in whatever order and whatever is in them.",
    [
      "FROM (SELECT 1 FROM invitations WHERE spot = ${spot} AND ready = 1 AND lane = ${lane}",
      "(SELECT 1 FROM",
      "(SELECT 0 FROM"
    ],
    [
      "ORDER BY source, batch, due_at, id LIMIT ${sql.literal(String(mostReady))}) AS due`",
      "BY source,",
      "BY source DESC,"
    ],
    [
      "ORDER BY source, batch, due_at, id LIMIT ${sql.literal(String(mostReady))}) AS due`",
      "source, batch,",
      "source, batch DESC,"
    ],
    [
      "ORDER BY source, batch, due_at, id LIMIT ${sql.literal(String(mostReady))}) AS due`",
      "batch, due_at,",
      "batch, due_at DESC,"
    ],
    [
      "ORDER BY source, batch, due_at, id LIMIT ${sql.literal(String(mostReady))}) AS due`",
      "due_at, id LIMIT",
      "due_at, id DESC LIMIT"
    ]
  ),
  ...of("packages/engine/src/store/claim/allotting.ts", "Null is after no time.", [
    "if (turn.parkedUntil !== null && turn.parkedUntil > terms.now) {",
    "turn.parkedUntil !== null && turn.parkedUntil > terms.now",
    "turn.parkedUntil > terms.now"
  ]),
  ...of("packages/engine/src/store/claim/allotting.ts", "A Live that is not parked has no row.", [
    "if (turn.parkedUntil !== null) yield* tryOut(terms, turn)",
    "turn.parkedUntil !== null",
    "true"
  ]),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "It looks once more, and finds nothing: it only costs a statement.",
    ["isLeft = due > 1", "isLeft = due > 1", "undefined"],
    ["isLeft = due > 1", "due > 1", "due >= 1"]
  ),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Calls that count no more are forgotten by any claim, and not only by one that makes calls.",
    [
      "if (budget === undefined || lanes.length === 0) return []",
      "budget === undefined || lanes.length === 0",
      "budget === undefined"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "There is nothing to forget: it only costs a statement.",
    ["if (oldest <= before) yield* forget(spot, before)", "oldest <= before", "true"]
  ),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Where nothing is left, the next look finds nothing: it only costs a statement.",
    [
      "while (isLeft && calls.length < most && people < enough && putAways < mostPutAway) {",
      "isLeft && calls.length < most",
      "calls.length < most"
    ]
  ),
  ...of("packages/engine/src/store/claim/turns.ts", "All are of one lane.", [
    "ORDER BY lane, expires_at, due_at, id LIMIT 1`",
    "BY lane,",
    "BY lane DESC,"
  ]),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "All of a batch have one Live and one size.",
    [
      "(${first} AND batch > ${after} ORDER BY batch LIMIT 1), (${first} ORDER BY batch LIMIT 1)) ORDER BY due_at, id LIMIT 1`",
      "BY due_at,",
      "BY due_at DESC,"
    ],
    [
      "(${first} AND batch > ${after} ORDER BY batch LIMIT 1), (${first} ORDER BY batch LIMIT 1)) ORDER BY due_at, id LIMIT 1`",
      "due_at, id LIMIT",
      "due_at, id DESC LIMIT"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "All of a Spot's batch have one Live and one size, and only these are read: any row of it will do.",
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} AND source = ${source} AND batch = COALESCE(",
      "AND ready = 1 AND",
      "AND (ready = 1 OR 1 = 1) AND"
    ],
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} AND source = ${source} AND batch = COALESCE(",
      "lane = ${lane}",
      "(lane = ${lane} OR 1 = 1)"
    ],
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} AND source = ${source} AND batch = COALESCE(",
      "source = ${source}",
      "(source = ${source} OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "No batch is empty, and undefined is stored as NULL, which no batch is after: the first one has its turn either way.",
    [
      'const [row] = yield* nextBatch(spot, lane, source, round.batches.get(source) ?? "")',
      'round.batches.get(source) ?? ""',
      "round.batches.get(source)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "There is only one.",
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} ORDER BY source, batch, due_at, id LIMIT 1`",
      "BY source,",
      "BY source DESC,"
    ],
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} ORDER BY source, batch, due_at, id LIMIT 1`",
      "source, batch,",
      "source, batch DESC,"
    ],
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} ORDER BY source, batch, due_at, id LIMIT 1`",
      "batch, due_at,",
      "batch, due_at DESC,"
    ],
    [
      "WHERE invitations.spot = ${spot} AND ready = 1 AND lane = ${lane} ORDER BY source, batch, due_at, id LIMIT 1`",
      "due_at, id LIMIT",
      "due_at, id DESC LIMIT"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "The lane was just seen to hold something, in the same transaction that has locked the Spot.",
    ["if (row === undefined) return", "row === undefined", "false"]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "Nothing is of no source, so that the next look finds nothing.",
    ["const source = next?.source ?? undefined", "next?.source ?? undefined", "next?.source"],
    ["if (source === undefined) return", "source === undefined", "false"]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "A source that was just found has a batch, in the same transaction that has locked the Spot.",
    [
      "return row === undefined ? undefined : ofSource(row, source)",
      "row === undefined ? undefined : ofSource(row, source)",
      "ofSource(row, source)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/turns.ts",
    "One alone has the turn either way: it only costs statements.",
    ["if (isLone) {", "(isLone)", "(false)"]
  ),
  ...of("packages/engine/src/store/claim/choosing.ts", "No two ids are equal, and only the sign is read.", [
    ".toSorted((a, b) => a.due_at - b.due_at || (a.id < b.id ? -1 : 1))",
    "(a.id < b.id",
    "(a.id <= b.id"
  ]),
  ...of(
    "packages/engine/src/store/claim/following.ts",
    "Times that are shifted by 0 stay as they are, and no clock is set by 1 ms: what is less than `tolerance` is none.",
    ["if (by !== 0) yield* shift(spot, by)", "(by !== 0)", "(true)"],
    ["if (by !== 0) yield* shift(spot, by)", "!== 0)", "!== 1)"]
  ),
  ...of("packages/engine/src/store/claim/following.ts", "All that read a timeline take undefined for none.", [
    "Effect.sync(() => (known === undefined ? timelines.delete(spot) : timelines.set(spot, known)))",
    "known === undefined ? timelines.delete(spot) : timelines.set(spot, known)",
    "timelines.set(spot, known)"
  ]),
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Both databases answer the questions of a claim in the order in which they are asked, which is that of the lanes. No comparison of two lanes is negative with a plus, so that they stay as they are.",
    [
      "for (const [lane, due] of [...ready].toSorted(([a], [b]) => a - b)) {",
      ".toSorted(([a], [b]) => a - b)",
      ""
    ],
    ["for (const [lane, due] of [...ready].toSorted(([a], [b]) => a - b)) {", "a - b))", "a + b))"]
  ),
  ...of(
    "packages/engine/src/store/claim/claim.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      "AND (ready = 1 OR (ready = 0 AND due_at <= ${now})) ORDER BY id ${toChange})",
      "BY id ${toChange})",
      "BY id DESC ${toChange})"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/retiming.ts",
    "A shift by 0 changes nothing.",
    [
      "if (by < 0) yield* sql`UPDATE invitations SET due_at = due_at + ${by} WHERE spot = ${spot} AND ready = 1`",
      "(by < 0)",
      "(by <= 0)"
    ],
    [
      "if (by < 0) yield* sql`UPDATE invitations SET due_at = due_at + ${by} WHERE spot = ${spot} AND ready = 1`",
      "< 0)",
      "< 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/retiming.ts",
    "No call ends before it begins.",
    [
      "WHERE spot = ${spot} AND ends_at > ${now} AND started_at > ${now}`",
      "ends_at > ${now}",
      "(ends_at > ${now} OR 1 = 1)"
    ],
    [
      "WHERE spot = ${spot} AND ends_at > ${now} AND started_at > ${now}`",
      "ends_at > ${now}",
      "ends_at >= ${now}"
    ]
  ),
  ...of(
    "packages/engine/src/store/claim/retiming.ts",
    "It is set to what it is already.",
    [
      "WHERE spot = ${spot} AND ends_at > ${now} AND started_at > ${now}`",
      "started_at > ${now}`",
      "started_at >= ${now}`"
    ],
    [
      "yield* sql`UPDATE spends SET ends_at = ${leased} WHERE spot = ${spot} AND ends_at > ${leased}`",
      "ends_at > ${leased}`",
      "ends_at >= ${leased}`"
    ],
    [
      "WHERE spot = ${spot} AND ready = 0 AND due_at > ${leased} AND status = 'sending'`",
      "due_at > ${leased}",
      "due_at >= ${leased}"
    ],
    [
      "yield* sql`UPDATE parked_lives SET since = ${now} WHERE spot = ${spot} AND since > ${now}`",
      "since > ${now}`",
      "since >= ${now}`"
    ],
    [
      "yield* sql`UPDATE spots SET cooldown_since = ${now} WHERE name = ${spot} AND cooldown_since > ${now}`",
      "cooldown_since > ${now}`",
      "cooldown_since >= ${now}`"
    ],
    [
      "yield* sql`UPDATE spots SET circuit_since = ${now} WHERE name = ${spot} AND circuit_since > ${now}`",
      "circuit_since > ${now}`",
      "circuit_since >= ${now}`"
    ],
    [
      "yield* sql`UPDATE spots SET paused_at = ${now} WHERE name = ${spot} AND paused_at > ${now}`",
      "paused_at > ${now}`",
      "paused_at >= ${now}`"
    ],
    [
      "yield* sql`UPDATE spends SET ends_at = ${now} WHERE spot = ${spot} AND ends_at < ${now}",
      "ends_at < ${now}",
      "ends_at <= ${now}"
    ]
  ),
  ...of("packages/engine/src/store/claim/retiming.ts", "No invitation that is being sent is ready.", [
    "WHERE spot = ${spot} AND ready = 0 AND due_at > ${leased} AND status = 'sending'`",
    "AND ready = 0 AND",
    "AND (ready = 0 OR 1 = 1) AND"
  ]),
  ...of(
    "packages/engine/src/store/claim/retiming.ts",
    "Those that are being sent were set to the end of a lease just before, which is sooner than the longest wait.",
    [
      "WHERE spot = ${spot} AND ready = 0 AND due_at > ${waits} AND status = 'pending'`",
      "status = 'pending'",
      "(status = 'pending' OR 1 = 1)"
    ]
  )
]
