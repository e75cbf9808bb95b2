import { type Equivalent, of } from "./Equivalent.ts"

export const budget: ReadonlyArray<Equivalent> = [
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
  ...of(
    "packages/engine/src/store/claim/allotting.ts",
    "Both databases answer the questions of a claim in the order in which they are asked, which is that of the lanes. No comparison of two lanes is negative with a plus, so that they stay as they are.",
    [
      "for (const [lane, due] of [...ready].toSorted(([a], [b]) => a - b)) {",
      ".toSorted(([a], [b]) => a - b)",
      ""
    ],
    ["for (const [lane, due] of [...ready].toSorted(([a], [b]) => a - b)) {", "a - b))", "a + b))"]
  )
]
