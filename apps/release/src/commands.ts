/** Runs commands, several at a time, and reports the output of those that fail. */
import { spawn } from "node:child_process"

/** The reason why a package can't be published. */
export class Fault extends Error {}

export const expect = (condition: boolean, otherwise: string) => {
  if (!condition) throw new Fault(otherwise)
}

interface Options {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** The timeout of a command that hangs, in milliseconds. */
const limit = 300_000

/** Runs a command and returns its output. Fails with a `Fault` that holds the output. */
export const run = (command: string, args: ReadonlyArray<string>, { cwd, env = {} }: Options) =>
  new Promise<string>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: limit
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.once("error", reject)
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(stdout)
      const end = signal === null ? `ended with ${code}` : `was ended by ${signal}`
      reject(new Fault(`${[command, ...args].join(" ")} ${end} in ${cwd}:\n${stdout}${stderr}`.trim()))
    })
  })

/** Runs the action for all values, several at a time. Fails at the end with a `Fault` that holds all faults. */
export const forEach = async <A, B>(
  all: ReadonlyArray<A>,
  concurrency: number,
  action: (value: A) => Promise<B>
): Promise<ReadonlyArray<B>> => {
  const results: Array<B> = []
  const faults: Array<string> = []
  const rest = all.entries()
  const worker = async () => {
    for (const [index, value] of rest) {
      try {
        results[index] = await action(value)
      } catch (error) {
        faults.push(error instanceof Fault ? error.message : String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  if (faults.length > 0) throw new Fault(faults.join("\n\n"))
  return results
}

/** Runs a step, and prints its name and its time. */
export const step = async <A>(name: string, action: () => A): Promise<Awaited<A>> => {
  const start = performance.now()
  const value = await action()
  console.log(`ok  ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  return value
}

export const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
