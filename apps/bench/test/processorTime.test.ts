import { describe, expect, it } from "@effect/vitest"
import { fork } from "node:child_process"
import { once } from "node:events"
import { ofTree, parse, read } from "../src/processorTime.ts"

/** As proc_pid_stat(5) lays it out: user, system, and the same of children that have ended, in hundredths of a second. */
const line = (pid: number, name: string, parent: number, times: ReadonlyArray<number>) =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194560 100 0 0 0 ${times.join(" ")} 20 0 11 0 4242 1000 100`

describe("processor time", () => {
  it("is user and system time, with that of children that have ended, in microseconds", () => {
    expect(parse(line(7, "node", 1, [150, 50, 3, 2]))).toEqual({ pid: 7, parent: 1, used: 2_050_000 })
  })

  it("is read after the name, whatever the name holds", () => {
    expect(parse(line(7, "a) S 9 (b", 1, [1, 0, 0, 0]))).toEqual({ pid: 7, parent: 1, used: 10_000 })
  })

  it("is that of a process and of all below it, and of no other", () => {
    const all = [
      line(7, "relay", 1, [10, 0, 0, 0]),
      line(8, "child", 7, [1, 0, 0, 0]),
      line(9, "grandchild", 8, [0, 2, 0, 0]),
      line(10, "another", 1, [500, 500, 500, 500])
    ].map(parse)
    expect(ofTree(all, 7)).toBe(130_000)
    expect(ofTree(all, 11)).toBeUndefined()
  })

  it.runIf(process.platform === "linux")("counts what a child and its threads have worked", async () => {
    const child = fork(new URL("working.ts", import.meta.url), { execArgv: ["--no-warnings"] })
    const before = read([child.pid ?? 0])[0] ?? 0
    // It works for 300 ms of its own processor time, half of it in a thread.
    child.send("work")
    const [said] = await once(child, "message")
    const used = (read([child.pid ?? 0])[0] ?? 0) - before
    child.kill()
    expect(said).toBe("done")
    expect(used).toBeGreaterThanOrEqual(280_000)
  })

  it("of a process that is not there is not known", () => {
    expect(read([2 ** 22 + 1])).toEqual([undefined])
  })
})
