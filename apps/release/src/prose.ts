/** Finds banned phrases in documents, comments and messages. */

interface Banned {
  readonly phrase: RegExp
  readonly instead: string
}

/** Phrases that no code contains: banned in documents, comments and messages. */
const phrases: ReadonlyArray<Banned> = [
  { phrase: /\bunless told\b/i, instead: "Default: …" },
  {
    phrase: /\b(?:invitation|webhook|source|Spot|Live|token|entry|session) is so\b/i,
    instead: "No matching …"
  },
  { phrase: /\blet(?:s|ting)? go of\b/i, instead: "delete, deleted" },
  { phrase: /\bstands? so\b/i, instead: "filter by status" },
  { phrase: /\bit bears\b/i, instead: "supports, accepts" },
  { phrase: /\bhad better\b/i, instead: "should" },
  { phrase: /\bLast came\b/, instead: "Last received" },
  { phrase: /(?:^|[.;:] )What failed\b/, instead: "name what failed: the delivery, the call" },
  { phrase: /\bso it is with\b/i, instead: "the same applies to" },
  { phrase: /\bbehind all that comes\b/i, instead: "with lower priority than new webhooks" },
  { phrase: /\bof its own accord\b/i, instead: "by itself" },
  { phrase: /\bburns? (?:an|no) attempt\b/i, instead: "counts as an attempt" },
  { phrase: /\bis there already\b/i, instead: "already exists" },
  { phrase: /\bis heeded\b/i, instead: "applies" },
  { phrase: /\bshould it come to that\b/i, instead: "if" },
  { phrase: /\bas it stands\b/i, instead: "unchanged" }
]

/** Words that names in the code contain: banned in documents only. */
const words: ReadonlyArray<Banned> = [
  { phrase: /\bwhoever\b/i, instead: "name the person or program" },
  { phrase: /\bwhomever\b/i, instead: "name the person or program" },
  { phrase: /\bburnt\b/i, instead: "counted" },
  { phrase: /\bmended?\b/i, instead: "fix" },
  { phrase: /\banyhow\b/i, instead: "anyway" },
  { phrase: /\bhearken|thereof|whereof|thereby|hitherto|henceforth\b/i, instead: "a current word" }
]

const isDocument = (path: string) => path.endsWith(".md")

/** Blanks out code blocks and inline code, and keeps line breaks for the line numbers. */
const proseOf = (markdown: string) =>
  markdown
    .replaceAll(/^[ \t]*```.*?^[ \t]*```/gms, (block) => block.replaceAll(/[^\n]/g, " "))
    .replaceAll(/`[^`\n]*`/g, (code) => " ".repeat(code.length))

/** Returns a line for each banned phrase in a file, with its place and the replacement. */
export const faultsIn = (path: string, text: string): ReadonlyArray<string> => {
  const banned = isDocument(path) ? [...phrases, ...words] : phrases
  const lines = (isDocument(path) ? proseOf(text) : text).split("\n")
  return lines.flatMap((line, index) =>
    banned.flatMap(({ phrase, instead }) => {
      const found = phrase.exec(line)?.[0].trim()
      return found === undefined ? [] : [`${path}:${index + 1}: "${found}". Write: ${instead}`]
    })
  )
}
