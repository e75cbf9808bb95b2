import { run } from "./Scenario.ts"
import { lineOf } from "./Trace.ts"
const [first = "1", count = "1"] = process.argv.slice(2)
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const begun = process.cpuUsage()
  const result = await run(seed)
  const took = process.cpuUsage(begun)
  console.log(seed, result.hash, Math.round((took.user + took.system) / 1000), JSON.stringify(result.counts), result.violations.length)
  for (const v of result.violations.slice(0, 5)) {
    console.log("  ", v.what)
    if (process.env["TRACE"]) for (const e of result.world.trace.events()) if (process.env["TRACE"] === "all" || v.about.some((w) => e.text.includes(w))||/killed|frozen|wakes|starts|lead|full|space|clock/.test(e.text)) console.log("     ", lineOf(e))
  }
}
process.exit(0)
