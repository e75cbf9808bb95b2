/** JSON as a tree of text. Renders open branches only, and the beginning of long ones, so that 1 MB opens quickly. */
import { useState, type ReactNode } from "react"
import { Button } from "react-aria-components"
import { Display } from "@usher/admin"
import { count, plural } from "./number.ts"
import { Raw } from "./Raw.tsx"

export const JsonTree = ({ value }: { readonly value: unknown }) => (
  <div className="json">
    <Node value={value} depth={0} />
  </div>
)

interface NodeProps {
  readonly name?: string
  readonly value: unknown
  readonly depth: number
}

const Node = ({ name, value, depth }: NodeProps) => {
  const label = name !== undefined && (
    <>
      <Raw className="json-name" text={name} />
      <span className="muted">: </span>
    </>
  )
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    return <Branch label={label} value={value} depth={depth} />
  }
  return (
    <div className="json-line">
      {label}
      {typeof value === "string" ? (
        <span className="json-text">
          &quot;
          <LongText text={value} />
          &quot;
        </span>
      ) : (
        <span className="json-other">{JSON.stringify(value)}</span>
      )}
    </div>
  )
}

interface BranchProps {
  readonly label: ReactNode
  readonly value: object
  readonly depth: number
}

/** A branch with at most this many values is open at any depth. */
const maxSmall = 60

/** The number of values, counted up to the maximum. */
const sizeOf = (value: unknown, max: number): number => {
  if (typeof value !== "object" || value === null) return 1
  let size = 1
  for (const key in value) {
    if (size > max) return size
    size += sizeOf(Reflect.get(value, key), max - size)
  }
  return size
}

const Branch = ({ label, value, depth }: BranchProps) => {
  const [isOpen, setOpen] = useState(() => depth < 3 || sizeOf(value, maxSmall) <= maxSmall)
  const [shown, show] = useState(100)
  const members: ReadonlyArray<readonly [string, unknown]> = Object.entries(value)
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span className="muted">
          {Array.isArray(value)
            ? `[ ${plural(members.length, "item")} ]`
            : `{ ${plural(members.length, "field")} }`}
        </span>
      </summary>
      {isOpen && (
        <div className="json-members">
          {members.slice(0, shown).map(([key, member]) => (
            <Node key={key} name={key} value={member} depth={depth + 1} />
          ))}
          {members.length > shown && (
            <Button className="link" onPress={() => show(shown + 500)}>
              Show more ({count(members.length - shown)} hidden)
            </Button>
          )}
        </div>
      )}
    </details>
  )
}

interface TextProps {
  readonly text: string
  /** The number of letters shown at first. */
  readonly letters?: number
}

export const LongText = ({ text, letters = 400 }: TextProps) => {
  const [shown, show] = useState(letters)
  return (
    <>
      <bdi>{Display.block(text.slice(0, shown))}</bdi>
      {text.length > shown && (
        <Button className="link" onPress={() => show(shown + 8_000)}>
          … {count(text.length - shown)} more
        </Button>
      )}
    </>
  )
}
