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
    "Only how much of the list is copied at once: a wait begins at `first`, and a test bounds the length of the list.",
    ["if (passed <= ended.length / 2) return", "passed <= ended.length / 2", "false"],
    ["if (passed <= ended.length / 2) return", "(passed <= ended.length", "(passed < ended.length"],
    ["if (passed <= ended.length / 2) return", "/ 2)", "/ 3)"]
  ),
  ...of(
    "packages/core/src/internal/slidingWindows.ts",
    "Past the end of the list, NaN is at most the time as little as Infinity is.",
    [
      "while ((ended[window.first] ?? Infinity) + window.millis <= time) window.first++",
      "ended[window.first] ?? Infinity",
      "ended[window.first]"
    ]
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
    "packages/engine/src/internal/forget/entities.ts",
    "Only how much work is done: a text without an ampersand has no entity.",
    [
      'text.includes("&")',
      'text.includes("&") ? text.replaceAll(/&(?:#x([\\da-f]{1,6})|#(\\d{1,7})|([a-z]{2,6}));/gi, (entity, hex, decimal, name) =…',
      "text.replaceAll(/&(?:#x([\\da-f]{1,6})|#(\\d{1,7})|([a-z]{2,6}));/gi, (entity, hex, decimal, name) => { if (name !== unde…"
    ]
  ),
  ...of(
    "packages/engine/src/internal/forget/spellings.ts",
    "Only how much work is done: what has none of these characters is replaced by itself, and what was read is not read again.",
    [
      'const alsoHidden = plain === text ? "" : base64In(plain)',
      'plain === text ? "" : base64In(plain)',
      "base64In(plain)"
    ],
    ["if (current === before) return", "current === before", "false"],
    [
      'text.includes("\\\\")',
      'text.includes("\\\\") ? text.replaceAll(/\\\\(?:u([\\da-fA-F]{4})|x([\\da-fA-F]{2})|([^]))/g, (_, unit, byte, letter) => lett…',
      "text.replaceAll(/\\\\(?:u([\\da-fA-F]{4})|x([\\da-fA-F]{2})|([^]))/g, (_, unit, byte, letter) => letter === undefined ? Str…"
    ],
    [
      'text.includes("%")',
      'text.includes("%") ? withSpaces(text).replaceAll(/%u([\\da-f]{4})|(?:%[\\da-f]{2})+/gi, (bytes, unit) => unit === undefin…',
      "withSpaces(text).replaceAll(/%u([\\da-f]{4})|(?:%[\\da-f]{2})+/gi, (bytes, unit) => unit === undefined ? bytesOf(bytes.re…"
    ],
    [
      'text.includes("+") && text.includes("%40")',
      'text.includes("+") && text.includes("%40")',
      'text.includes("+")'
    ],
    [
      'text.includes("+") && text.includes("%40")',
      'text.includes("+") && text.includes("%40")',
      'text.includes("%40")'
    ],
    [
      'text.includes("+") && text.includes("%40")',
      'text.includes("+") && text.includes("%40") ? text.replaceAll(/[^\\s"<>&=?]+/g, (piece) => piece.includes("%40") ? piece.…',
      'text.replaceAll(/[^\\s"<>&=?]+/g, (piece) => piece.includes("%40") ? piece.replaceAll("+", " ") : piece )'
    ]
  ),
  ...of(
    "packages/engine/src/internal/forget/edges.ts",
    "A needle stands at this place, so that there is a character.",
    [
      'if (isAfterEscape(before, text[at] ?? "") || letterAtEnd.test(before)) return false',
      'text[at] ?? ""',
      "text[at]"
    ],
    [
      '!isAfterEscape(before.toLowerCase(), text[at]?.toLowerCase() ?? "") &&',
      'text[at]?.toLowerCase() ?? ""',
      "text[at]?.toLowerCase()"
    ]
  ),
  ...of(
    "packages/engine/src/internal/forget/edges.ts",
    "Each of the marks in the cases below is one of the run, so that the run is found where it is asked for.",
    [
      "const beside = run.exec(before)?.[1] ?? before",
      "run.exec(before)?.[1] ?? before",
      "run.exec(before)?.[1]"
    ]
  ),
  ...of("packages/engine/src/internal/forget/texts.ts", 'The pattern does not match "undefined".', [
    '/^\\s*(?:application\\/x-www-form-urlencoded|multipart\\/)/i.test(headers["content-type"] ?? "")',
    'headers["content-type"] ?? ""',
    'headers["content-type"]'
  ]),
  ...of(
    "packages/engine/src/internal/forget/mention.ts",
    "No two occurrences begin beside each other: all characters of the person's text would be equal.",
    [
      "for (let at = prepared.indexOf(needle); at !== -1; at = prepared.indexOf(needle, at + 1)) {",
      "+ 1))",
      "+ 2))"
    ]
  ),
  ...of(
    "packages/engine/src/internal/forget/mention.ts",
    "Only how much work is done: text of ASCII alone is composed, and all of it is seen.",
    ["if (!beyondAscii.test(text)) return text", "!beyondAscii.test(text)", "false"]
  ),
  ...of("packages/admin/src/internal/server/Tokens.ts", "No token has the id NULL.", [
    "const row = id === undefined ? undefined : yield* rowOf(id)",
    "id === undefined ? undefined : yield* rowOf(id)",
    "yield* rowOf(id)"
  ]),
  ...of(
    "packages/engine/src/internal/breaking.ts",
    "A circuit that opens is announced anew before it can be half open.",
    ["announced.delete(spot)", "announced.delete(spot)", "undefined"]
  ),
  ...of(
    "packages/engine/src/internal/breaking.ts",
    "The breaker takes a retryAfter that is undefined for none.",
    [
      "return CircuitBreaker.failure(retryAfter === undefined ? {} : { retryAfter })",
      "retryAfter === undefined ? {} : { retryAfter }",
      "{ retryAfter }"
    ]
  ),
  ...of("packages/engine/src/internal/calling.ts", "Nobody reads what the releases answer.", [
    "Effect.forEach(claims, (claim) => inbox.release(claim, { isCalled }), { discard: true }).pipe(",
    "discard: true }).pipe(",
    "discard: false }).pipe("
  ]),
  ...of(
    "packages/engine/src/internal/calling.ts",
    "No refusal is undefined.",
    [
      "if (tag === undefined || !refusals.has(tag)) yield* batches.answered(spot, now)",
      "tag === undefined || !refusals.has(tag)",
      "!refusals.has(tag)"
    ],
    [
      "splitting.answered(spot, call, { startedAt, isRefused: tag !== undefined && refusals.has(tag) })",
      "tag !== undefined && refusals.has(tag)",
      "refusals.has(tag)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/calling.ts",
    "Where nothing is beyond, it counts as heeded from the start.",
    [
      "if (beyond !== undefined && !isHeeded) yield* heed(terms, beyond, now)",
      "beyond !== undefined && !isHeeded",
      "!isHeeded"
    ]
  ),
  ...of("packages/engine/src/internal/calling.ts", "Duration.millis takes NaN for no time.", [
    "const passed = (yield* monotonic) - (call.spend?.since ?? begun)",
    "call.spend?.since ?? begun",
    "call.spend?.since"
  ]),
  ...of(
    "packages/engine/src/internal/calling.ts",
    "A result that is undefined is taken for Unlisted where it is settled.",
    [
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),',
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),',
      ""
    ],
    [
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")),',
      'answer ?? "Unlisted"',
      "answer"
    ]
  ),
  ...of("packages/engine/src/internal/calling.ts", "A call has at least one invitation.", [
    "if (first === undefined) return",
    "first === undefined",
    "false"
  ]),
  ...of("packages/engine/src/internal/calling.ts", "A participant has no field _tag.", [
    'typeof result === "object" && "_tag" in result ? result._tag : undefined',
    'typeof result === "object" && "_tag" in result',
    'typeof result === "object"'
  ]),
  ...of(
    "packages/engine/src/internal/inbox/purge.ts",
    "Whether a row exists does not depend on what is selected of it.",
    [
      "AND NOT EXISTS (SELECT 1 FROM invitations WHERE invitations.person = people.id)`",
      "(SELECT 1 FROM",
      "(SELECT 0 FROM"
    ],
    [
      "AND NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id)`",
      "(SELECT 1 FROM",
      "(SELECT 0 FROM"
    ],
    [
      "AND NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id) RETURNING id`",
      "(SELECT 1 FROM",
      "(SELECT 0 FROM"
    ],
    [
      "AND NOT EXISTS (SELECT 1 FROM attempt_invitations WHERE attempt_id = attempts.id)`",
      "(SELECT 1 FROM",
      "(SELECT 0 FROM"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/purge.ts",
    "Statements for an empty list change nothing.",
    ["if (found.length === 0) return 0", "found.length === 0", "false"],
    ["if (gone.length === 0) return 0", "gone.length === 0", "false"],
    ["if (bare.length === 0) return emptied.length", "bare.length === 0", "false"],
    ["if (deleted.length === 0) return", "deleted.length === 0", "false"],
    ["if (named.length === 0) return", "named.length === 0", "false"],
    ["if (calls.length === 0) return", "calls.length === 0", "false"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/purge.ts",
    "The deletion below asks for it again.",
    [
      "WHERE ${within(stretch)} AND received_at < ${before} AND status = 'purged'",
      "status = 'purged'",
      "(status = 'purged' OR 1 = 1)"
    ],
    [
      "AND NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id)`",
      "NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id)",
      "(NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id) OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/purge.ts",
    "Only how much work is done at once: the row at the boundary was looked at in the step before, and what is old goes in whatever step.",
    [
      "const within = ({ above, upTo }: Stretch) => sql`id > ${above} AND id <= ${upTo}`",
      "sql`id > ${above}",
      "sql`id >= ${above}"
    ],
    [
      "const within = ({ above, upTo }: Stretch) => sql`id > ${above} AND id <= ${upTo}`",
      "id <= ${upTo}",
      "(id <= ${upTo} OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/purge.ts",
    "A delivery that repeats an id has one, so that the one it repeats has it, too.",
    [
      "AND other.delivery_id = webhooks.delivery_id AND other.first_webhook IS NULL AND other.delivery_id <> '') WHERE ${orphaned}`",
      "other.delivery_id <> ''",
      "(other.delivery_id <> '' OR 1 = 1)"
    ]
  ),
  ...of("packages/engine/src/internal/forget/invitations.ts", "A set holds each id once.", [
    "const links = yield* sql<{ id: string }>`SELECT DISTINCT webhook_id AS id FROM webhook_invitations",
    "}>`SELECT DISTINCT webhook_id",
    "}>`SELECT webhook_id"
  ]),
  ...of(
    "packages/engine/src/internal/calling.ts",
    "What goes beyond the invitations follows from an error, which all of a call share.",
    ["beyond ??= decided.beyond", "beyond ??= decided.beyond", "beyond = decided.beyond"]
  ),
  ...of(
    "packages/engine/src/RetryPolicy.ts",
    "Every limit of about a century keeps the due time a valid date, and no test or relay lives that long.",
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
    "packages/engine/src/internal/inbox/spends.ts",
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
  ...of("packages/engine/src/internal/inbox/spends.ts", "Only its own number: no other question has it.", [
    "export const parts = { numbers: -1, oldest: -2, ready: -3 } as const",
    "-3 }",
    "-4 }"
  ]),
  ...of("packages/engine/src/internal/inbox/spends.ts", "Of this line only the time is read.", [
    "sql`SELECT ${number(parts.oldest)} AS part, 0 AS lane, ${nothing} AS count,",
    "part, 0 AS",
    "part, 1 AS"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/spends.ts",
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
  ...of("packages/engine/src/internal/inbox/spends.ts", "The answer has a line for each lane.", [
    "const number = (numbers.get(lane) ?? 0) + 1",
    "numbers.get(lane) ?? 0",
    "numbers.get(lane)"
  ]),
  ...of("packages/engine/src/internal/inbox/spends.ts", "`pay` asks for at least one call.", [
    "if (first !== undefined) yield* sql`INSERT INTO spends ${sql.insert([first, ...rest])}`",
    "first !== undefined",
    "true"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/spends.ts",
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
    "packages/engine/src/internal/inbox/spends.ts",
    "The rows that are chosen are checked by the same condition, and the oldest are chosen first.",
    [
      '(SELECT spot, lane, number FROM spends WHERE spot = ${spot} AND ends_at <= ${before} ORDER BY ends_at LIMIT 200 ${skipLocked(sql, "spends")})`',
      "ends_at <= ${before}",
      "(ends_at <= ${before} OR 1 = 1)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/spends.ts",
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
    "packages/engine/src/internal/inbox/claim.ts",
    "It finds the row that is there: it only costs statements.",
    ["if (state === undefined) {", "state === undefined", "true"]
  ),
  ...of("packages/engine/src/internal/inbox/claim.ts", "Rows of Spots are never deleted.", [
    'if (state === undefined) return yield* Effect.die("a row that was just inserted is there")',
    "state === undefined",
    "false"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/claim.ts",
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
    "packages/engine/src/internal/inbox/claim.ts",
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
    "packages/engine/src/internal/inbox/claim.ts",
    "It is only compared with the size of a whole step.",
    ["const expired = first.expiring > now ? 0 : yield* expire(spot, now)", "? 0 :", "? 1 :"],
    ["const woken = first.waiting > now ? 0 : yield* wake(spot, now)", "? 0 :", "? 1 :"]
  ),
  ...of("packages/engine/src/internal/inbox/claim.ts", "A pause sets the time of its first probe itself.", [
    "if (paused_at !== null && calls.length > 0) {",
    "paused_at !== null && calls.length > 0",
    "calls.length > 0"
  ]),
  ...of("packages/engine/src/internal/inbox/claim.ts", "No time is after undefined.", [
    "now !== undefined &&",
    "now !== undefined && Math.min(first.waiting, first.expiring) > now",
    "Math.min(first.waiting, first.expiring) > now"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/claim.ts",
    "What hinders a claim is no reason not to map: the webhooks are mapped without it.",
    ["},", ', Effect.catchTag("Deposed", () => Effect.undefined)', ""]
  ),
  ...of("packages/engine/src/internal/inbox/claim.ts", "Null counts as 0.", [
    "Number(probing_until ?? 0),",
    "probing_until ?? 0",
    "probing_until"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/waking.ts",
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
    "packages/engine/src/internal/inbox/waking.ts",
    "Only the time is read, which is the same for all that are due at once.",
    [
      "(SELECT due_at FROM invitations WHERE spot = ${spot} AND ready = 0 ORDER BY due_at, id LIMIT 1) AS waiting,",
      "due_at, id LIMIT",
      "due_at, id DESC LIMIT"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/waking.ts",
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
    "packages/engine/src/internal/inbox/waking.ts",
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
    "packages/engine/src/internal/inbox/waking.ts",
    "Only in which order they are swept: a claim goes on until all that have expired are.",
    [
      "ORDER BY expires_at ${limited(sql, stretch)} ${skip})",
      "BY expires_at ${limited(sql,",
      "BY expires_at DESC ${limited(sql,"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/allotting.ts",
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
    "packages/engine/src/internal/inbox/allotting.ts",
    "Whether more than one is due is all that is asked.",
    ["const mostReady = 2", "= 2", "= 3"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/allotting.ts",
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
  ...of("packages/engine/src/internal/inbox/allotting.ts", "Null is after no time.", [
    "if (turn.parkedUntil !== null && turn.parkedUntil > terms.now) {",
    "turn.parkedUntil !== null && turn.parkedUntil > terms.now",
    "turn.parkedUntil > terms.now"
  ]),
  ...of("packages/engine/src/internal/inbox/allotting.ts", "A Live that is not parked has no row.", [
    "if (turn.parkedUntil !== null) yield* tryOut(terms, turn)",
    "turn.parkedUntil !== null",
    "true"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/allotting.ts",
    "It looks once more, and finds nothing: it only costs a statement.",
    ["isLeft = due > 1", "isLeft = due > 1", "undefined"],
    ["isLeft = due > 1", "due > 1", "due >= 1"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/allotting.ts",
    "Calls that count no more are forgotten by any claim, and not only by one that makes calls.",
    [
      "if (budget === undefined || lanes.length === 0) return []",
      "budget === undefined || lanes.length === 0",
      "budget === undefined"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/allotting.ts",
    "There is nothing to forget: it only costs a statement.",
    ["if (oldest <= before) yield* forget(spot, before)", "oldest <= before", "true"]
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
    "packages/engine/src/internal/inbox/allotting.ts",
    "Where nothing is left, the next look finds nothing: it only costs a statement.",
    [
      "while (isLeft && calls.length < most && people < enough && putAways < mostPutAway) {",
      "isLeft && calls.length < most",
      "calls.length < most"
    ]
  ),
  ...of("packages/engine/src/internal/inbox/turns.ts", "All are of one lane.", [
    "ORDER BY lane, expires_at, due_at, id LIMIT 1`",
    "BY lane,",
    "BY lane DESC,"
  ]),
  ...of(
    "packages/engine/src/internal/inbox/turns.ts",
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
    "packages/engine/src/internal/inbox/turns.ts",
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
    "packages/engine/src/internal/inbox/turns.ts",
    "The lane was just seen to hold something, in the same transaction that has locked the Spot.",
    ["if (row === undefined) return", "row === undefined", "false"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/turns.ts",
    "Nothing is of no source, so that the next look finds nothing.",
    ["const source = next?.source ?? undefined", "next?.source ?? undefined", "next?.source"],
    ["if (source === undefined) return", "source === undefined", "false"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/turns.ts",
    "A source that was just found has a batch, in the same transaction that has locked the Spot.",
    [
      "return row === undefined ? undefined : ofSource(row, source)",
      "row === undefined ? undefined : ofSource(row, source)",
      "ofSource(row, source)"
    ]
  ),
  ...of(
    "packages/engine/src/internal/inbox/turns.ts",
    "One alone has the turn either way: it only costs statements.",
    ["if (isLone) {", "(isLone)", "(false)"]
  ),
  ...of(
    "packages/engine/src/internal/inbox/choosing.ts",
    "No two ids are equal, and only the sign is read.",
    [
      ".toSorted((a, b) => Number(a.due_at) - Number(b.due_at) || (a.id < b.id ? -1 : 1))",
      "(a.id < b.id",
      "(a.id <= b.id"
    ],
    [".toSorted((a, b) => Number(a.due_at) - Number(b.due_at) || (a.id < b.id ? -1 : 1))", "-1 :", "-2 :"],
    [".toSorted((a, b) => Number(a.due_at) - Number(b.due_at) || (a.id < b.id ? -1 : 1))", ": 1))", ": 2))"]
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
