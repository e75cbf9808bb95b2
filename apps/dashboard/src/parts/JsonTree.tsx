/**
 * JSON as a tree. Only what is open is drawn, and of what is long a part: a body of a megabyte opens at once. All of it is
 * text, whatever it says.
 */
import { useState, type ReactNode } from "react"
import { Button } from "react-aria-components"
import { Display } from "@usher/admin"
import { count } from "./number.ts"
import { Raw } from "./Raw.tsx"

/** Of the members of one node, and of the letters of one text. */
const most = { members: 100, letters: 400 }

export const JsonTree = ({ value }: { readonly value: unknown }) => (
  <div className="json">
    <Node name={undefined} value={value} depth={0} />
  </div>
)

interface NodeProps {
  readonly name: string | undefined
  readonly value: unknown
  readonly depth: number
}

const Name = ({ name }: { readonly name: string | undefined }) =>
  name === undefined ? null : (
    <>
      <Raw className="json-name" text={name} />
      <span className="muted">: </span>
    </>
  )

const Node = ({ name, value, depth }: NodeProps) =>
  typeof value === "object" && value !== null ? (
    <Branch name={name} value={value} depth={depth} />
  ) : (
    <div className="json-line">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  )

interface BranchProps extends NodeProps {
  readonly value: object
}

const Branch = ({ name, value, depth }: BranchProps) => {
  const [isOpen, setOpen] = useState(depth < 3)
  const [shown, show] = useState(most.members)
  const isList = Array.isArray(value)
  const members: ReadonlyArray<readonly [string, unknown]> = Object.entries(value)
  const size = `${count(members.length)} ${isList ? (members.length === 1 ? "item" : "items") : members.length === 1 ? "field" : "fields"}`
  if (members.length === 0) {
    return (
      <div className="json-line">
        <Name name={name} />
        <span className="muted">{isList ? "[ ]" : "{ }"}</span>
      </div>
    )
  }
  return (
    <div>
      <Button className="json-toggle" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
        <Name name={name} />
        <span className="muted">{isList ? `[ ${size} ]` : `{ ${size} }`}</span>
      </Button>
      {isOpen ? (
        <div className="json-members">
          {members.slice(0, shown).map(([key, member]) => (
            <Node key={key} name={key} value={member} depth={depth + 1} />
          ))}
          {members.length > shown ? (
            <Button className="link" onPress={() => show(shown * 10)}>
              Show more of {count(members.length - shown)}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

const Leaf = ({ value }: { readonly value: unknown }) =>
  typeof value === "string" ? (
    <span className="json-text">
      &quot;
      <LongText text={value} />
      &quot;
    </span>
  ) : (
    <span className="json-other">{String(value)}</span>
  )

/** The beginning, and the rest once it is asked for. */
export const LongText = ({
  text,
  letters = most.letters
}: {
  readonly text: string
  readonly letters?: number
}) => {
  const [shown, show] = useState(letters)
  const rest = text.length - shown
  const more: ReactNode =
    rest > 0 ? (
      <Button className="link" onPress={() => show(shown * 20)}>
        … {count(rest)} more
      </Button>
    ) : null
  return (
    <>
      <bdi>{Display.block(text.slice(0, shown))}</bdi>
      {more}
    </>
  )
}
