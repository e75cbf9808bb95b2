import { type Equivalent, of } from "./Equivalent.ts"

export const accept: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/store/accept/accept.ts",
    "Only how much work is done: a batch without retries is filtered, or goes the way of one with some, with the same result.",
    [
      "const unknown = inOrder(retries.size === 0 ? all : all.filter((one) => !retries.has(one)))",
      "retries.size === 0 ? all : all.filter((one) => !retries.has(one))",
      "all.filter((one) => !retries.has(one))"
    ],
    [
      "if (retries.size === 0 && refused.length === 0) {",
      "retries.size === 0 && refused.length === 0",
      "false"
    ],
    ["if (others.length === 0) {", "others.length === 0", "false"]
  ),
  ...of(
    "packages/engine/src/store/accept/accept.ts",
    "A duplicate is answered before it is asked whether it is missing, and is not counted as stored either way.",
    [
      "const missing = new Set(refused.filter((one) => !duplicates.has(one) && !inserted.has(one)))",
      "!duplicates.has(one) && !inserted.has(one)",
      "!inserted.has(one)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/accept.ts",
    "Each id was counted just before, and each webhook told was in the batch: the default is never taken.",
    [
      "const groups = Map.groupBy(times.keys(), (id) => times.get(id) ?? 1)",
      "times.get(id) ?? 1",
      "times.get(id)"
    ],
    [
      '? [{ type: "webhook", id: accepted.id, source: batch[index]?.source ?? "", status: "received" }]',
      'batch[index]?.source ?? ""',
      "batch[index]?.source"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/accept.ts",
    "Only when rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      'return times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update)',
      'times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update)',
      "update"
    ],
    [
      'return times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update)',
      'times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update)',
      'Effect.andThen(lock("webhooks", times.keys()), update)'
    ],
    [
      'return times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update)',
      "=== 1 ?",
      "=== 2 ?"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/acceptedTogether.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one statement, which is tried again.",
    ["GROUP BY source, span, at ORDER BY source, span DESC ${onConflict})", "BY source,", "BY source DESC,"],
    [
      "GROUP BY source, span, at ORDER BY source, span DESC ${onConflict})",
      "source, span DESC ${onConflict})",
      "source, span ${onConflict})"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/acceptedTogether.ts",
    "Each time of receipt is a number, and each list of lanes is cast to its type, whatever the size of its numbers.",
    [
      'return type === "BIGINT" && typeof value === "number" ? BigInt(value) : value',
      'type === "BIGINT" && typeof value === "number"',
      'type === "BIGINT"'
    ],
    [
      'return type === "BIGINT" && typeof value === "number" ? BigInt(value) : value',
      'type === "BIGINT" && typeof value === "number"',
      'typeof value === "number"'
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/conflicts.ts",
    "Only how often the same is tried before it counts as a fault.",
    ["const mostTries = 8", "= 8", "= 9"],
    ["const mostTries = 8", "= 8", "= 7"],
    ["for (let tries = 0; open.length > 0 && tries < mostTries; tries++) {", "= 0;", "= 1;"],
    [
      "for (let tries = 0; open.length > 0 && tries < mostTries; tries++) {",
      "tries < mostTries;",
      "tries <= mostTries;"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/conflicts.ts",
    "Only how much work is done: with nothing open nothing is found, nothing inserted, and the loop ends.",
    [
      "for (let tries = 0; open.length > 0 && tries < mostTries; tries++) {",
      "open.length > 0 && tries < mostTries",
      "tries < mostTries"
    ],
    [
      "for (let tries = 0; open.length > 0 && tries < mostTries; tries++) {",
      "open.length > 0",
      "open.length >= 0"
    ],
    ["if (next.size === 0) break", "next.size === 0", "false"]
  ),
  ...of(
    "packages/engine/src/store/accept/conflicts.ts",
    "Each of these has its place in the map: the default is never taken.",
    [
      "const isNew = yield* insert(again.map((one) => ({ ...one, ...(next.get(one) ?? foremost) })))",
      "next.get(one) ?? foremost",
      "next.get(one)"
    ],
    [
      "if (isNew[index]) inserted.set(one, next.get(one) ?? foremost)",
      "next.get(one) ?? foremost",
      "next.get(one)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownIds.ts",
    "The pair that is looked for holds the id of a source's own, which is not empty; the condition lets the index be used.",
    [
      "FROM webhooks WHERE first_webhook IS NULL AND delivery_id <> ''",
      "delivery_id <> ''",
      "(delivery_id <> '' OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownIds.ts",
    "Only how much is read: of what is found, only the rows that are asked for are looked at.",
    [
      "AND (source, delivery_id) IN (VALUES ${pairs(sql, all, idOf)})`,",
      "(source, delivery_id) IN (VALUES ${pairs(sql, all, idOf)})",
      "((source, delivery_id) IN (VALUES ${pairs(sql, all, idOf)}) OR 1 = 1)"
    ],
    [
      "AND (first_webhook, body_hash) IN (VALUES ${pairs(sql, all, repeatOf)})`,",
      "(first_webhook, body_hash) IN (VALUES ${pairs(sql, all, repeatOf)})",
      "((first_webhook, body_hash) IN (VALUES ${pairs(sql, all, repeatOf)}) OR 1 = 1)"
    ],
    [
      "AND (source, delivery_id) IN (VALUES ${pairs(sql, asked, formerIdOf)})`",
      "(source, delivery_id) IN (VALUES ${pairs(sql, asked, formerIdOf)})",
      "((source, delivery_id) IN (VALUES ${pairs(sql, asked, formerIdOf)}) OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownIds.ts",
    "Occurrences tell webhooks without an id apart; nobody reads that of one with an id.",
    ["return { one, place: { firstWebhook: first.id, occurrence: 0 } }", "occurrence: 0 }", "occurrence: 1 }"]
  ),
  ...of(
    "packages/engine/src/store/accept/knownIds.ts",
    "The pair that is looked for holds the id of a first webhook, which is never null; the condition lets the index be used.",
    [
      "FROM webhooks WHERE first_webhook IS NOT NULL",
      "first_webhook IS NOT NULL",
      "(first_webhook IS NOT NULL OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownIds.ts",
    "A row without a hash is older than links to a first webhook, and has an id.",
    [
      "WHERE first_webhook IS NULL AND delivery_id <> '' AND body_hash = ''",
      "first_webhook IS NULL",
      "(first_webhook IS NULL OR 1 = 1)"
    ],
    [
      "WHERE first_webhook IS NULL AND delivery_id <> '' AND body_hash = ''",
      "delivery_id <> ''",
      "(delivery_id <> '' OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownIds.ts",
    "Only how much is looked for: the newest row without a hash is too old, and so is what would be found.",
    [
      'if (deliveryId === "" || receivedAt - formerWindow >= unhashedUntil) return []',
      'deliveryId === "" || receivedAt - formerWindow >= unhashedUntil',
      'deliveryId === ""'
    ],
    [
      'if (deliveryId === "" || receivedAt - formerWindow >= unhashedUntil) return []',
      "formerWindow >= unhashedUntil)",
      "formerWindow > unhashedUntil)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownContents.ts",
    "A webhook with an id has the occurrence 0, which is no more than the largest without.",
    [
      "WHERE delivery_id = '' AND source = asked.source AND body_hash = asked.body_hash) FROM asked)",
      "delivery_id = ''",
      "(delivery_id = '' OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownContents.ts",
    "Only how much is looked for: a row that is too old is no retry afterwards either.",
    [
      'deliveryId === "" && receivedAt - windowOf(webhook) < unhashedUntil',
      'deliveryId === "" && receivedAt - windowOf(webhook) < unhashedUntil',
      'deliveryId === ""'
    ],
    [
      'deliveryId === "" && receivedAt - windowOf(webhook) < unhashedUntil',
      "windowOf(webhook) < unhashedUntil",
      "windowOf(webhook) <= unhashedUntil"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownContents.ts",
    "Each of these has its id in the map: the default is never taken.",
    [
      'const idOf = (one: Incoming) => [one.webhook.source, ids.get(one) ?? ""] as const',
      'ids.get(one) ?? ""',
      "ids.get(one)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownContents.ts",
    "A row without a hash is older than links to a first webhook, and has an id.",
    [
      "WHERE first_webhook IS NULL AND delivery_id <> '' AND body_hash = ''",
      "first_webhook IS NULL",
      "(first_webhook IS NULL OR 1 = 1)"
    ],
    [
      "WHERE first_webhook IS NULL AND delivery_id <> '' AND body_hash = ''",
      "delivery_id <> ''",
      "(delivery_id <> '' OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/store/accept/knownContents.ts",
    "Only how much is read: of what is found, only the rows that are asked for are looked at.",
    [
      "AND (source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)})`",
      "(source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)})",
      "((source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)}) OR 1 = 1)"
    ]
  )
]
