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
  )
]
