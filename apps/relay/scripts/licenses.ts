/** Which licenses a bill of materials holds, and whether each is one that the project may be delivered with. */
import { Predicate } from "effect"

/** By SPDX id: each lets anybody use, change and pass on what is under it, with its notice. */
const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense"
])

/** A component as CycloneDX has it, as far as it is of use here. */
interface Component {
  readonly group?: string
  readonly name: string
  readonly version?: string
  readonly licenses?: ReadonlyArray<{
    readonly license?: { readonly id?: string; readonly name?: string }
    readonly expression?: string
  }>
}

export interface Judgement {
  readonly packages: number
  /** A sentence for each package that is not allowed. */
  readonly problems: ReadonlyArray<string>
}

/** Judges a bill of materials in CycloneDX's JSON. One without components is a mistake. */
export const judge = (bill: unknown): Judgement => {
  const components = Predicate.hasProperty(bill, "components") ? bill.components : undefined
  if (!Array.isArray(components) || components.length === 0) {
    return { packages: 0, problems: ["The bill of materials has no components."] }
  }
  const problems = components.flatMap((component: Component) => {
    const license = licenseOf(component)
    if (license !== undefined && isAllowed(license)) return []
    return [`${nameOf(component)}: ${license ?? "no license is known"}`]
  })
  return { packages: components.length, problems }
}

const nameOf = ({ group, name, version }: Component) =>
  `${group === undefined ? "" : `${group}/`}${name}@${version ?? "?"}`

const licenseOf = ({ licenses = [] }: Component): string | undefined => {
  const ids = licenses.map(
    ({ license, expression }) => expression ?? license?.id ?? license?.name ?? "unnamed"
  )
  return ids.length === 0 ? undefined : ids.join(" AND ")
}

/** Of an SPDX expression: one side of an OR is enough, and of an AND all are needed. Deeper ones are for a person to read. */
const isAllowed = (expression: string): boolean => {
  const flat = expression.trim().replace(/^\(([^()]*)\)$/, "$1")
  return flat.split(" OR ").some((side) => side.split(" AND ").every((id) => allowed.has(id.trim())))
}
