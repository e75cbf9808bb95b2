/**
 * Evaluates expressions, one webhook after the other, each with a time limit. Only the child process loads this module.
 * It imports only Node and JSONata, so that the process starts fast. Memory that an expression retains is freed with
 * the process.
 */
import type jsonata from "jsonata"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import vm from "node:vm"
import * as library from "./library.ts"
import { type Answer, bounds, type Field, fields, type Found, type Job, noTexts } from "./protocol.ts"

/**
 * The limit is CPU time, but only wall-clock time can interrupt a script. On a busy machine most of the time goes to
 * other processes, so a job that has not used its CPU time is retried with a longer timeout.
 */
const timeouts = [1, 1.5, 3, 6, 12, 24].map((times) => times * bounds.time)

export const make = (answer: (answer: Answer) => void) => {
  // Its own microtask queue: otherwise, the time limit does not apply to asynchronous code.
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

  let jobs: ReadonlyArray<Job> = []
  // Sent after the script ends: an interruption must not come between an answer and its count.
  const answers = new Map<number, Answer>()
  /** When the current job started. */
  let begun = 0
  let field: Field = "when"
  const host: Host = {
    ...base64,
    jsonata: module.exports,
    cache: new Map(),
    bounds,
    fields,
    noTexts,
    jobs: () => JSON.stringify(jobs),
    begin: (next) => {
      field = next
    },
    answer: (text) => {
      const now = performance.now()
      const answer: Answer = { ...JSON.parse(text), took: now - begun }
      begun = now
      answers.set(answer.id, answer)
    }
  }
  Object.assign(context, { host })
  const printed = Object.entries(library).map(([name, value]) => `${name}: ${value.toString()}`)
  const script = new vm.Script(`(${drive.toString()})(host, { ${printed.join(",\n")} })`)

  /** Returns the CPU time used, in milliseconds. */
  const run = (together: ReadonlyArray<Job>, timeout: number): number => {
    jobs = together
    answers.clear()
    const before = process.cpuUsage()
    begun = performance.now()
    try {
      script.runInContext(context, { timeout })
    } catch {
      // Out of time.
    }
    const spent = process.cpuUsage(before)
    return (spent.user + spent.system) / 1_000
  }

  /** Jobs that exceed the time together are retried alone: the cause may be other jobs or other programs. */
  return (all: ReadonlyArray<Job>) => {
    let left = all
    let attempt = 0
    /** Time of the stuck job in earlier attempts. */
    let earlier = 0
    while (left.length > 0) {
      const batch = attempt === 0 ? left : left.slice(0, 1)
      const spent = run(batch, timeouts[attempt] ?? bounds.time)
      for (const { id } of batch) {
        const given = answers.get(id)
        if (given !== undefined) answer(attempt === 0 ? given : { ...given, took: given.took + earlier })
      }
      const stuck = batch.find(({ id }) => !answers.has(id))
      left = left.filter(({ id }) => !answers.has(id))
      earlier = attempt === 0 ? performance.now() - begun : earlier + (performance.now() - begun)
      if (stuck === undefined) attempt = 0
      else if (attempt > 0 && (spent >= bounds.time || attempt + 1 >= timeouts.length)) {
        answer({ id: stuck.id, took: earlier, failed: { field, code: "TooSlow", message: "" } })
        left = left.filter((job) => job !== stuck)
        attempt = 0
      } else attempt += 1
    }
  }
}

const tooLong = 10_000_000

const base64 = {
  /** `$base64encode`: the base64 of the text's UTF-8. */
  base64encode: (text: string): string => {
    const refuse = (code: string, what: string) => ({
      code,
      message: `the text given to $base64encode is ${what}`
    })
    if (text.length > tooLong) throw refuse("TooLong", "too long")
    if (!text.isWellFormed()) throw refuse("NotText", "not valid Unicode")
    return Buffer.from(text).toString("base64")
  },
  /** `$base64decode`: the text whose UTF-8 this is. Takes both alphabets, with or without padding, on one line or several. */
  base64decode: (encoded: string): string => {
    const refuse = (code: string, what: string) => ({
      code,
      message: `the text given to $base64decode is ${what}`
    })
    if (encoded.length > tooLong) throw refuse("TooLong", "too long")
    const plain = encoded.replaceAll(/[\t\n\f\r ]/g, "")
    const digits = plain.replace(/={1,2}$/, "")
    const isPadded = digits.length < plain.length
    if (!/^[\w+/-]*$/.test(digits) || digits.length % 4 === 1 || (isPadded && plain.length % 4 !== 0)) {
      throw refuse("NotBase64", "not base64")
    }
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(digits, "base64"))
    } catch {
      throw refuse("NotText", "not UTF-8")
    }
  }
}

interface Host {
  readonly base64encode: (text: string) => string
  readonly base64decode: (encoded: string) => string
  readonly jsonata: typeof jsonata | undefined
  readonly cache: Map<string, jsonata.Expression>
  readonly bounds: typeof bounds
  readonly fields: typeof fields
  readonly noTexts: ReadonlyArray<string>
  readonly jobs: () => string
  readonly begin: (field: Field) => void
  readonly answer: (text: string) => void
}

/** Printed into the context, like the library. It may use nothing from outside of the function. */
const drive = async (host: Host, library: typeof import("./library.ts")): Promise<void> => {
  const fail = (code: string, message: string) => ({ code, message })

  const parse = (text: unknown): unknown => {
    try {
      return text === undefined ? undefined : library.parseJson(String(text))
    } catch {
      throw fail("NotJson", "the text given to $parse is not JSON")
    }
  }

  const exact = (name: string, given: unknown, result: unknown): unknown => {
    const isInteger = typeof given === "string" && !/[.]|^[^x]*e/i.test(given)
    if (!isInteger || typeof result !== "number" || Number.isSafeInteger(result)) return result
    throw fail(
      "NotExact",
      `$${name} is given an integer that a number can't hold exactly: compare it as text`
    )
  }

  /** A built-in function of JSONata. */
  const original = async (
    name: string
  ): Promise<(this: unknown, ...args: ReadonlyArray<unknown>) => unknown> => {
    const { implementation } = Object(await host.jsonata?.(`$${name}`).evaluate({}))
    if (typeof implementation !== "function") throw fail("Error", `JSONata has no $${name}`)
    return implementation
  }

  const isInexact = (text: string): boolean => {
    try {
      return /\d{16}/.test(text) && library.inexactLiteral(host.jsonata?.(text).ast(), text) !== undefined
    } catch {
      // JSONata's own error is better.
      return false
    }
  }

  const compile = async (expression: string) => {
    const known = host.cache.get(expression)
    if (known !== undefined) return known
    const { depth: stack, values: sequence } = host.bounds
    const compiled = host.jsonata?.(expression, { stack, sequence })
    if (compiled === undefined) throw fail("Error", "JSONata is not there")
    const number = await original("number")
    const parseInteger = await original("parseInteger")
    const evaluateText = await original("eval")
    // Replaces JSONata's own functions, which need Node or round numbers. JSONata reads the names of the parameters.
    const onText = (apply: (text: string) => string) => (text: string | undefined) =>
      text === undefined ? undefined : apply(text)
    compiled.registerFunction("base64encode", onText(host.base64encode), "<s-:s>")
    compiled.registerFunction("base64decode", onText(host.base64decode), "<s-:s>")
    compiled.registerFunction(
      "number",
      function (arg: unknown) {
        return exact("number", arg, number(arg))
      },
      "<(nsb)-:n>"
    )
    compiled.registerFunction(
      "parseInteger",
      function (value: unknown, picture: unknown) {
        return exact("parseInteger", value, parseInteger(value, picture))
      },
      "<s-s:n>"
    )
    compiled.registerFunction(
      "eval",
      function (this: unknown, expr: unknown, focus: unknown) {
        if (typeof expr !== "string" || !isInexact(expr)) return evaluateText.call(this, expr, focus)
        throw fail("NotExact", "$eval is given an integer that a number can't hold exactly: use $parse")
      },
      "<sx?:x>"
    )
    if (host.cache.size >= 1_000) host.cache.clear()
    host.cache.set(expression, compiled)
    return compiled
  }

  const isNo = (text: string): boolean => text === "" || host.noTexts.includes(text)

  const isYes = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(isYes)
    if (typeof value === "string") return !isNo(value.trim().toLowerCase())
    if (typeof value !== "object" || value === null) return typeof value !== "function" && Boolean(value)
    // In JSONata, a function is not a value.
    return Object.keys(value).length > 0 && !("_jsonata_function" in value || "_jsonata_lambda" in value)
  }

  const textOf = (value: unknown): string | undefined =>
    typeof value === "string" ? value.trim() : Number.isSafeInteger(value) ? String(value) : undefined

  const foundIn = (value: unknown): Found => {
    const none = Array.isArray(value) && value.length === 0
    const all: ReadonlyArray<unknown> = Array.isArray(value)
      ? value
      : value === undefined || value === null
        ? []
        : [value]
    const texts = all.map(textOf).filter((text) => text !== undefined)
    return {
      texts: [...new Set(texts.filter((text) => text !== ""))],
      others: all.length - texts.length,
      truth: value === undefined ? null : isYes(value),
      none
    }
  }

  const evaluate = async ({ expressions, body, headers, source }: Job) => {
    const found: Partial<Record<Field, Found>> = {}
    let field: Field | null = null
    try {
      const input = library.parseJson(body)
      for (field of host.fields) {
        const expression = expressions[field]
        if (expression === undefined) continue
        host.begin(field)
        const compiled = await compile(expression)
        found[field] = foundIn(await compiled.evaluate(input, { headers, source, parse }))
        if (field === "when" && found.when?.truth !== true) break
      }
      const size = Object.values(found).reduce(
        (sum, { texts }) => texts.reduce((all, text) => all + text.length, sum),
        0
      )
      if (size <= host.bounds.answer) return { found }
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
