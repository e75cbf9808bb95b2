import { type Equivalent, of } from "./Equivalent.ts"

export const claim: ReadonlyArray<Equivalent> = [
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
