/** Mutants that no test can tell from the code. */

export interface Equivalent {
  readonly file: string
  /** The first line of what is replaced, trimmed. */
  readonly at: string
  readonly from: string
  readonly to: string
  /** Why nothing that anyone can observe changes. */
  readonly reason: string
}

/** Of one file: `at`, `from` and `to` of each, as `--list` prints them. */
const of = (
  file: string,
  reason: string,
  ...mutants: ReadonlyArray<readonly [at: string, from: string, to: string]>
): ReadonlyArray<Equivalent> => mutants.map(([at, from, to]) => ({ file, at, from, to, reason }))

export const equivalents: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/signatures/src/DeliveryId.ts",
    "A spec without a field has no value anywhere, so it has no id either.",
    ['if ("body" in spec) return undefined', '"body" in spec', "false"]
  ),
  ...of("packages/signatures/src/internal/check.ts", 'The pattern does not match "undefined".', [
    'unit === "seconds" && text !== undefined && /^\\d{13}$/.test(text)',
    'unit === "seconds" && text !== undefined',
    'unit === "seconds"'
  ]),
  ...of("packages/signatures/src/internal/check.ts", "Weights are only compared: 3 is more than 1 as 2 is.", [
    'reason === "TooOld" || reason === "FromFuture" ? 2 : reason === "NoSecretMatches" ? 1 : 0',
    "? 2 :",
    "? 3 :"
  ]),
  ...of(
    "packages/core/src/internal/slidingWindows.ts",
    "When ended calls that count no more are dropped, and whether few or many at a time, changes no wait: `first` is past them.",
    ["if (passed <= ended.length / 2) return", "passed <= ended.length / 2", "false"],
    ["if (passed <= ended.length / 2) return", "(passed <= ended.length", "(passed < ended.length"],
    ["if (passed <= ended.length / 2) return", "ended.length / 2)", "ended.length * 2)"],
    ["if (passed <= ended.length / 2) return", "/ 2)", "/ 3)"],
    ["if (passed <= ended.length / 2) return", "/ 2)", "/ 1)"]
  ),
  ...of(
    "packages/core/src/internal/slidingWindows.ts",
    "It wakes up less than 1 ms early, finds that it has to wait, and waits again.",
    [
      "if (wait > 0) return Effect.andThen(restore(Effect.sleep(Math.ceil(wait))), take)",
      "Effect.andThen(restore(Effect.sleep(Math.ceil(wait))),",
      "Effect.andThen(restore(Effect.sleep(Math.floor(wait))),"
    ]
  ),
  ...of(
    "packages/engine/src/Budget.ts",
    "No share is negative and all together are at most 1, so that none is above 1.",
    [
      "const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))",
      "maximum: 1 }))",
      "maximum: 2 }))"
    ]
  ),
  ...of(
    "packages/engine/src/RetryPolicy.ts",
    "Any limit of about a century keeps the due time a date, and nobody waits for it.",
    ["const longestBackoff = Duration.days(36_500)", "Duration.days(36_500)", "Duration.days(36501)"]
  ),
  ...of(
    "packages/engine/src/RetryPolicy.ts",
    "From the seventh refusal on the longest cooldown is shorter than either.",
    [
      "const own = Duration.min(Duration.times(firstCooldown, 2 ** Math.min(refusals - 1, 20)), longestCooldown)",
      "1, 20)),",
      "1, 21)),"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/choosing.ts",
    "No invitation is leased for an empty list of ids: it only costs a statement.",
    ["if (chosen.length === 0) return []", "chosen.length === 0", "false"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/choosing.ts",
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
    "packages/engine/src/internal/inbox/choosing.ts",
    "A batch of one is never more than one, so that it goes as a single call: it only costs a statement.",
    [
      "const together = members > 1 ? yield* batch(terms, turn, members) : []",
      "members > 1 ? yield* batch(terms, turn, members) : []",
      "yield* batch(terms, turn, members)"
    ],
    ["const together = members > 1 ? yield* batch(terms, turn, members) : []", "members > 1", "members >= 1"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/choosing.ts",
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
    "packages/engine/src/internal/inbox/accept.ts",
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
    "packages/engine/src/internal/inbox/accept.ts",
    "A duplicate is answered before it is asked whether it is missing, and is not counted as stored either way.",
    [
      "const missing = new Set(refused.filter((one) => !duplicates.has(one) && !inserted.has(one)))",
      "!duplicates.has(one) && !inserted.has(one)",
      "!inserted.has(one)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/accept.ts",
    "Nobody reads the list of what the statements have returned.",
    ["{ discard: true }", "discard: true }", "discard: false }"],
    ["{ discard: true }", "discard: true }", "discard: false }"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/accept.ts",
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
    "packages/engine/src/internal/inbox/accept.ts",
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
    "packages/engine/src/internal/inbox/conflicts.ts",
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
    "packages/engine/src/internal/inbox/conflicts.ts",
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
    "packages/engine/src/internal/inbox/conflicts.ts",
    "Each of these has its place in the map: the default is never taken.",
    [
      "const { firstWebhook, occurrence } = next.get(one) ?? foremost",
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
    "packages/engine/src/internal/inbox/knownIds.ts",
    "The pair that is looked for holds the id of a source's own, which is not empty; the condition lets the index be used.",
    [
      "FROM webhooks WHERE first_webhook IS NULL AND delivery_id <> ''",
      "delivery_id <> ''",
      "(delivery_id <> '' OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/knownIds.ts",
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
    "packages/engine/src/internal/inbox/knownIds.ts",
    "Occurrences tell webhooks without an id apart; nobody reads that of one with an id.",
    ["return { one, place: { firstWebhook: first.id, occurrence: 0 } }", "occurrence: 0 }", "occurrence: 1 }"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/knownIds.ts",
    "The pair that is looked for holds the id of a first webhook, which is never null; the condition lets the index be used.",
    [
      "FROM webhooks WHERE first_webhook IS NOT NULL",
      "first_webhook IS NOT NULL",
      "(first_webhook IS NOT NULL OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/knownIds.ts",
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
    "packages/engine/src/internal/inbox/knownContents.ts",
    "A webhook with an id has the occurrence 0, which is no more than the largest without.",
    [
      "WHERE delivery_id = '' AND source = asked.source AND body_hash = asked.body_hash) FROM asked)",
      "delivery_id = ''",
      "(delivery_id = '' OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/knownContents.ts",
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
    "packages/engine/src/internal/inbox/knownContents.ts",
    "Each of these has its id in the map: the default is never taken.",
    [
      'const idOf = (one: Incoming) => [one.webhook.source, ids.get(one) ?? ""] as const',
      'ids.get(one) ?? ""',
      "ids.get(one)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/knownContents.ts",
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
    "packages/engine/src/internal/inbox/knownContents.ts",
    "Only how much is read: of what is found, only the rows that are asked for are looked at.",
    [
      "AND (source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)})`",
      "(source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)})",
      "((source, delivery_id) IN (VALUES ${pairs(sql, possible, idOf)}) OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Only how much work is done: without wishes there is nothing to fulfil, and who is new has nothing to be looked up.",
    [
      "const made = wishes.length === 0 ? [] : yield* fulfil(wishes, isNew, now)",
      "wishes.length === 0 ? [] : yield* fulfil(wishes, isNew, now)",
      "yield* fulfil(wishes, isNew, now)"
    ],
    [
      "for (const chunk of chunks(ids.filter((id) => !isNew.has(id)))) {",
      ".filter((id) => !isNew.has(id))",
      ""
    ],
    [
      "for (const chunk of chunks(sorted.filter(({ person }) => !isNew.has(person)))) {",
      ".filter(({ person }) => !isNew.has(person))",
      ""
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Each of these is in the map: the default is never taken.",
    [
      "const inserted = yield* insertPeople(ids.map((id) => [id, members.get(id) ?? null]))",
      "members.get(id) ?? null",
      "members.get(id)"
    ],
    ["if (wish === undefined) return Effect.void", "wish === undefined", "false"],
    [
      "if (wish === undefined || isRepeat(wish.webhook)) return undefined",
      "wish === undefined || isRepeat(wish.webhook)",
      "isRepeat(wish.webhook)"
    ]
  ),
  ...of("packages/engine/src/internal/inbox/map.ts", "Number(null) is 0, and no webhook came before 1970.", [
    "if (forgotten_at !== null) since.set(id, Number(forgotten_at))",
    "forgotten_at !== null",
    "true"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Exactly who was forgotten and has not signed up again has a time of forgetting, and no address.",
    [
      "at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))",
      "at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))",
      "(millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))"
    ],
    [
      "at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))",
      "isRepeat(webhook) && without.has(person)",
      "isRepeat(webhook)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      '}>`SELECT id, forgotten_at, member FROM people WHERE ${sql.in("id", chunk)} ORDER BY id ${toChange}`',
      "BY id ${toChange}`",
      "BY id DESC ${toChange}`"
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      ".toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      ""
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      "a.key < b.key ? -1 : 1",
      "-1"
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      "a.key < b.key ? -1 : 1",
      "1"
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      "(a.key < b.key",
      "(a.key <= b.key"
    ],
    ["const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))", "-1 :", "-2 :"],
    ["const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))", ": 1))", ": 2))"],
    [
      '...(yield* sql<Existing>`SELECT ${columns} FROM invitations WHERE ${sql.in("id", chunk)} ORDER BY id ${toChange}`)',
      "BY id ${toChange}`)",
      "BY id DESC ${toChange}`)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Only how much work is done: an insert of what is there does nothing, and what has no id yet is looked up.",
    [
      "for (const row of asked) ids.set(keyOfRow(row), row.id)",
      "ids.set(keyOfRow(row), row.id)",
      "undefined"
    ],
    [
      "for (const chunk of chunks(sorted.filter(({ key }) => !ids.has(key)))) yield* insert(chunk, ids, now)",
      ".filter(({ key }) => !ids.has(key))",
      ""
    ],
    [
      "for (const one of inserted) ids.set(keyOf(one.spot, one.live_id, one.person), one.id)",
      "ids.set(keyOf(one.spot, one.live_id, one.person), one.id)",
      "undefined"
    ],
    [
      "const others = [head, ...tail].filter(({ key }) => !ids.has(key))",
      ".filter(({ key }) => !ids.has(key))",
      ""
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Only how much is read: of what is found, only the rows that are asked for change.",
    [
      "WHERE (spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((wish) => sql`(${wish.terms.spot}, ${wish.invitation.liveId}, ${wish.person})`))})`",
      "(spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((wish) => sql`(${wish.terms.spot}, ${wish.invitation.liveId}, ${…",
      "((spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((wish) => sql`(${wish.terms.spot}, ${wish.invitation.liveId}, $…"
    ]
  ),
  ...of("packages/engine/src/internal/inbox/map.ts", "Nobody reads what the call returns.", [
    "Effect.tap(([written]) => events.tell(() => eventsOf(written))),",
    ", Effect.as(batch.map(() => undefined))",
    ""
  ]),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "The deadline that is written is the one that is there.",
    [
      'return row.settled_at === null && end > Number(row.expires_at) ? "later" : undefined',
      "end > Number(row.expires_at)",
      "end >= Number(row.expires_at)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/endWebhooks.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      "WHERE id IN (SELECT id FROM ended) AND status = 'received' ORDER BY id ${toChange})",
      "BY id ${toChange})",
      "BY id DESC ${toChange})"
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      ".toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      ""
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      "a.webhook.id < b.webhook.id ? -1 : 1",
      "-1"
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      "a.webhook.id < b.webhook.id ? -1 : 1",
      "1"
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      "(a.webhook.id < b.webhook.id",
      "(a.webhook.id <= b.webhook.id"
    ],
    ["return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))", "-1 :", "-2 :"],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      ": 1))",
      ": 2))"
    ],
    [
      "}>`SELECT id FROM webhooks WHERE ${sql.in(\"id\", ids)} AND status = 'received' ORDER BY id ${toChange}`",
      "BY id ${toChange}`",
      "BY id DESC ${toChange}`"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/endWebhooks.ts",
    "Only how much work is done: no row has an id in an empty list.",
    [
      "ids.length === 0",
      'ids.length === 0 ? Effect.succeed([]) : sql<{ id: string }>`SELECT id FROM webhooks WHERE ${sql.in("id", ids)} AND stat…',
      "sql<{ id: string }>`SELECT id FROM webhooks WHERE ${sql.in(\"id\", ids)} AND status = 'received' ORDER BY id ${toChange}`"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/endWebhooks.ts",
    "Nobody reads the list of what the statements have returned.",
    ["{ discard: true }", "discard: true }", "discard: false }"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/settle.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      "locked AS MATERIALIZED (SELECT id FROM invitations WHERE id IN (SELECT id FROM ended) ORDER BY id ${toChange})",
      "BY id ${toChange})",
      "BY id DESC ${toChange})"
    ],
    [")", ".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", ""],
    [".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", "String(a) < String(b) ? -1 : 1", "-1"],
    [".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", "String(a) < String(b) ? -1 : 1", "1"],
    [
      ".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))",
      "(String(a) < String(b)",
      "(String(a) <= String(b)"
    ],
    [".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", "-1 :", "-2 :"],
    [".toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))", ": 1))", ": 2))"]
  ),
  ...of("packages/engine/src/internal/inbox/settle.ts", "What does not wait has no `burnt`.", [
    "waits && next.burnt ? 1 : 0,",
    "waits && next.burnt",
    "next.burnt"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/settle.ts",
    "Both are stored as NULL.",
    ["errorOf(result)?._tag ?? null,", "errorOf(result)?._tag ?? null", "errorOf(result)?._tag"],
    [
      "outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null) ?? null,",
      "outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null) ?? null",
      "outcomes.map(({ result }) => answerOf(result)).find((answer) => answer !== null)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/settle.ts",
    "The time of each Spot was asked for just before: the default is never taken.",
    [
      "outcomes.map((outcome) => rowOf(outcome, traceId, now, times.get(outcome.claim.spot) ?? now))",
      "times.get(outcome.claim.spot) ?? now",
      "times.get(outcome.claim.spot)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/settle.ts",
    "No row is new or old at a place that is not there: undefined, -1 and -2 alike.",
    [
      "settled: settled.map((all, at) => (isNew[places.get(at) ?? -1] === false ? all.map(() => true) : all)),",
      "places.get(at) ?? -1",
      "places.get(at)"
    ],
    [
      "settled: settled.map((all, at) => (isNew[places.get(at) ?? -1] === false ? all.map(() => true) : all)),",
      "-1]",
      "-2]"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/settle.ts",
    "Only how often it is tried: a call that could not be written alone is tried once more, and fails as before.",
    [
      "settlements.length === 1 ? Effect.succeed([Result.fail(error)]) : Effect.forEach(settlements, alone)",
      "settlements.length === 1 ? Effect.succeed([Result.fail(error)]) : Effect.forEach(settlements, alone)",
      "Effect.forEach(settlements, alone)"
    ]
  ),
  ...of("packages/engine/src/internal/inbox/settle.ts", "An error without an answer has undefined there.", [
    'return error !== null && "answer" in error && error.answer !== undefined ? text(error.answer) : null',
    'error !== null && "answer" in error',
    "error !== null"
  ]),
  ...of(
    "packages/signatures/src/internal/formerIds.ts",
    "Only how much work is done: the body is parsed again for each field.",
    ["json ??= { value: parse(textOf(sent.body)) }", "json ??= {", "json = {"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/map.ts",
    "Only how much work is done: without anything to claim the claim dies, and the webhook is mapped without one.",
    [
      "const claimed = entered === undefined ? undefined : yield* within.claim(entered)",
      "entered === undefined ? undefined : yield* within.claim(entered)",
      "yield* within.claim(entered)"
    ],
    [
      "options === undefined",
      "options === undefined ? plainly(batch) : Effect.catchCauseIf( claiming(batch, options), (cause) => !Cause.hasInterrupts…",
      "Effect.catchCauseIf( claiming(batch, options), (cause) => !Cause.hasInterrupts(cause), () => plainly(batch) )"
    ]
  )
]
