import { type Equivalent, of } from "./Equivalent.ts"

export const forget: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/store/forget/entities.ts",
    "Only how much work is done: a text without an ampersand has no entity.",
    [
      'text.includes("&")',
      'text.includes("&") ? text.replaceAll(/&(?:#x([\\da-f]{1,6})|#(\\d{1,7})|([a-z]{2,6}));/gi, (entity, hex, decimal, name) =…',
      "text.replaceAll(/&(?:#x([\\da-f]{1,6})|#(\\d{1,7})|([a-z]{2,6}));/gi, (entity, hex, decimal, name) => { if (name !== unde…"
    ]
  ),
  ...of(
    "packages/engine/src/store/forget/spellings.ts",
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
    "packages/engine/src/store/forget/edges.ts",
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
    "packages/engine/src/store/forget/edges.ts",
    "Each of the marks in the cases below is one of the run, so that the run is found where it is asked for.",
    [
      "const beside = run.exec(before)?.[1] ?? before",
      "run.exec(before)?.[1] ?? before",
      "run.exec(before)?.[1]"
    ]
  ),
  ...of("packages/engine/src/store/forget/texts.ts", 'The pattern does not match "undefined".', [
    '/^\\s*(?:application\\/x-www-form-urlencoded|multipart\\/)/i.test(headers["content-type"] ?? "")',
    'headers["content-type"] ?? ""',
    'headers["content-type"]'
  ]),
  ...of(
    "packages/engine/src/store/forget/mention.ts",
    "No two occurrences begin beside each other: all characters of the person's text would be equal.",
    [
      "for (let at = prepared.indexOf(needle); at !== -1; at = prepared.indexOf(needle, at + 1)) {",
      "+ 1))",
      "+ 2))"
    ]
  ),
  ...of(
    "packages/engine/src/store/forget/mention.ts",
    "Only how much work is done: text of ASCII alone is composed, and all of it is seen.",
    ["if (!beyondAscii.test(text)) return text", "!beyondAscii.test(text)", "false"]
  ),
  ...of("packages/engine/src/store/forget/subject.ts", "A text is read only where it names somebody.", [
    "only !== undefined && others.length === 0",
    "only !== undefined && others.length === 0",
    "others.length === 0"
  ]),
  ...of(
    "packages/engine/src/store/purge.ts",
    "Whether a row exists does not depend on what is selected of it.",
    [
      "AND NOT EXISTS (SELECT 1 FROM invitations WHERE invitations.person = people.id)`",
      "(SELECT 1 FROM",
      "(SELECT 0 FROM"
    ],
    [
      "AND NOT EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id) ORDER BY id ${toDelete})",
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
    "packages/engine/src/store/purge.ts",
    "Statements for an empty list change nothing.",
    ["if (found.length === 0) return 0", "found.length === 0", "false"],
    ["if (gone.length === 0) return 0", "gone.length === 0", "false"],
    ["if (deleted.length === 0) return", "deleted.length === 0", "false"],
    ["if (named.length === 0) return", "named.length === 0", "false"],
    ["if (calls.length === 0) return", "calls.length === 0", "false"]
  ),
  ...of(
    "packages/engine/src/store/purge.ts",
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
    "packages/engine/src/store/purge.ts",
    "A delivery that repeats an id has one, so that the one it repeats has it, too.",
    [
      "AND other.delivery_id = webhooks.delivery_id AND other.first_webhook IS NULL AND other.delivery_id <> '') WHERE ${orphaned}`",
      "other.delivery_id <> ''",
      "(other.delivery_id <> '' OR 1 = 1)"
    ]
  ),
  ...of("packages/engine/src/store/forget/invitations.ts", "A set holds each id once.", [
    "const links = yield* sql<{ id: string }>`SELECT DISTINCT webhook_id AS id FROM webhook_invitations",
    "}>`SELECT DISTINCT webhook_id",
    "}>`SELECT webhook_id"
  ])
]
