/** Faults in the SQL of a template or a string. */
import type { Edit } from "./Mutant.ts"

/** Whether a text without the tag `sql` is part of a statement. */
export const isSql = (text: string): boolean =>
  /^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|AND|ON CONFLICT)\s/.test(text)

/** Finds the faults between two places of a source. Embedded expressions count as one word and are not changed. */
export const sqlFaults = (
  source: string,
  from: number,
  to: number,
  embedded: ReadonlyArray<Part>
): ReadonlyArray<Edit> => {
  const sql = masked(source, from, to, embedded)
  const edit = ({ start, end }: Part, change: (text: string) => string): Edit => ({
    start: from + start,
    end: from + end,
    text: change(source.slice(from + start, from + end))
  })
  const swapped = swaps.flatMap(([pattern, change]) =>
    [...sql.matchAll(pattern)].map(({ index, 0: { length } }) =>
      edit({ start: index, end: index + length }, change)
    )
  )
  return [
    ...swapped,
    ...predicates(sql).map((part) => edit(part, (text) => `(${text} OR 1 = 1)`)),
    ...assignments(sql).map((part) => edit(part, (text) => text.replace(/^(\w+)[^]*/, "$1 = $1"))),
    ...orderings(sql).map((part) =>
      edit(part, (key) => (key.endsWith(" DESC") ? key.slice(0, -5) : `${key} DESC`))
    )
  ]
}

const swaps: ReadonlyArray<readonly [RegExp, (found: string) => string]> = [
  [
    /(?<= )(<=|<|>=|>)(?=\s)/g,
    (operator) => (operator.endsWith("=") ? operator.slice(0, -1) : `${operator}=`)
  ],
  [/(?<= )\+(?= )/g, () => "-"],
  [/(?<= )-(?= )/g, () => "+"],
  [/\bIS NULL\b/g, () => "IS NOT NULL"],
  [/\bIS NOT NULL\b/g, () => "IS NULL"],
  [/\bNOT (?=EXISTS|IN)\b/g, () => ""],
  [/(?<!NOT )\bEXISTS\b/g, () => "NOT EXISTS"],
  [/(?<!NOT )\bIN \((?=SELECT)/g, () => "NOT IN ("],
  [/\bOR\b/g, () => "AND"],
  [/\bmin\(/g, () => "max("],
  [/\bmax\(/g, () => "min("],
  [/\bDISTINCT /g, () => ""],
  [/(?<![\w?$.'])\d+(?![\w.'])/g, (digits) => (digits === "1" ? "0" : String(Number(digits) + 1))]
]

interface Part {
  readonly start: number
  readonly end: number
}

/** The text at its length, with a word in place of each expression and each string, so that patterns see only SQL. */
const masked = (source: string, from: number, to: number, embedded: ReadonlyArray<Part>) => {
  let sql = source.slice(from, to)
  for (const { start, end } of embedded) {
    const [first, last] = [source.lastIndexOf("${", start), source.indexOf("}", end) + 1]
    sql = sql.slice(0, first - from) + "x".repeat(last - first) + sql.slice(last - from)
  }
  return sql.replaceAll(/'[^']*'/g, (text) => `'${"x".repeat(text.length - 2)}'`)
}

const ends =
  /^(AND|OR|WHERE|FROM|ORDER BY|GROUP BY|HAVING|LIMIT|RETURNING|UNION|EXCEPT|FOR|ON|THEN|WHEN|ELSE|END|SET|DO|JOIN|LEFT JOIN)\b/

/** The part that starts here and ends, outside of parentheses, before a word of `ends` or before `isEnd`. */
const partAt = (sql: string, from: number, isEnd: (character: string) => boolean = () => false): Part => {
  const start = from + (/^\s*/.exec(sql.slice(from))?.[0].length ?? 0)
  let depth = 0
  let isBetween = false
  let at = start
  for (; at < sql.length; at++) {
    const character = sql[at] ?? ""
    if (character === "(") depth++
    if (character === ")") depth--
    if (depth < 0) break
    if (depth > 0) continue
    if (isEnd(character)) break
    if (!/\s/.test(sql[at - 1] ?? " ") || at === start) continue
    const rest = sql.slice(at)
    if (rest.startsWith("BETWEEN ")) isBetween = true
    if (isBetween && rest.startsWith("AND ")) isBetween = false
    else if (ends.test(rest)) break
  }
  return { start, end: start + sql.slice(start, at).trimEnd().length }
}

/** The conditions of `WHERE`, `ON`, `WHEN` and `AND`. */
const predicates = (sql: string): ReadonlyArray<Part> =>
  [...sql.matchAll(/\b(WHERE|AND|ON|HAVING)\b(?! CONFLICT)/g)]
    .filter(({ index }) => !/\bBETWEEN \S+ $/.test(sql.slice(0, index)))
    .map((match) => partAt(sql, match.index + match[0].length))
    .filter(({ start, end }) => end > start && !/^(\(?SELECT|x+$)/.test(sql.slice(start, end)))

const listAt = (sql: string, from: number): ReadonlyArray<Part> => {
  const parts: Array<Part> = []
  let at = from
  while (at < sql.length) {
    const part = partAt(sql, at, (character) => character === ",")
    parts.push(part)
    if (sql[part.end] !== ",") break
    at = part.end + 1
  }
  return parts.filter(({ start, end }) => end > start)
}

/** The assignments of an `UPDATE`. */
const assignments = (sql: string): ReadonlyArray<Part> =>
  [...sql.matchAll(/\bSET\b/g)]
    .flatMap((match) => listAt(sql, match.index + match[0].length))
    .filter(({ start, end }) => /^[a-z_]+ = /.test(sql.slice(start, end)))

/** The keys of each `ORDER BY`. */
const orderings = (sql: string): ReadonlyArray<Part> =>
  [...sql.matchAll(/\bORDER BY\b/g)]
    .flatMap((match) => listAt(sql, match.index + match[0].length))
    .map(({ start, end }) => {
      // An expression after the last key is a limit or a lock.
      const key = /^\S+( DESC| ASC)?/.exec(sql.slice(start, end))?.[0] ?? ""
      return { start, end: start + key.length }
    })
    .filter(({ start, end }) => end > start && !/^x+$/.test(sql.slice(start, end)))
