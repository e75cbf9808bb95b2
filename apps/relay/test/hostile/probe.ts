/** A thread that asks a relay for /healthz and delivers signed webhooks at a steady pace, whatever becomes of the answers. */
import { DateTime, Effect, Option } from "effect"
import { Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { readFileSync } from "node:fs"
import { request, type RequestOptions } from "node:http"
import { parentPort, workerData } from "node:worker_threads"
import type { Sample, Setup } from "./probing.ts"

const { url, pid, secret, from } = workerData as Setup

/** In milliseconds. */
const [pace, patience] = [40, 30_000]

const svix = Option.getOrThrow(Senders.get("svix"))
let count = 0

const delivery = () => {
  const id = `probe_${count++}`
  return Effect.runSync(
    sign(svix, {
      secret,
      id,
      body: JSON.stringify({ email: `${id}@example.com` }),
      at: DateTime.makeUnsafe(Date.now())
    })
  )
}

let samples: Array<Sample> = []

/** How long the relay's main thread has worked, in milliseconds. Linux tells; 0 once the relay has ended. */
const worked = () => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e6
  } catch {
    return 0
  }
}

/** Over a connection of its own. */
const measure = (what: Sample["what"], path: string, options: RequestOptions, body?: Uint8Array) =>
  new Promise<void>((resolve) => {
    const [started, before] = [performance.now(), worked()]
    const done = (status: number) => {
      samples.push({ what, status, ms: performance.now() - started, worked: worked() - before })
      resolve()
    }
    const asked = request(`${url}${path}`, { ...options, agent: false, timeout: patience }, (response) => {
      response.resume().on("close", () => done(response.statusCode ?? 0))
    })
    asked.on("timeout", () => asked.destroy())
    asked.on("error", () => done(0))
    asked.end(body)
  })

const open = new Set<Promise<void>>()

const follow = (asked: Promise<void>) => {
  open.add(asked)
  void asked.then(() => open.delete(asked))
}

const both = () => {
  follow(measure("healthz", "/healthz", {}))
  const { headers, body } = delivery()
  follow(
    measure(
      "webhook",
      "/webhooks/svix",
      {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": from, ...headers }
      },
      body
    )
  )
}

let timer = setInterval(both, pace)

/** Asked for them, gives the samples since the last time, once each has its answer. */
parentPort?.on("message", () => {
  clearInterval(timer)
  void Promise.all(open).then(() => {
    parentPort?.postMessage(samples)
    samples = []
    timer = setInterval(both, pace)
  })
})
