import { type Equivalent, of } from "./Equivalent.ts"

export const scheduling: ReadonlyArray<Equivalent> = [
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
  ])
]
