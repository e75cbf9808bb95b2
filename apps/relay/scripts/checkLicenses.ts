/** Fails when a package in the bill of materials has a license that is not allowed: `node checkLicenses.ts <file>`. */
import { readFileSync } from "node:fs"
import { judge } from "./licenses.ts"

const [, , file = "usher.cdx.json"] = process.argv
const { packages, problems } = judge(JSON.parse(readFileSync(file, "utf8")))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`${packages} packages, each under a license that is allowed.`)
