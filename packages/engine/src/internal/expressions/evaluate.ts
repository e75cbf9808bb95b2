/**
 * Evaluates expressions one webhook after the other, each within a time. Loaded by the child process only, so that it starts
 * soon: nothing but Node and JSONata. What an expression holds on to ends with the process.
 */
import type jsonata from "jsonata"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import vm from "node:vm"
import type { Answer, Field, Found, Job } from "./protocol.ts"

/** Of the processor's time, for one webhook. */
const longest = 100

/** As a clock on the wall sees it, for those that are evaluated together and for one alone: the machine may be busy. */
const limits = { together: 100, alone: 150 }

const tries = 20

/** In characters: what the expressions of one webhook may give. */
const longestAnswer = 1_000_000

export const make = (answer: (answer: Answer) => void) => {
  // A queue of microtasks of its own, or the limit of time would not hold for what is asynchronous.
  const context = vm.createContext(
    {},
    { microtaskMode: "afterEvaluate", codeGeneration: { strings: false, wasm: false } }
  )
  const path = createRequire(import.meta.url).resolve("jsonata")
  const load = vm.runInContext(`(module, exports) => {${readFileSync(path, "utf8")}\n}`, context, {
    filename: path
  })
  const module: { exports?: typeof jsonata } = {}
  load(module, {})

  let jobs: Array<Job> = []
  let answered = 0
  let field: Field = "when"
  const host: Host = {
    jsonata: module.exports,
    cache: new Map(),
    longestAnswer,
    jobs: () => JSON.stringify(jobs),
    begin: (next) => {
      field = next
    },
    answer: (text) => {
      answer(JSON.parse(text))
      answered += 1
    }
  }
  Object.assign(context, { host })
  const script = new vm.Script(`(${drive.toString()})(host)`)

  /** The processor's time that it took; undefined when all are answered. */
  const run = (together: Array<Job>, timeout: number): number | undefined => {
    jobs = together
    answered = 0
    const before = process.cpuUsage()
    try {
      script.runInContext(context, { timeout })
    } catch {
      // Out of time.
    }
    const spent = process.cpuUsage(before)
    return answered >= jobs.length ? undefined : (spent.user + spent.system) / 1_000
  }

  /** Those that overrun together are tried alone: the time may have gone to others, or to another program. */
  return (all: ReadonlyArray<Job>) => {
    const rest = [...all]
    let tried = 0
    while (rest.length > 0) {
      const batch = rest.splice(0, tried === 0 ? rest.length : 1)
      const spent = run(batch, tried === 0 ? limits.together : limits.alone)
      if (spent === undefined) {
        tried = 0
        continue
      }
      const [stuck, ...others] = batch.slice(answered)
      if (stuck !== undefined && tried > 0 && (spent >= longest || tried >= tries)) {
        answer({ id: stuck.id, failed: { field, code: "TooSlow", message: "" } })
        tried = 0
      } else {
        if (stuck !== undefined) rest.unshift(stuck)
        tried += 1
      }
      rest.splice(tried === 0 ? 0 : 1, 0, ...others)
    }
  }
}

interface Host {
  readonly jsonata: typeof jsonata | undefined
  readonly cache: Map<string, jsonata.Expression>
  readonly longestAnswer: number
  readonly jobs: () => string
  readonly begin: (field: Field) => void
  readonly answer: (text: string) => void
}

/** Printed into the context: it may use nothing that stands around it. */
const drive = async (host: Host): Promise<void> => {
  const parse = (text: unknown): unknown => {
    try {
      return text === undefined ? undefined : JSON.parse(String(text))
    } catch {
      throw { code: "NotJson", message: "what $parse is given is not JSON" }
    }
  }

  const compile = (expression: string) => {
    const known = host.cache.get(expression)
    if (known !== undefined) return known
    const compiled = host.jsonata?.(expression, { stack: 64, sequence: 10_000 })
    if (compiled === undefined) throw { code: "Error", message: "JSONata is not there" }
    if (host.cache.size >= 1_000) host.cache.clear()
    host.cache.set(expression, compiled)
    return compiled
  }

  const truthy = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(truthy) : value !== "false" && Boolean(value)

  const foundIn = (value: unknown): Found => {
    const none = Array.isArray(value) && value.length === 0
    const all: ReadonlyArray<unknown> = Array.isArray(value)
      ? value
      : value === undefined || value === null
        ? []
        : [value]
    const texts = all.filter((item) => typeof item === "string").map((text) => text.trim())
    return {
      texts: [...new Set(texts.filter((text) => text !== ""))],
      others: all.length - texts.length,
      truth: value === undefined || value === null ? null : truthy(value),
      none
    }
  }

  const evaluate = async ({ expressions, body, headers, source }: Job) => {
    const found: Partial<Record<Field, Found>> = {}
    let field: Field | null = null
    try {
      const input: unknown = JSON.parse(body)
      for (field of ["when", "live", "member", "invitedBy", "notify"] as const) {
        const expression = expressions[field]
        if (expression === undefined) continue
        host.begin(field)
        found[field] = foundIn(await compile(expression).evaluate(input, { headers, source, parse }))
        if (field === "when" && found.when?.truth !== true) break
      }
      const size = Object.values(found).reduce(
        (sum, { texts }) => texts.reduce((all, text) => all + text.length, sum),
        0
      )
      if (size <= host.longestAnswer) return { found }
      return { failed: { field: null, code: "TooMuch", message: "" } }
    } catch (cause) {
      if (field === null) return { failed: { field, code: "NoBody", message: "" } }
      const thrown = Object(cause)
      const message = String(thrown.message ?? "of an unknown kind").slice(0, 1_000)
      return { failed: { field, code: String(thrown.code ?? "Error"), message } }
    }
  }

  const jobs: ReadonlyArray<Job> = JSON.parse(host.jobs())
  for (const job of jobs) host.answer(JSON.stringify({ id: job.id, ...(await evaluate(job)) }))
}
