/** One run: people sign up while faults disturb the relay. Then all faults end, and the relay finishes its work. */
import { Context, Duration, Effect, Stream } from "effect"
import { Operations, SpotControl } from "@usher/engine"
import * as Disk from "./Disk.ts"
import { faults } from "./faults.ts"
import { check, isAtRest } from "./invariants/index.ts"
import type { Violation } from "./invariants/Run.ts"
import * as Relay from "./Relay.ts"
import * as Seed from "./Seed.ts"
import * as Senders from "./Senders.ts"
import * as Settings from "./Settings.ts"
import * as Story from "./Story.ts"
import type * as Trace from "./Trace.ts"
import * as Upstream from "./Upstream.ts"
import * as World from "./World.ts"

export interface Result {
  readonly seed: number
  readonly violations: ReadonlyArray<Violation>
  readonly hash: string
  readonly trace: Trace.Trace
  readonly counts: Readonly<Record<string, number>>
}

const hour = 3_600_000

/** The maximum of the quiet period: longer than every backoff, cooldown and pause, and than the days of a small budget. */
const maxQuiet = ({ budget, people }: Settings.Settings) =>
  4 * hour + Math.ceil(people / (budget.per24h / 3)) * (budget.per24h < 1_000 ? 24 * hour : 0)

export const run = async (number: number): Promise<Result> => {
  const seed = Seed.make(number)
  const settings = Settings.draw(seed.fork(5))
  const world = World.make(seed)
  const machine = { ahead: 0 }
  const disk = Disk.make(world)
  try {
    const upstream = await Upstream.make(world, settings)
    const parts = { world, disk, upstream, settings, machine }
    const chance = seed.fork(6)
    const cancelling = seed.fork(7)
    const counts = { kills: 0, freezes: 0, stops: 0, jumps: 0, full: 0, slow: 0, cancels: 0 }
    let relays: Array<Relay.Relay> = []
    let started = 0
    const listening = () => relays.filter(({ process }) => process.state === "running")
    const senders = Senders.make(world, listening)
    const drive = (millis: number, steps = Infinity) => world.drive({ millis, steps })

    const boot = async () => {
      const relay = await Relay.start(parts, `relay-${++started}`)
      if (relay !== undefined) relays.push(relay)
      return relay
    }
    const kill = (relay: Relay.Relay) => {
      relay.kill()
      relays = relays.filter((one) => one !== relay)
    }
    /** Restarts the relay until one runs, like a supervisor. */
    const keepUp = async () => {
      for (let tries = 0; relays.length === 0; tries++) {
        if (tries > 100) throw new Error("no relay starts any more")
        if ((await boot()) === undefined) await drive(5_000)
      }
    }
    /** An open transaction would block all others during a freeze. */
    const untilNotWriting = async ({ process }: Relay.Relay) => {
      while (disk.isWriting(process)) await drive(hour, 1)
    }

    /** Often waits for a bad moment: during a call, or just after a commit. */
    const untilBusy = async ({ process }: Relay.Relay) => {
      const commits = disk.commits()
      switch (chance.pick(["call", "commit", "any"])) {
        case "call":
          return world.drive({ millis: 30_000, until: () => upstream.isCalledBy(process) })
        case "commit":
          await world.drive({ millis: 30_000, until: () => disk.commits() > commits })
          return drive(hour, chance.between(0, 40))
        case "any":
          return
      }
    }

    const freeze = async (relay: Relay.Relay) => {
      await untilBusy(relay)
      await untilNotWriting(relay)
      world.freeze(relay.process)
      counts.freezes++
      await boot()
      await drive(chance.between(0, chance.pick([2_000, 30_000, 200_000])), chance.pick([4_000, 20_000]))
      world.thaw(relay.process)
      await drive(chance.between(0, 60_000), chance.between(0, 4_000))
      if (relays.length > 1) kill(chance.chance(0.8) ? relay : (relays.at(-1) ?? relay))
    }

    const stop = async (relay: Relay.Relay) => {
      world.trace.note(relay.process.name, "is told to stop")
      await world.evaluate(relay.process, relay.stop)
      kill(relay)
    }

    /** An act of an operator, at a relay that listens. */
    const operator = (
      act: Effect.Effect<unknown, unknown, SpotControl.SpotControl | Operations.Operations>
    ) => {
      for (const { process, services } of listening().slice(0, 1)) {
        world.fork(process, Effect.exit(Effect.provideContext(act, services)), Context.empty(), () => {})
      }
    }

    const resume = SpotControl.SpotControl.use((control) => control.resume("main"))

    /** Cancels what waits for one Live. */
    const cancel = () => {
      if (!cancelling.chance(0.1)) return
      counts.cancels++
      const selection = { live: `live-${cancelling.between(0, 2)}` }
      operator(
        Operations.Operations.use((operations) =>
          Stream.runDrain(operations.cancel(selection, { by: "operator" }))
        )
      )
    }

    let people = 0
    const signUp = () => {
      const bursts = chance.between(1, 12)
      for (let n = 0; n < bursts && people < settings.people; n++) {
        const many = chance.chance(0.1) ? chance.between(5, 25) : 1
        // Some people sign up again.
        const emails = Array.from({ length: many }, () =>
          people > 0 && chance.chance(0.1)
            ? `p${chance.between(0, people - 1)}@example.com`
            : `p${people++}@example.com`
        )
        senders.post({
          source: chance.chance(0.25) ? "flash" : "form",
          live: `live-${chance.between(0, 2)}`,
          emails: [...new Set(emails)],
          isReadable: !chance.chance(0.03)
        })
      }
    }

    const move = async () => {
      const [relay] = listening()
      if (relay === undefined) return
      switch (
        chance.pick([
          "kill",
          "kill",
          "freeze",
          "freeze",
          "stop",
          "jump",
          "full",
          "slow",
          "pause",
          "repeat",
          "wait",
          "slowNetwork",
          "die twice"
        ])
      ) {
        case "kill":
          counts.kills++
          await untilBusy(relay)
          kill(relay)
          return drive(chance.pick([0, 1_000, 60_000]))
        case "die twice":
          counts.kills++
          kill(relay)
          void boot()
          return drive(10_000, chance.between(1, 400))
        case "freeze":
          return freeze(relay)
        case "stop":
          counts.stops++
          return stop(relay)
        case "jump": {
          if (!settings.setsClock) return
          counts.jumps++
          const by = chance.pick([-1, 1]) * chance.pick([900, 5_000, 120_000, hour, 3 * hour])
          machine.ahead += by
          return world.trace.note("machine", `its clock is set by ${by} ms`)
        }
        case "full":
          counts.full++
          disk.setFull(true)
          await drive(chance.between(100, 60_000), chance.between(100, 4_000))
          return disk.setFull(false)
        case "slow": {
          counts.slow++
          const slowest = chance.pick([20, 500, 4_000])
          disk.setSlow(() => chance.between(0, slowest))
          await drive(chance.between(1_000, 60_000), chance.between(100, 4_000))
          return disk.setSlow(() => 0)
        }
        case "pause":
          operator(SpotControl.SpotControl.use((control) => control.pause("main", "operator", "simulated")))
          await drive(chance.between(0, 30_000), chance.between(0, 4_000))
          return operator(resume)
        case "repeat":
          return senders.repeat()
        case "slowNetwork":
          return upstream.setSlow(chance.pick([200, 4_900]))
        case "wait":
          return drive(chance.pick([60_000, hour]))
      }
    }

    await keepUp()
    for (const relay of relays) await untilNotWriting(relay)
    disk.read((db) => {
      Story.attach(db, { process: () => "world", at: world.time.elapsed, time: world.time.now })
      Story.begin(db)
    })
    for (let moves = 0; moves < settings.moves; moves++) {
      signUp()
      await upstream.setFaults(faults(chance))
      await drive(chance.between(0, 20_000), chance.between(0, 3_000))
      cancel()
      await move()
      await keepUp()
    }

    world.trace.note("world", "everything works from now on")
    await upstream.setFaults([])
    upstream.setSlow(200)
    operator(resume)
    const quiet = world.time.elapsed()
    let isQuiet = false
    while (!isQuiet && world.time.elapsed() - quiet < maxQuiet(settings)) {
      await drive(10 * 60_000)
      isQuiet = senders.isQuiet() && disk.read(isAtRest)
    }
    await drive(5 * 60_000)
    const story = disk.read(Story.read)
    world.trace.record(
      story.map(({ at, process, what, id, status, person }) => ({
        at,
        process,
        text: ["stores:", what, id, status, person ?? ""].join(" ")
      }))
    )
    const state = await upstream.state()
    const violations = check({
      settings,
      deliveries: senders.deliveries,
      calls: upstream.calls,
      state,
      story,
      freezes: world.freezes(),
      cancels: counts.cancels,
      alive: new Set(relays.map(({ process }) => process.name))
    })
    return {
      seed: number,
      violations,
      hash: world.trace.hash(),
      trace: world.trace,
      counts: {
        ...counts,
        steps: world.steps(),
        calls: upstream.calls.length,
        people,
        acknowledged: senders.deliveries.filter(({ isAcknowledged }) => isAcknowledged).length,
        minutes: Math.round(world.time.elapsed() / Duration.toMillis("1 minute"))
      }
    }
  } finally {
    disk.remove()
  }
}
