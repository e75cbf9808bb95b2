#!/usr/bin/env node
/**
 * Runs a verifier in any language over vectors.json: one JSON line in for each vector, one JSON line out.
 *
 *     node run.mjs [--sender NAME] [--scheme NAME] [--each] -- COMMAND [ARGUMENT…]
 *
 * README.md beside this file describes the lines. Exits with 1 where a verdict differs, and with 2 where nothing ran.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

const usage = "usage: node run.mjs [--sender NAME] [--scheme NAME] [--each] -- COMMAND [ARGUMENT…]"

const fail = (message) => {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

const args = process.argv.slice(2)
const separator = args.indexOf("--")
const [command, ...commandArgs] = separator === -1 ? [] : args.slice(separator + 1)
const options = separator === -1 ? args : args.slice(0, separator)
if (command === undefined) fail(usage)

const wanted = { sender: [], scheme: [] }
let isEach = false
while (options.length > 0) {
  const option = options.shift()
  const key = option.slice(2)
  if (option === "--each") isEach = true
  else if (key in wanted && options.length > 0) wanted[key].push(options.shift())
  else fail(`unknown option ${option}\n${usage}`)
}

const { vectors } = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8"))
const isWanted = ({ scheme, sender }) =>
  (wanted.sender.length === 0 || wanted.sender.includes(sender)) &&
  (wanted.scheme.length === 0 || wanted.scheme.includes(scheme.scheme))
const chosen = vectors.filter(isWanted)
if (chosen.length === 0) fail("no vector is of this sender and this scheme")

/** The answers of one run of the command, one for each vector. */
const answersOf = (batch) => {
  const input = batch.map((vector) => `${JSON.stringify({ ...vector, expected: undefined })}\n`).join("")
  const ran = spawnSync(command, commandArgs, {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024
  })
  // A command may end without reading all: its lines tell.
  if (ran.error !== undefined && ran.error.code !== "EPIPE")
    fail(`${command} does not run: ${ran.error.message}`)
  if (ran.status !== 0) fail(`${command} ended with ${ran.status ?? ran.signal}`)
  const lines = ran.stdout.split("\n").filter((line) => line.trim() !== "")
  if (lines.length !== batch.length) fail(`${command} gave ${lines.length} lines for ${batch.length} vectors`)
  return lines.map((line) => {
    try {
      return JSON.parse(line)
    } catch {
      return fail(`${command} printed a line that is not JSON: ${line.slice(0, 200)}`)
    }
  })
}

const answers = isEach ? chosen.flatMap((vector) => answersOf([vector])) : answersOf(chosen)

let passed = 0
let skipped = 0
for (const [index, { expected, name }] of chosen.entries()) {
  const answer = answers[index]
  const wrong = ["valid", "secret", "reason"].find(
    (key) => key in expected && (key === "valid" || key in answer) && answer[key] !== expected[key]
  )
  if (answer.skip === true) skipped += 1
  else if (wrong === undefined) passed += 1
  else
    process.stdout.write(
      `not ok ${name}\n  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(answer)}\n`
    )
}

const failed = chosen.length - passed - skipped
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exitCode = failed > 0 ? 1 : 0
